/**
 * What surrounds a syslog message: priority, stamp, host, program and process id, in the shapes that
 * RFC 3164, RFC 5424, rsyslog, relays, BSD, Solaris and `journalctl` write.
 */
import { isHostName, readIp } from '../../events/address.ts';
import { skipNode, skipUptime } from './cisco-head.ts';
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
import { readLevel, readNoHost, readSelector, readVerboseSelector } from './syslog-words.ts';

const SPACE = 32;
const SLASH = 47;
const COLON = 58;
const LESS = 60;
const OPEN_BRACKET = 91;
const GREATER = 62;
const MAX_HOST = 255;
/** Hosts of relays, and words that are none, before the tag. */
const MAX_WORDS = 5;

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

const DOVECOT_LEVEL = '(Debug|Info|Warning|Error|Fatal|Panic): ';
const DOVECOT_FILE = new RegExp(
  `(?:${DOVECOT_LEVEL})?((?:imap|pop3|submission|managesieve|lmtp|auth|master|config|anvil|doveadm|indexer|script|ssl-params|stats)[\\w-]{0,16}(?:\\([^)]{0,100}\\))?(?:<[^>]{0,64}>){0,2}: )(?:${DOVECOT_LEVEL})?`,
  'y',
);

/** Dovecot's own file: its process and the level where others have host and tag; read as what it tells syslog. */
function readDovecotFile(line: string, start: number, envelope: Envelope): boolean {
  DOVECOT_FILE.lastIndex = start;
  const found = DOVECOT_FILE.exec(line);
  const level = found?.[1] ?? found?.[3];
  if (found === null || level === undefined) return false;
  readLevel(level, envelope);
  envelope.program = 'dovecot';
  envelope.hasTag = true;
  envelope.message = `${found[2]}${line.slice(start + found[0].length)}`;
  return true;
}

/**
 * The index after what Cisco writes before a stamp: a number (`000123: `), and `*` or `.` for a clock that is not
 * set or not in step; `at` when no stamp follows.
 */
function skipClockMarks(line: string, at: number): number {
  let i = at;
  while (i < at + MAX_SEQUENCE && isDigit(line.charCodeAt(i))) i += 1;
  if (i > at) i = line.startsWith(': ', i) ? i + 2 : at;
  const mark = line.charCodeAt(i);
  if (mark === STAR || mark === DOT) return i + 1;
  if (mark === LETTER_R || mark === LETTER_L) return skipNode(line, i);
  return i > at && isLetter(line.charCodeAt(i)) ? i : at;
}

const MAX_SEQUENCE = 10;
const MAX_LEVEL = 9;
const STAR = 42;
const DOT = 46;
const LETTER_L = 76;
const LETTER_R = 82;
const PERCENT = 37;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isLetter = (code: number): boolean => (code | 32) >= 97 && (code | 32) <= 122;

/** Reads the stamp of a relayed line, which counts more than the relay's own; the index after it, or -1. */
function readInnerStamp(line: string, start: number, envelope: Envelope): number {
  const code = line.charCodeAt(start);
  if (!isDigit(code) && !(code >= 65 && code <= 90) && code !== STAR && code !== DOT) return -1;
  if (!readStamp(line, skipClockMarks(line, start), innerStamp)) return -1;
  const { end } = innerStamp;
  const isColon = line.charCodeAt(end) === COLON && isSpaceOrEnd(line.charCodeAt(end + 1));
  if (!isColon && !isSpaceOrEnd(line.charCodeAt(end))) return -1;
  Object.assign(envelope.stamp, innerStamp);
  envelope.hasStamp = true;
  return skipSpaces(line, isColon ? end + 1 : end);
}

/** Reads host, relayed stamps, tag and message from `at` on. */
function readHostAndTag(line: string, at: number, envelope: Envelope): void {
  let start = skipSpaces(line, at);
  if (line.startsWith('[pid ', start)) {
    readOwnFile(line, start, envelope);
    return;
  }
  for (let words = 0; words < MAX_WORDS; words += 1) {
    if (line.charCodeAt(start) === LESS) start = skipSelector(line, start, envelope);
    const space = line.indexOf(' ', start);
    const end = space < 0 ? line.length : space;
    if (isRepeatNote(line, start) || end - start > MAX_HOST || isTagToken(line, start, end)) break;
    const token = line.slice(start, end);
    const next = skipSpaces(line, end);
    if (readNoHost(token, envelope)) {
      start = next;
      continue;
    }
    envelope.host = hostOf(token);
    start = next;
    // A relay's head before a whole line of RFC 5424.
    if (line.charCodeAt(start) === 49 && line.startsWith(' 2', start + 1)) {
      const { host } = envelope;
      if (readRfc5424(line, start, envelope)) {
        // A name says more than an address.
        const isAddress = envelope.host === undefined || readIp(envelope.host) !== undefined;
        if (isAddress && host !== undefined && readIp(host) === undefined) envelope.host = host;
        return;
      }
      envelope.host = host;
    }
    const inner = readInnerStamp(line, start, envelope);
    if (inner < 0) {
      start = skipWords(line, start, envelope);
      break;
    }
    start = inner;
  }
  // Cisco's ASA sets a colon off from its host: `fw01 : %ASA-4-106023: ...`.
  if (line.startsWith(': %', start)) start += 2;
  if (isDigit(line.charCodeAt(start))) start = skipUptime(line, start);
  if (envelope.host === undefined && readDovecotFile(line, start, envelope)) return;
  if (!readTag(line, start, envelope)) envelope.message = line.slice(start);
}

/**
 * The host in its word. In brackets stands an address; any other word in them is a thread or a level. syslog-ng
 * chains the relays behind the sender: `web1/10.0.0.4`, `src@web1/relay2`.
 */
function hostOf(token: string): string | undefined {
  const slash = token.indexOf('/');
  if (slash > 0) {
    const sender = token.slice(token.lastIndexOf('@', slash) + 1, slash);
    if (isHostName(sender) || readIp(sender) !== undefined) return sender;
  }
  if (token.charCodeAt(0) !== OPEN_BRACKET || !token.endsWith(']')) return token;
  return readIp(token.slice(1, -1));
}

/**
 * What may stand between host and tag: BusyBox writes `host auth.info sshd[7]:`, BSD `host <auth.info> sshd[7]:`, and a
 * relay its sender's address before the name that the sender gives itself.
 */
function skipWords(line: string, at: number, envelope: Envelope): number {
  if (line.charCodeAt(at) === LESS) return skipSelector(line, at, envelope);
  const end = line.indexOf(' ', at);
  if (end < 0 || end - at > MAX_HOST || isTagToken(line, at, end)) return at;
  const word = line.slice(at, end);
  const next = skipSpaces(line, end);
  if (word.includes('.') && readSelector(word, envelope)) return next;
  const tagEnd = line.indexOf(' ', next);
  // F5 writes the level there: `bigip1 notice apmd[7]: ...`.
  if (
    tagEnd > 0 &&
    word.length <= MAX_LEVEL &&
    isTagToken(line, next, tagEnd) &&
    readLevel(word, envelope)
  )
    return next;
  if (envelope.host === undefined || readIp(envelope.host) === undefined) return at;
  if (!isHostName(word) || tagEnd < 0 || !isTagToken(line, next, tagEnd)) return at;
  envelope.host = word;
  return next;
}

/** `<mail.notice> ` after the stamp, from BSD's verbose syslogd. */
function skipSelector(line: string, at: number, envelope: Envelope): number {
  const close = line.indexOf('>', at);
  if (close < 0 || close - at > 24 || !readVerboseSelector(line.slice(at + 1, close), envelope))
    return at;
  return skipSpaces(line, close + 1);
}

/** Cisco's number and host in front of its stamp, `<190>2361044: sw01: Jan 16 ...`: the index after them. */
function readNamedHead(line: string, at: number, envelope: Envelope): number {
  const found = NAMED_HEAD.exec(line.slice(at, at + MAX_HOST));
  if (found === null) return at;
  envelope.host = found[1];
  return at + found[0].length;
}

const NAMED_HEAD = /^\d{0,10}: (?:([A-Za-z][\w.-]{0,63}): )?(?=[*.]?(?:\d{4} )?[A-Z][a-z]{2} )/;

/**
 * Reads the envelope of `line`; false when it is not a syslog line. Without any stamp the line must be
 * `host program[pid]: message`, the shape that `journalctl -o cat`-like exports leave.
 * @see RFC 3164, RFC 5424
 */
export function readEnvelope(line: string, envelope: Envelope): boolean {
  clear(envelope);
  let at = readPriority(line, envelope);
  if (at > 0 && line.charCodeAt(at) === 49 && line.charCodeAt(at + 1) === SPACE) {
    if (readRfc5424(line, at, envelope)) {
      if (envelope.host !== undefined) envelope.host = hostOf(envelope.host);
      return true;
    }
    clear(envelope);
    readPriority(line, envelope);
    // Some appliances write the version and a stamp, then a message of their own.
    if (readStamp(line, at + 2, envelope.stamp)) at += 2;
  }
  const named = at > 0 ? readNamedHead(line, at, envelope) : at;
  if (readStamp(line, skipClockMarks(line, named), envelope.stamp)) {
    envelope.hasStamp = true;
    const end = envelope.stamp.end;
    envelope.stampEnd = end;
    const after = line.charCodeAt(end);
    // Cisco writes `Nov 24 2026 10:00:01: %ASA-6-...`, and on IOS XR its process before the mnemonic.
    const isCisco =
      after === COLON &&
      (line.startsWith(' %', end + 1) ||
        (line.charCodeAt(named + 2) === SLASH &&
          line.startsWith(': %', line.indexOf(': %', end + 2))));
    if (!isSpaceOrEnd(after) && !isCisco) return false;
    const { host } = envelope;
    readHostAndTag(line, isCisco ? end + 1 : end, envelope);
    envelope.host ??= host;
    return true;
  }
  envelope.host = undefined;
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

/** A device's message without a stamp. */
const MNEMONIC_LINE = /^%[A-Z][\w/-]{0,80}-[0-7]-\w{1,80}: /;

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
      const token = line.slice(at, space);
      if (!readNoHost(token, envelope)) envelope.host = token;
      return true;
    }
  }
  if (at === 0) {
    const isMnemonic = first === PERCENT && MNEMONIC_LINE.test(line);
    return readTag(line, 0, envelope) && (isMnemonic || envelope.pid !== undefined);
  }
  if (!readTag(line, at, envelope)) envelope.message = line.slice(at);
  return true;
}
