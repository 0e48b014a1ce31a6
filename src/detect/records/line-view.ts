/** An event that is read out of the slots of a line field by field; all else is that of the template's first line. */
import type { Event } from '../../events/event.ts';
import { dottedQuad } from '../../logs/formats/ipv4-number.ts';
import type { SlotKind } from '../../logs/formats/log-format.ts';
import { NO_TARGET, type RequestTarget, splitTarget } from '../../logs/formats/request-target.ts';
import type { Found, Template } from './template.ts';

/** The line at hand. One serves all views. */
export interface LineAtHand {
  bytes: Buffer;
  timeUs: number;
  found: Found;
  target: RequestTarget | undefined;
}

type Fields = keyof Event;

/** The fields that the slots of a kind decide. Those of `number` are left out of views: no rule that reads them is asked of one. */
const FIELDS_OF: Readonly<Record<SlotKind, readonly Fields[]>> = {
  time: ['timeUs', 'timeConfidence'],
  address: ['source.ip', 'source.address'],
  target: ['url.original', 'url.path', 'url.query', 'url.extension'],
  size: ['http.response.body.bytes'],
  referrer: ['http.request.referrer'],
  agent: ['user_agent.original'],
  number: [
    'event.duration',
    'source.port',
    'process.pid',
    'http.request.id',
    'trace.id',
    'session.id',
  ],
};

/** Fields that views do not have. */
export const UNSEEN: ReadonlySet<string> = new Set<string>([...FIELDS_OF.number, 'raw']);

/** All fields that may differ between the lines of a template. */
export const movingFields = ({ slots }: Template): ReadonlySet<string> =>
  new Set<string>([
    '@timestamp',
    ...FIELDS_OF.number,
    ...slots.flatMap(({ kind }) => FIELDS_OF[kind]),
  ]);

/** Makes the event of the lines of a template. @param first the event of its first line */
export function createLineView(first: Event, { slotOf }: Template, line: LineAtHand): Event {
  const { found } = line;
  const text = (slot: number): string =>
    line.bytes.toString('latin1', found.starts[slot], found.ends[slot]);
  /** A dash stands for nothing. */
  const said = (slot: number): string | undefined => {
    const value = text(slot);
    return value === '' || value === '-' || value === '--' ? undefined : value;
  };
  const target = (): RequestTarget => {
    line.target ??= slotOf.target < 0 ? NO_TARGET : splitTarget(text(slotOf.target));
    return line.target;
  };
  const quad = (): string => dottedQuad(found.address);
  const readers: Partial<Record<Fields, () => unknown>> = { timeUs: () => line.timeUs };
  if (slotOf.address >= 0) Object.assign(readers, { 'source.ip': quad, 'source.address': quad });
  if (slotOf.target >= 0) {
    readers['url.original'] = () => text(slotOf.target);
    readers['url.path'] = () => target().path;
    readers['url.query'] = () => target().query;
    readers['url.extension'] = () => target().extension;
  }
  if (slotOf.size >= 0) readers['http.response.body.bytes'] = () => found.size;
  if (slotOf.referrer >= 0) readers['http.request.referrer'] = () => said(slotOf.referrer);
  if (slotOf.agent >= 0) readers['user_agent.original'] = () => said(slotOf.agent);
  const event: Record<string, unknown> = { ...first };
  for (const field of UNSEEN) event[field] = undefined;
  for (const [field, get] of Object.entries(readers))
    Object.defineProperty(event, field, { get, enumerable: true });
  return event as unknown as Event;
}
