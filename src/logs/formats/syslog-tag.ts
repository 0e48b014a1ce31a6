/** The tag of a syslog message: program name, process id, and where the message begins. */
import { digitsBetween, type Envelope, isSpaceOrEnd, skipSpaces } from './syslog-fields.ts';
import { readLevel } from './syslog-words.ts';

const SPACE = 32;
const COLON = 58;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_PAREN = 40;
const LESS = 60;

/** Longest program name that is looked at. */
export const MAX_TAG = 128;

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

/** Reads the level between a tag and its colon, as in `sshd[7] info: text`; the index of the colon, or `at`. */
function skipLevel(line: string, at: number, envelope: Envelope): number {
  const start = skipSpaces(line, at);
  const colon = line.indexOf(':', start);
  if (colon <= start || colon - start > MAX_LEVEL || !isSpaceOrEnd(line.charCodeAt(colon + 1)))
    return at;
  return readLevel(line.slice(start, colon), envelope) ? colon : at;
}

const MAX_LEVEL = 13;

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
  return endTag(
    line,
    start,
    end,
    after === COLON ? close + 1 : skipLevel(line, close + 1, envelope),
    envelope,
  );
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
export function readTag(line: string, start: number, envelope: Envelope): boolean {
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
export function isTagToken(line: string, start: number, end: number): boolean {
  const last = line.charCodeAt(end - 1);
  if (last === COLON) return true;
  return last === CLOSE_BRACKET &&
    line.indexOf('[', start) < end &&
    line.charCodeAt(start) !== OPEN_BRACKET
    ? digitsBetween(line, line.indexOf('[', start) + 1, end - 1) !== undefined
    : false;
}
