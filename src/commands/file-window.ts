/** A line of a file with those around it, as far as a screen may want to go. */
import type { BlockReader } from '../detect/block-reader.ts';
import type { BrowseLine, FileWindow } from './browse-source.ts';

/** Read before a line and behind it. */
const BYTES = 32_768;
/** Most of a line that is shown. */
const MOST_CHARACTERS = 8_192;

/** The window; undefined where the line does not stand there, or the content is no text. @param size bytes of the content */
export function fileWindow(
  blockAt: BlockReader,
  size: number,
  { path, offset, line, text }: BrowseLine,
): FileWindow | undefined {
  const from = Math.max(0, offset - BYTES);
  // A copy: the next reading takes the place of what was read.
  const above = Buffer.from(blockAt(from, offset - from));
  const below = Buffer.from(blockAt(offset, BYTES));
  const isText = !above.includes(0) && !below.includes(0);
  const start = text.slice(0, 40);
  if (!isText || (start !== '' && !below.toString('utf8', 0, 400).startsWith(start)))
    return undefined;
  const before = linesIn(above, from);
  // What the block begins with is cut.
  if (from > 0) before.shift();
  const behind = linesIn(below, offset);
  const isEnd = offset + below.length >= size;
  if (!isEnd && behind.length > 1) behind.pop();
  const at = before.length;
  return {
    ...{ path, at, isStart: from === 0, isEnd },
    lines: [...before, ...behind].map((each, index) => ({
      ...each,
      number: line === undefined ? undefined : line + index - at,
    })),
  };
}

function linesIn(bytes: Buffer, from: number): { offset: number; text: string }[] {
  const lines: { offset: number; text: string }[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(10, start);
    const end = newline === -1 ? bytes.length : newline;
    const text = bytes.toString('utf8', start, Math.min(end, start + MOST_CHARACTERS));
    lines.push({ offset: from + start, text: text.replace(/\r$/, '') });
    start = end + 1;
  }
  return lines;
}
