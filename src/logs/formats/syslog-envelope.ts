/**
 * What surrounds a syslog message: priority, stamp, host, program and process id, in the shapes that
 * RFC 3164, RFC 5424, rsyslog, relays, BSD, Solaris and `journalctl` write.
 */
import {
  clear,
  digitsBetween,
  type Envelope,
  isSpaceOrEnd,
  setPriority,
  skipSpaces,
} from './syslog-fields.ts';
import { readRfc5424 } from './syslog-rfc5424.ts';
import { emptyStamp, readStamp, skipMonotonic } from './syslog-stamp.ts';
import { isTagToken, MAX_TAG, readTag } from './syslog-tag.ts';

const SPACE = 32;
const COLON = 58;
const LESS = 60;
const GREATER = 62;
const MAX_HOST = 255;
const MAX_RELAYS = 3;

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

/** Reads `<PRI>` at the start; the index after it, or 0. */
function readPriority(line: string, envelope: Envelope): number {
  if (line.charCodeAt(0) !== LESS) return 0;
  let value = 0;
  for (let i = 1; i < 5; i += 1) {
    const code = line.charCodeAt(i);
    if (code === GREATER && i > 1) {
      return setPriority(value, envelope) ? i + 1 : 0;
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
  return found !== null && setPriority(Number(found[1]), envelope);
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

/**
 * Reads the envelope of `line`; false when it is not a syslog line. Without any stamp the line must be
 * `host program[pid]: message`, the shape that `journalctl -o cat`-like exports leave.
 * @see RFC 3164, RFC 5424
 */
export function readEnvelope(line: string, envelope: Envelope): boolean {
  clear(envelope);
  let at = readPriority(line, envelope);
  if (at > 0 && line.charCodeAt(at) === 49 && line.charCodeAt(at + 1) === SPACE) {
    if (readRfc5424(line, at, envelope)) return true;
    clear(envelope);
    readPriority(line, envelope);
    // Some appliances write the version and a stamp, then a message of their own.
    if (readStamp(line, at + 2, envelope.stamp)) at += 2;
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
