/**
 * The parts of a syslog line's envelope, filled in by the readers of tags, headers and whole lines.
 */
import { emptyStamp, type Stamp } from './syslog-stamp.ts';

/** The envelope of the latest line. One object is filled again and again. */
export interface Envelope {
  /** The number in `<PRI>`, or -1. */
  priority: number;
  facility: number;
  severity: number;
  hasStamp: boolean;
  stamp: Stamp;
  /** Where the first stamp ends, which may be a relay's; 0 without one. */
  stampEnd: number;
  host: string | undefined;
  /** The tag as written, with its path. */
  program: string | undefined;
  pid: number | undefined;
  messageId: string | undefined;
  /** What follows the tag, without leading spaces. */
  message: string;
  /** Read by the strict grammar of RFC 5424. */
  isRfc5424: boolean;
  /** The tag ended with a colon or carried a process id. */
  hasTag: boolean;
  /** The severity stood between tag and colon, and not where others have the host. */
  isLevelInTag: boolean;
  /** `stdout` or `stderr` stood where others have the host. */
  isStream: boolean;
}

/** An empty envelope to be filled by `readEnvelope`. */
export const emptyEnvelope = (): Envelope => ({
  priority: -1,
  facility: -1,
  severity: -1,
  hasStamp: false,
  stamp: emptyStamp(),
  stampEnd: 0,
  host: undefined,
  program: undefined,
  pid: undefined,
  messageId: undefined,
  message: '',
  isRfc5424: false,
  hasTag: false,
  isLevelInTag: false,
  isStream: false,
});
/** The largest `<PRI>`: facility 23, severity 7. */
const MAX_PRIORITY = 191;

/** Sets priority, facility and severity from the number in `<PRI>`; false when it is too large. */
export function setPriority(value: number, envelope: Envelope): boolean {
  if (!(value <= MAX_PRIORITY)) return false;
  envelope.priority = value;
  envelope.facility = value >> 3;
  envelope.severity = value & 7;
  return true;
}

/** Forgets the line before, but for its stamp, which `hasStamp` guards. */
export function clear(envelope: Envelope): void {
  envelope.priority = -1;
  envelope.facility = -1;
  envelope.severity = -1;
  envelope.hasStamp = false;
  envelope.stampEnd = 0;
  envelope.host = undefined;
  envelope.program = undefined;
  envelope.pid = undefined;
  envelope.messageId = undefined;
  envelope.message = '';
  envelope.isRfc5424 = false;
  envelope.hasTag = false;
  envelope.isLevelInTag = false;
  envelope.isStream = false;
}

const SPACE = 32;

/** True for a space, a tab and past the end of the line. */
export const isSpaceOrEnd = (code: number): boolean =>
  code === SPACE || Number.isNaN(code) || code === 9;

/** The index of the first character at or after `at` that is no space. */
export const skipSpaces = (line: string, at: number): number => {
  let i = at;
  while (line.charCodeAt(i) === SPACE) i += 1;
  return i;
};

/** The number in the digits of `[start, end)`; undefined when there is anything else. */
export function digitsBetween(line: string, start: number, end: number): number | undefined {
  if (end <= start || end - start > 10) return undefined;
  let value = 0;
  for (let i = start; i < end; i += 1) {
    const code = line.charCodeAt(i) - 48;
    if (!(code >= 0 && code <= 9)) return undefined;
    value = value * 10 + code;
  }
  return value;
}
