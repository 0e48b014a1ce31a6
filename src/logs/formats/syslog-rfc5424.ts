/** The strict header of RFC 5424. */
import { digitsBetween, type Envelope, skipSpaces } from './syslog-fields.ts';
import { readStamp } from './syslog-stamp.ts';

const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

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
export function readRfc5424(line: string, at: number, envelope: Envelope): boolean {
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
  // Some put the colon of the older tag there.
  envelope.program = headerToken(line, host + 1, app)?.replace(/:$/, '');
  envelope.pid = digitsBetween(line, app + 1, processId);
  envelope.messageId = headerToken(line, processId + 1, messageId);
  const message = line.slice(skipByteOrderMark(line, skipSpaces(line, dataEnd)));
  // Firewalls put everything into the structured data and leave the message empty.
  envelope.message = message === '' ? line.slice(messageId + 1, dataEnd) : message;
  envelope.isRfc5424 = true;
  return true;
}

/** The mark as one character, or as its three bytes when the line was decoded as latin1. */
function skipByteOrderMark(line: string, at: number): number {
  if (line.charCodeAt(at) === 0xfeff) return at + 1;
  return line.startsWith('\u00ef\u00bb\u00bf', at) ? at + 3 : at;
}
