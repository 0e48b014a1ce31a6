/** The way out for what no pattern says: code of ours that a format file names under `refine`. */
import type { EcsField, Event } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { format as access } from '../formats/access.ts';
import { refineUnknown, refineWords, WORD_FIELDS } from '../formats/general-words.ts';
import { refineText, TEXT_FIELDS } from '../formats/text-event.ts';
import { readAsProgram } from './program-messages.ts';

/** A function over the event that the patterns have filled; it may give another one. */
export interface Refinement {
  /** What it can fill. */
  fields: readonly EcsField[];
  refine(event: Event, clock: Clock): Event;
}

/** The message of an application. werkzeug logs its requests through logging, in the common log format. */
function refineApplication(event: Event, clock: Clock): Event {
  // What a phrase has said is known better.
  if (event['event.action'] !== undefined) return event;
  refineText(event);
  const message = event.message ?? '';
  if (!access.detect(message)) return event;
  const request = access.parse(message, clock);
  if ('skip' in request) return event;
  const { format, timeUs, timeConfidence } = event;
  const own = { format, 'event.dataset': event['event.dataset'] };
  return timeUs === undefined
    ? { ...event, ...request, ...own }
    : { ...event, ...request, ...own, timeUs, timeConfidence };
}

/** A request of which path and query stand apart: its target as it was sent stands nowhere. */
function refineRequest(event: Event): Event {
  const { 'url.original': original, 'url.query': query } = event;
  if (query !== undefined && original?.includes('?') === false) event['url.original'] = undefined;
  const version = event['http.version'];
  if (version !== undefined) event['http.version'] = /^(?:HTTP\/)?(\d.*)$/.exec(version)?.[1];
  return event;
}

/** What the readers of programs fill most. */
const PROGRAM_FIELDS: readonly EcsField[] = [
  'event.category',
  'event.type',
  'event.action',
  'event.outcome',
  'event.reason',
  'source.ip',
  'source.address',
  'source.port',
  'related.ip',
  'user.name',
];

/** All of them, by the names that format files have for them. */
export const REFINEMENTS: Readonly<Record<string, Refinement>> = {
  application: { fields: TEXT_FIELDS, refine: refineApplication },
  program: { fields: PROGRAM_FIELDS, refine: readAsProgram },
  request: { fields: ['url.original', 'url.query', 'http.version'], refine: refineRequest },
  unknown: { fields: WORD_FIELDS, refine: refineUnknown },
  words: { fields: WORD_FIELDS, refine: refineWords },
};
