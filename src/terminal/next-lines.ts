/** Commands to go on with, each with what it is for: beside it, or below where there is no room. */
import { wrap } from './layout.ts';
import { neutraliseLine } from './neutralise.ts';
import type { Style } from './style.ts';

/** Columns that what a command is for needs at least to stand beside it. */
const LEAST = 24;

/** Lines for a list of commands, under a heading. */
export function nextLines(
  heading: string,
  next: readonly { command: string; shows: string }[],
  style: Style,
): string[] {
  const longest = Math.max(...next.map(({ command }) => command.length));
  const room = style.width - longest - 4;
  return [
    style.paint.bold(heading),
    ...next.flatMap(({ command, shows }) => {
      const text = `  ${neutraliseLine(command)}`;
      if (room < LEAST) {
        return [
          text,
          ...wrap(shows, style.width - 6).map((line) => `      ${style.paint.dim(line)}`),
        ];
      }
      const [first = '', ...more] = wrap(shows, room);
      const indent = ' '.repeat(longest + 4);
      return [
        `${text.padEnd(longest + 4)}${style.paint.dim(first)}`,
        ...more.map((line) => indent + style.paint.dim(line)),
      ];
    }),
  ];
}
