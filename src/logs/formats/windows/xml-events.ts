/** Windows events in a text of XML: as Event Viewer and wevtutil export them, alone or as a list. */
import type { RecordSplitter, TextRecord } from '../log-format.ts';

const OPEN = /<Event(?=[\s>])/g;
const CLOSE = '</Event>';
/** Between its beginning and its end an event holds at most so many characters. */
const MAX_EVENT = 1 << 20;
/** Whoever cites an event reads on from the place before it at which reading can begin. */
const RESTART_BYTES = 1 << 18;
const TOO_LONG = 'longer than 1 MiB';
const CUT = 'cut off by the end of the file';
/** What is looked at to tell whether an element is an event. */
const HEAD = 4096;

/** True when an element that begins here is an event. */
export const isEventXml = (text: string, start: number): boolean =>
  /^<Event\b[^<>]{0,500}>\s{0,100}<System>/.test(text.slice(start, start + HEAD));

/** True for the first characters of a file of events in XML. */
export function looksLikeEventXml(head: string): boolean {
  const start = head.search(/<(?!\?)/);
  if (
    start === -1 ||
    head.slice(0, start).replace(/<\?xml[^<>]{0,200}\?>|^\xef\xbb\xbf|[\s\ufeff]/g, '') !== ''
  )
    return false;
  const list = /^<Events?\b[^<>]{0,500}>\s{0,100}/.exec(head.slice(start, start + HEAD));
  if (list === null) return false;
  const first = /^<Events/.test(list[0]) ? start + list[0].length : start;
  return isEventXml(head, first);
}

/** What may stand around events. */
const AROUND =
  /<\?xml[^<>]{0,200}\?>|<\/?Events?\b[^<>]{0,500}>|<!--[^<>]{0,500}-->|[\s\0]|^\xef\xbb\xbf/g;
const BETWEEN = 'text between events';

/** Finds the events in the text. Reading may begin anew with one of them, every so often. */
export function createXmlSplitter(): RecordSplitter {
  let waiting = '';
  let base = 0;
  let line = 0;
  let restart = Number.NEGATIVE_INFINITY;
  /** The rest of an event that is too long is passed over. */
  let isPassing = false;

  const drop = (count: number): void => {
    waiting = waiting.slice(count);
    base += count;
  };
  const record = (start: number, end: number, skip?: string): TextRecord => {
    line += 1;
    const text = waiting.slice(start, skip === undefined ? end : Math.min(end, start + HEAD));
    const offset = base + start;
    if (skip !== undefined) return { text, offset, line, skip };
    if (offset < restart + RESTART_BYTES) return { text, offset, line };
    return { text, offset, line, restart: (restart = offset) };
  };
  /** What stands in front of an event is no event; it is said where it is more than what may stand there. */
  const between = (start: number, end: number): TextRecord[] => {
    if (end - start < 1) return [];
    const rest = waiting.slice(start, end).replace(AROUND, '');
    return rest === '' ? [] : [record(start, end, BETWEEN)];
  };

  const split = (): TextRecord[] => {
    const found: TextRecord[] = [];
    let done = 0;
    for (;;) {
      if (isPassing) {
        const end = waiting.indexOf(CLOSE, done);
        if (end === -1) {
          drop(Math.max(done, waiting.length - CLOSE.length));
          return found;
        }
        isPassing = false;
        done = end + CLOSE.length;
      }
      OPEN.lastIndex = done;
      const start = OPEN.exec(waiting)?.index ?? -1;
      if (start === -1) {
        // The beginning of one may be cut, and that of what may stand around it.
        drop(done);
        if (waiting.length > HEAD) {
          found.push(...between(0, waiting.length - HEAD));
          drop(waiting.length - HEAD);
        }
        return found;
      }
      found.push(...between(done, start));
      const end = waiting.indexOf(CLOSE, start);
      if (end === -1 && waiting.length - start <= MAX_EVENT) {
        drop(start);
        return found;
      }
      const isLong = end === -1 || end - start > MAX_EVENT;
      isPassing = end === -1;
      done = end === -1 ? waiting.length : end + CLOSE.length;
      found.push(record(start, done, isLong ? TOO_LONG : undefined));
    }
  };

  return {
    push(text) {
      waiting += text;
      return split();
    },
    end() {
      OPEN.lastIndex = 0;
      if (isPassing) return [];
      const start = OPEN.exec(waiting)?.index ?? -1;
      if (start === -1) return between(0, waiting.length);
      return [...between(0, start), record(start, waiting.length, CUT)];
    },
  };
}
