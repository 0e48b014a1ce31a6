/** Lines with the name of a container or the time of a collector in front: the format is that of what follows. */
import { type Event, type Skip, skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { payloadFormat } from '../envelopes/payload.ts';
import { OWN, TEXT_ENVELOPES, type TextEnvelope } from '../envelopes/text-envelopes.ts';
import type { OwnFields, Wrapped } from '../envelopes/wrapped.ts';
import { applicationSources } from './application.ts';
import { isBareSshd, readBareSshd } from './linux/ssh-bare.ts';
import type { LogFormat } from './log-format.ts';
import { isStackLine } from './stack-lines.ts';
import { format as syslog } from './syslog.ts';
import { readTimeText } from './time-text.ts';

/** The longest head that an envelope has. */
const MAX_HEAD = 800;

function unwrapBy({ pattern }: TextEnvelope, line: string, clock: Clock): Wrapped | undefined {
  const found = pattern.exec(line.length > MAX_HEAD ? line.slice(0, MAX_HEAD) : line);
  if (found === null) return undefined;
  const groups = found.groups ?? {};
  const own: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(OWN)) if (groups[name]) own[field] = groups[name];
  const payload = line.slice(found[0].length);
  const timeUs = groups['time'] === undefined ? undefined : readTimeText(groups['time'], clock);
  const timeConfidence = timeUs === undefined ? 'none' : clock.confidence;
  const { pod = '', container = '', logStream = '', stream = '', tag = '' } = groups;
  return {
    payload,
    stream: `${pod}/${container}/${logStream}/${stream}/${tag}`,
    own: own as OwnFields,
    timeUs,
    timeConfidence,
    isPartial: groups['part'] === 'P',
    plain: (text) => readBareSshd(text) ?? (timeUs === undefined ? undefined : plainEvent(text)),
  };
}

const plainEvent = (message: string): Event => ({
  timeUs: undefined,
  timeConfidence: 'none',
  format: 'container',
  message,
  'event.kind': 'event',
  'event.dataset': 'container.log',
});

/** Does the line begin with an envelope that is no accident? */
const isSure = (envelope: TextEnvelope, payload: string): boolean =>
  !envelope.isWeak || payloadFormat(payload) !== undefined || isBareSshd(payload);

/** Syslog knows such heads as those of a relay. */
const hasSyslog = ({ isWeak }: TextEnvelope, payload: string): boolean =>
  isWeak && SYSLOG_START.test(payload) && syslog.detect(payload);
const SYSLOG_START = /^(?:<\d{1,3}>|[A-Z][a-z]{2} [ \d]\d \d\d:|\d{4}-\d\d-\d\dT\d\d:\d\d:)/;

/** What Docker writes with `-t`: nobody else writes all nine digits. */
const NANOSECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z /;

function unwrap(line: string, clock: Clock): Wrapped | undefined {
  let weak: Wrapped | undefined;
  for (const envelope of TEXT_ENVELOPES) {
    const wrapped = unwrapBy(envelope, line, clock);
    if (wrapped === undefined) continue;
    if (isSure(envelope, wrapped.payload) || hasSyslog(envelope, wrapped.payload)) return wrapped;
    weak ??= wrapped;
  }
  return NANOSECONDS.test(line) ? weak : undefined;
}

function detect(line: string): boolean {
  return TEXT_ENVELOPES.some((envelope) => {
    const found = envelope.pattern.exec(line.slice(0, MAX_HEAD));
    if (found === null) return false;
    const payload = line.slice(found[0].length);
    return isSure(envelope, payload) || hasSyslog(envelope, payload);
  });
}

const parse = (): Event | Skip => skip('no known log format');

/** Lines in an envelope; their events are of the format of the payload. */
export const format: LogFormat = {
  name: 'container',
  title: 'Output of containers and collectors (docker logs, Compose, CRI, kubectl, stern)',
  url: 'https://docs.docker.com/reference/cli/docker/container/logs/',
  order: 3,
  sources: applicationSources(),
  detect,
  unwrap,
  parse,
  continues: isStackLine,
  splittable: true,
  samples: TEXT_ENVELOPES.flatMap(({ samples }) => samples),
};
