/** Text layout that every view shares: wrapping, shortening, label columns, times and durations. */

import { offsetText } from '../events/rfc3339.ts';
import { durationText } from '../events/words.ts';
import { neutralise, neutraliseLine } from './neutralise.ts';
import type { Style } from './style.ts';

/** Columns a text takes, counting each code point as one. */
const columns = (text: string): number => [...text].length;

/** Where text is shown, as far as cutting it goes. */
type Place = Pick<Style, 'isTerminal' | 'isUnicode'>;

/**
 * One line, made safe to show; on a terminal of at most `width` columns, and what is longer ends in an ellipsis.
 * Elsewhere nothing is cut: a file or a program has no edge.
 */
export function shorten(text: string, width: number, { isTerminal, isUnicode }: Place): string {
  const line = neutraliseLine(text);
  if (!isTerminal || columns(line) <= width) return line;
  const end = isUnicode ? '…' : '...';
  return `${[...line].slice(0, Math.max(0, width - end.length)).join('')}${end}`;
}

/**
 * Lines of at most `width` columns, made safe to show, broken between words where there are any. A line break
 * in the text is shown as one, not made: what follows it must not pass for a line of ours.
 */
export const wrap = (text: string, width: number): string[] => fold([neutraliseLine(text)], width);

/** The same for text of several lines, which keeps its line breaks; the caller indents it. */
export const wrapLines = (text: string, width: number): string[] =>
  fold(neutralise(text).replaceAll('\t', '  ').split('\n'), width);

function fold(paragraphs: readonly string[], width: number): string[] {
  const most = Math.max(10, width);
  const lines: string[] = [];
  for (const paragraph of paragraphs) {
    const words = paragraph.trimStart().split(' ');
    let line = paragraph.slice(0, paragraph.length - paragraph.trimStart().length);
    let isEmpty = true;
    for (const word of words) {
      const joined = isEmpty ? line + word : `${line} ${word}`;
      isEmpty = false;
      if (columns(joined) <= most) {
        line = joined;
        continue;
      }
      if (line.trim() !== '') lines.push(line);
      const characters = [...word];
      while (characters.length > most) lines.push(characters.splice(0, most).join(''));
      line = characters.join('');
      // Two blanks where the line broke: the second one does not indent the next.
      isEmpty = line === '';
    }
    lines.push(line);
  }
  return lines;
}

/** `wrap` with every line after `indent` blanks, the first one after `label` instead. */
export function wrapAfter(label: string, text: string, width: number, indent: number): string {
  const lines = wrap(text, width - indent);
  return lines
    .map((line, index) => `${(index === 0 ? label : '').padEnd(indent)}${line}`.trimEnd())
    .join('\n');
}

/** Minutes east of UTC of the times that are shown, at a moment in milliseconds. */
type OffsetAt = ((ms: number) => number) | undefined;

/** `2026-03-01 07:30:00Z`, or `2026-03-01 08:30:00+01:00` with an offset; a dash for no time. */
export const showInstant = (instant: string | undefined, offsetAt?: OffsetAt): string =>
  instant === undefined ? '-' : showMs(Date.parse(instant), offsetAt);

/** The same for microseconds since the epoch. */
export const showMicros = (micros: number | undefined, offsetAt?: OffsetAt): string =>
  micros === undefined ? '-' : showMs(micros / 1_000, offsetAt);

function showMs(ms: number, offsetAt: OffsetAt): string {
  const minutes = offsetAt?.(ms) ?? 0;
  const text = new Date(ms + minutes * 60_000).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)}${offsetText(minutes)}`;
}

/** Columns of a time that `showInstant` shows. */
export const timeWidth = (offsetAt: OffsetAt): number => showMs(0, offsetAt).length;

/** The two largest units, such as `2h 5m`; a dash for no duration. */
export const showDuration = (durationMs: number | undefined): string =>
  durationMs === undefined ? '-' : durationText(durationMs);
