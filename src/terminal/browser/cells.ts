/** Cells of a terminal that text takes, and text cut to fit some: what a log says must not push a line over its edge. */
import { neutraliseLine } from '../neutralise.ts';

const ZERO = /^[\p{Mn}\p{Me}]$/u;
/** East Asian wide and emoji. @see https://www.unicode.org/reports/tr11/ */
const WIDE =
  /^(?:[\u1100-\u115f\u231a\u231b\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{17000}-\u{18d08}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})$/u;
/** More marks on one letter are drawn over the lines above and below. */
const MOST_MARKS = 2;

/** Cells of one character. */
function cellsOfOne(character: string): number {
  if (character < '\u0300') return 1;
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Cells of a text that is safe to show. */
export function cellsOf(text: string): number {
  let cells = 0;
  for (const character of text) cells += cellsOfOne(character);
  return cells;
}

/** Text of exactly `width` cells, made safe to show: cut with an ellipsis, or filled up with blanks. */
export function padded(text: string, width: number, isUnicode = true): string {
  const line = cut(text, width, isUnicode);
  return line + ' '.repeat(Math.max(0, width - cellsOf(line)));
}

/** The same without being filled up. */
export function cut(text: string, width: number, isUnicode = true): string {
  if (width <= 0) return '';
  // Of a line of a megabyte no more is looked at than can show.
  const line = neutraliseLine(text.slice(0, 8 * width + 16));
  const end = isUnicode ? '…' : '..';
  let cells = 0;
  let marks = 0;
  let shown = '';
  let keep = '';
  for (const character of line) {
    const wide = cellsOfOne(character);
    marks = wide === 0 ? marks + 1 : 0;
    if (marks > MOST_MARKS) continue;
    if (cells + wide > width) return keep + end.slice(0, width);
    cells += wide;
    shown += character;
    if (cells <= width - end.length) keep = shown;
  }
  return text.length > 8 * width + 16 ? keep + end.slice(0, width) : shown;
}

/** Lines of at most `width` cells, at most `most` of them, made safe to show. */
export function folded(text: string, width: number, most: number, isUnicode = true): string[] {
  const lines: string[] = [];
  let rest = neutraliseLine(text.slice(0, 8 * width * most));
  while (rest !== '' && lines.length < most) {
    if (lines.length === most - 1) {
      lines.push(cut(rest, width, isUnicode));
      break;
    }
    let cells = 0;
    let end = 0;
    for (const character of rest) {
      const wide = cellsOfOne(character);
      if (cells + wide > width) break;
      cells += wide;
      end += character.length;
    }
    lines.push(rest.slice(0, Math.max(1, end)));
    rest = rest.slice(Math.max(1, end));
  }
  return lines;
}
