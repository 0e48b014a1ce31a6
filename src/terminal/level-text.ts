/** How finding levels look. */
import type { Level } from '../events/level.ts';
import type { Style } from './style.ts';

const MARKS: Readonly<Record<Level, string>> = {
  informational: '·',
  low: '·',
  medium: '▪',
  high: '▲',
  critical: '◆',
};

const PLAIN_MARKS: Readonly<Record<Level, string>> = {
  informational: '.',
  low: '.',
  medium: 'o',
  high: '^',
  critical: '#',
};

/** One character that stands for a level in the histogram. */
export const levelMark = (level: Level, { isUnicode }: Pick<Style, 'isUnicode'>): string =>
  (isUnicode ? MARKS : PLAIN_MARKS)[level];

/** Text in the colour of a level. */
export function paintLevel(level: Level, text: string, { paint }: Style): string {
  switch (level) {
    case 'critical':
      return paint.bold.red(text);
    case 'high':
      return paint.red(text);
    case 'medium':
      return paint.yellow(text);
    case 'low':
      return paint.cyan(text);
    default:
      return paint.dim(text);
  }
}
