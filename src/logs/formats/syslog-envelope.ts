/**
 * What surrounds a syslog message: priority, stamp, host, program and process id, in the shapes that
 * RFC 3164, RFC 5424, rsyslog, relays, BSD, Solaris and `journalctl` write.
 */
import { emptyStamp, readStamp, type Stamp, skipMonotonic } from './syslog-stamp.ts';

/** The envelope of the latest line. One object is filled again and again. */
export interface Envelope {
  /** The number in `<PRI>`, or -1. */
  priority: number;
  facility: number;
  severity: number;
  hasStamp: boolean;
  stamp: Stamp;
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
}

/** An empty envelope to be filled by `readEnvelope`. */
export const emptyEnvelope = (): Envelope => ({
  priority: -1,
  facility: -1,
  severity: -1,
  hasStamp: false,
  stamp: emptyStamp(),
  host: undefined,
  program: undefined,
  pid: undefined,
  messageId: undefined,
  message: '',
  isRfc5424: false,
  hasTag: false,
});

const SPACE = 32;
const COLON = 58;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_PAREN = 40;
const LESS = 60;
const GREATER = 62;
const MAX_TAG = 128;
const MAX_HOST = 255;
const MAX_RELAYS = 3;
const MAX_PRIORITY = 191;

const FACILITIES = (
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp security console solaris-cron ' +
  'local0 local1 local2 local3 local4 local5 local6 local7'
).split(' ');
const SEVERITIES = new Map<string, number>(
  'emerg alert crit err warning notice info debug'.split(' ').map((name, code) => [name, code]),
)
  .set('error', 3)
  .set('warn', 4);

const UPPER_SEVERITIES = new Map([...SEVERITIES].map(([name, code]) => [name.toUpperCase(), code]));
UPPER_SEVERITIES.set('WARNING', 4).set('CRITICAL', 2).set('EMERGENCY', 0);

const isSpaceOrEnd = (code: number): boolean => code === SPACE || Number.isNaN(code) || code === 9;

/** Reads `<PRI>` at the start; the index after it, or 0. */
function readPriority(line: string, envelope: Envelope): number {
  if (line.charCodeAt(0) !== LESS) return 0;
  let value = 0;
  for (let i = 1; i < 5; i += 1) {
    const code = line.charCodeAt(i);
    if (code === GREATER && i > 1) {
      if (value > MAX_PRIORITY) return 0;
      envelope.priority = value;
      envelope.facility = value >> 3;
      envelope.severity = value & 7;
      return i + 1;
    }
    if (!(code >= 48 && code <= 57)) return 0;
    value = value * 10 + code - 48;
  }
  return 0;
}

/** Reads `facility.severity` in `text` into the envelope; false when the words are not syslog's. */
function readSelector(text: string, envelope: Envelope): boolean {
  const dot = text.indexOf('.');
  const facility = FACILITIES.indexOf(text.slice(0, dot));
  const severity = SEVERITIES.get(text.slice(dot + 1));
  if (dot < 0 || facility < 0 || severity === undefined) return false;
  envelope.facility = facility;
  envelope.severity = severity;
  return true;
}

const skipSpaces = (line: string, at: number): number => {
  let i = at;
  while (line.charCodeAt(i) === SPACE) i += 1;
  return i;
};

/** The number in the digits of `[start, end)`; undefined when there is anything else. */
function digitsBetween(line: string, start: number, end: number): number | undefined {
  if (end <= start || end - start > 10) return undefined;
  let value = 0;
  for (let i = start; i < end; i += 1) {
    const code = line.charCodeAt(i) - 48;
    if (!(code >= 0 && code <= 9)) return undefined;
    value = value * 10 + code;
  }
  return value;
}

/** Ends the tag: sets the program and the message, which starts at `at` after an optional colon. */
function endTag(line: string, start: number, end: number, at: number, envelope: Envelope): boolean {
  // gdm writes `gdm-password][77]:`.
  const isOdd = line.charCodeAt(end - 1) === CLOSE_BRACKET && end - 1 > start;
  envelope.program = line.slice(start, isOdd ? end - 1 : end);
  envelope.hasTag = true;
  const next = line.charCodeAt(at) === COLON ? at + 1 : at;
  envelope.message = line.slice(skipSpaces(line, next));
  return true;
}

/** Reads `[pid]` at `open`, the rest of a tag whose name is `[start, end)`. */
function readPid(
  line: string,
  start: number,
  end: number,
  open: number,
  envelope: Envelope,
): boolean {
  const close = line.indexOf(']', open);
  if (close < 0 || close - open > 40) return false;
  const after = line.charCodeAt(close + 1);
  const slash = line.indexOf('/', open);
  const digitsEnd = slash > open && slash < close ? slash : close;
  const pid = digitsBetween(line, open + 1, digitsEnd);
  if (start === end) {
    // `[sshd]: message`: some daemons put the whole tag in brackets.
    return (
      after === COLON && pid === undefined && endTag(line, open + 1, close, close + 1, envelope)
    );
  }
  if (after !== COLON && (pid === undefined || !isSpaceOrEnd(after))) return false;
  envelope.pid = pid;
  return endTag(line, start, end, close + 1, envelope);
}

/** Reads `(…)` and `<…>` after the name of a tag: `su(pam_unix)[7]:`, `auth(bob,192.0.2.7)<id>:`. */
function readParenthesis(line: string, start: number, open: number, envelope: Envelope): boolean {
  const close = line.indexOf(')', open);
  if (close < 0 || close - open > MAX_TAG) return false;
  let next = close + 1;
  if (line.charCodeAt(next) === LESS) {
    const end = line.indexOf('>', next);
    if (end < 0 || end - next > MAX_TAG) return false;
    next = end + 1;
  }
  const code = line.charCodeAt(next);
  if (code === OPEN_BRACKET) return readPid(line, start, open, next, envelope);
  if (code !== COLON || !isSpaceOrEnd(line.charCodeAt(next + 1))) return false;
  const pid = digitsBetween(line, open + 1, close);
  if (pid !== undefined) envelope.pid = pid;
  endTag(line, start, open, next, envelope);
  // What the parentheses say (user and address of a dovecot passdb) belongs to the message.
  if (pid === undefined) envelope.message = line.slice(start);
  return true;
}

/**
 * Reads `program:`, `program[pid]:` or `program(module)[pid]:` at `start`; false when what stands
 * there is no tag.
 */
function readTag(line: string, start: number, envelope: Envelope): boolean {
  const limit = Math.min(line.length, start + MAX_TAG);
  // sysvinit's login marks a terminal session: `-- root[2421]: ROOT LOGIN ON tty2`.
  if (line.startsWith('-- ', start)) return readTag(line, start + 3, envelope);
  for (let i = start; i < limit; i += 1) {
    const code = line.charCodeAt(i);
    if (code === COLON) {
      if (i > start && isSpaceOrEnd(line.charCodeAt(i + 1)))
        return endTag(line, start, i, i, envelope);
    } else if (code === OPEN_BRACKET) {
      return readPid(line, start, i, i, envelope);
    } else if (code === OPEN_PAREN) {
      return i > start && readParenthesis(line, start, i, envelope);
    } else if (code === SPACE) {
      const open = skipSpaces(line, i);
      return line.charCodeAt(open) === OPEN_BRACKET && readPadded(line, start, i, open, envelope);
    }
  }
  return false;
}

/** `program   [pid]:` with spaces between, as Python's logging pads it; the colon is needed then. */
function readPadded(
  line: string,
  start: number,
  end: number,
  open: number,
  envelope: Envelope,
): boolean {
  const close = line.indexOf(']', open);
  if (close < 0 || line.charCodeAt(close + 1) !== COLON) return false;
  if (digitsBetween(line, open + 1, close) === undefined) return false;
  return readPid(line, start, end, open, envelope);
}

/** True when the token at `[start, end)` is a tag and not a host name. */
function isTagToken(line: string, start: number, end: number): boolean {
  const last = line.charCodeAt(end - 1);
  if (last === COLON) return true;
  return last === CLOSE_BRACKET &&
    line.indexOf('[', start) < end &&
    line.charCodeAt(start) !== OPEN_BRACKET
    ? digitsBetween(line, line.indexOf('[', start) + 1, end - 1) !== undefined
    : false;
}

/** Some syslogd write the line of a suppressed repetition without host and tag. */
const isRepeatNote = (line: string, at: number): boolean =>
  line.startsWith('last message repeated', at) || line.startsWith('--- last message', at);

/** The stamp after a relay's host, which counts more than the relay's own. */
const innerStamp = emptyStamp();

/** vsftpd's own file: `[pid 27202] message` after the date. */
function readOwnFile(line: string, start: number, envelope: Envelope): void {
  const close = line.indexOf('] ', start);
  const pid = digitsBetween(line, start + 5, close);
  if (close < 0 || pid === undefined) {
    envelope.message = line.slice(start);
    return;
  }
  envelope.program = 'vsftpd';
  envelope.pid = pid;
  envelope.hasTag = true;
  envelope.message = line.slice(close + 2);
}

/** VMware ESXi puts `In(14)`, severity and priority, where others have the host. */
function readEsxPriority(token: string, envelope: Envelope): boolean {
  const found = /^(?:Db|In|No|Wa|Er|Cr|Al|Em)\((\d{1,3})\)$/.exec(token);
  const value = Number(found?.[1]);
  if (found === null || value > MAX_PRIORITY) return false;
  envelope.priority = value;
  envelope.facility = value >> 3;
  envelope.severity = value & 7;
  return true;
}

/** Reads host, relayed stamps, tag and message from `at` on. */
function readHostAndTag(line: string, at: number, envelope: Envelope): void {
  let start = skipSpaces(line, at);
  if (line.startsWith('[pid ', start)) {
    readOwnFile(line, start, envelope);
    return;
  }
  for (let relays = 0; relays < MAX_RELAYS; relays += 1) {
    if (line.charCodeAt(start) === LESS) start = skipSelector(line, start, envelope);
    const space = line.indexOf(' ', start);
    const end = space < 0 ? line.length : space;
    if (isRepeatNote(line, start) || end - start > MAX_HOST || isTagToken(line, start, end)) break;
    if (line.charCodeAt(end - 1) === 41 && readEsxPriority(line.slice(start, end), envelope)) {
      start = skipSpaces(line, end);
      continue;
    }
    envelope.host = line.slice(start, end);
    start = skipSpaces(line, end);
    const inner = line.charCodeAt(start);
    if (!(inner >= 48 && inner <= 57) && !(inner >= 65 && inner <= 90)) break;
    if (!readStamp(line, start, innerStamp)) break;
    Object.assign(envelope.stamp, innerStamp);
    envelope.hasStamp = true;
    start = skipSpaces(line, envelope.stamp.end);
  }
  if (!readTag(line, start, envelope)) envelope.message = line.slice(start);
}

/** `<mail.notice> ` after the stamp, from BSD's verbose syslogd. */
function skipSelector(line: string, at: number, envelope: Envelope): number {
  const close = line.indexOf('>', at);
  if (close < 0 || close - at > 24 || !readSelector(line.slice(at + 1, close), envelope)) return at;
  return skipSpaces(line, close + 1);
}

/** A token of an RFC 5424 header, `undefined` for the nil value `-`. */
const headerToken = (line: string, start: number, end: number): string | undefined =>
  end - start === 1 && line.charCodeAt(start) === 45 ? undefined : line.slice(start, end);

/** The index after the structured data at `at`, or -1. Honours quotes and their escapes. */
function skipStructuredData(line: string, at: number): number {
  if (line.charCodeAt(at) === 45) return at + 1;
  let i = at;
  while (line.charCodeAt(i) === OPEN_BRACKET) {
    let isQuoted = false;
    for (i += 1; i < line.length; i += 1) {
      const code = line.charCodeAt(i);
      if (code === 92 && isQuoted) i += 1;
      else if (code === 34) isQuoted = !isQuoted;
      else if (code === CLOSE_BRACKET && !isQuoted) break;
    }
    if (i >= line.length) return -1;
    i += 1;
  }
  return i === at ? -1 : i;
}

/** Reads the RFC 5424 header that starts at the version `1 `; false when the grammar does not fit. */
function readRfc5424(line: string, at: number, envelope: Envelope): boolean {
  let start = at + 2;
  envelope.hasStamp = line.charCodeAt(start) !== 45 && readStamp(line, start, envelope.stamp);
  if (!envelope.hasStamp && line.charCodeAt(start) !== 45) return false;
  start = line.indexOf(' ', envelope.hasStamp ? envelope.stamp.end : start) + 1;
  const ends: number[] = [];
  for (let i = 0, from = start; i < 4; i += 1) {
    const end = line.indexOf(' ', from);
    if (end < 0 || start === 0) return false;
    ends.push(end);
    from = end + 1;
  }
  const [host = 0, app = 0, processId = 0, messageId = 0] = ends;
  const dataEnd = skipStructuredData(line, messageId + 1);
  if (dataEnd < 0) return false;
  envelope.host = headerToken(line, start, host);
  envelope.program = headerToken(line, host + 1, app);
  envelope.pid = digitsBetween(line, app + 1, processId);
  envelope.messageId = headerToken(line, processId + 1, messageId);
  envelope.message = line.slice(skipByteOrderMark(line, skipSpaces(line, dataEnd)));
  envelope.isRfc5424 = true;
  return true;
}

/** The mark as one character, or as its three bytes when the line was decoded as latin1. */
function skipByteOrderMark(line: string, at: number): number {
  if (line.charCodeAt(at) === 0xfeff) return at + 1;
  return line.startsWith('\u00ef\u00bb\u00bf', at) ? at + 3 : at;
}

function clear(envelope: Envelope): void {
  envelope.priority = -1;
  envelope.facility = -1;
  envelope.severity = -1;
  envelope.hasStamp = false;
  envelope.host = undefined;
  envelope.program = undefined;
  envelope.pid = undefined;
  envelope.messageId = undefined;
  envelope.message = '';
  envelope.isRfc5424 = false;
  envelope.hasTag = false;
}

/**
 * Reads the envelope of `line`; false when it is not a syslog line. Without any stamp the line must be
 * `host program[pid]: message`, the shape that `journalctl -o cat`-like exports leave.
 * @see RFC 3164, RFC 5424
 */
export function readEnvelope(line: string, envelope: Envelope): boolean {
  clear(envelope);
  const at = readPriority(line, envelope);
  if (at > 0 && line.charCodeAt(at) === 49 && line.charCodeAt(at + 1) === SPACE) {
    if (readRfc5424(line, at, envelope)) return true;
    clear(envelope);
    readPriority(line, envelope);
  }
  if (readStamp(line, at, envelope.stamp)) {
    envelope.hasStamp = true;
    const end = envelope.stamp.end;
    const after = line.charCodeAt(end);
    // Cisco writes `Nov 24 2026 10:00:01: %ASA-6-...`.
    const isCisco = after === COLON && line.startsWith(' %', end + 1);
    if (!isSpaceOrEnd(after) && !isCisco) return false;
    readHostAndTag(line, isCisco ? end + 1 : end, envelope);
    if (envelope.stamp.year !== 0 && envelope.pid !== undefined) takeSeverity(envelope);
    return true;
  }
  const body = skipMonotonic(line, at);
  if (body > at) {
    readHostAndTag(line, body, envelope);
    // `dmesg` has no host and no tag; only a journal line names a program with its process id there.
    if (
      envelope.host === undefined ||
      (envelope.pid === undefined && envelope.program !== 'kernel')
    ) {
      envelope.host = undefined;
      envelope.program = 'kernel';
      envelope.message = line.slice(body);
    }
    return true;
  }
  return readWithoutStamp(line, at, envelope);
}

/** ChromeOS writes the severity where others have the host: `... INFO session_manager[7]: ...`. */
function takeSeverity(envelope: Envelope): void {
  const severity = envelope.host === undefined ? undefined : UPPER_SEVERITIES.get(envelope.host);
  if (severity === undefined) return;
  envelope.severity = severity;
  envelope.host = undefined;
}

/** `host program[pid]: message`, or `<PRI>` with anything after it. */
function readWithoutStamp(line: string, at: number, envelope: Envelope): boolean {
  const first = line.charCodeAt(at);
  if (Number.isNaN(first) || first === SPACE || first === 9) return at > 0;
  const space = line.indexOf(' ', at);
  if (space > at && space - at <= MAX_HOST && !isTagToken(line, at, space)) {
    const bracket = line.indexOf('[', space);
    const isTagged =
      bracket > space && bracket - space < MAX_TAG && readTag(line, space + 1, envelope);
    if (isTagged && envelope.pid !== undefined) {
      envelope.host = line.slice(at, space);
      return true;
    }
  }
  if (at === 0) return readTag(line, 0, envelope) && envelope.pid !== undefined;
  if (!readTag(line, at, envelope)) envelope.message = line.slice(at);
  return true;
}
