/** Every live log grows: what was appended since the opening is left out, and that is said. */
import type { FileChange } from '../logs/file-change.ts';

/** Files named one by one; the others are added up. */
const MOST_NAMED = 5;

/** Says per file how many lines were left out, and whose last line was cut. */
export function sayGrowth(
  files: readonly { path: string }[],
  changes: readonly FileChange[],
  say: (text: string) => void,
): void {
  const grown = changes.flatMap(({ appendedLines, isLastLineCut }, index) =>
    appendedLines === 0 && !isLastLineCut
      ? []
      : [{ path: files[index]?.path ?? '', appendedLines, isLastLineCut }],
  );
  for (const { path, appendedLines, isLastLineCut } of grown.slice(0, MOST_NAMED)) {
    const cut = isLastLineCut ? '; its last line was still being written and is cut' : '';
    say(
      `${path} grew while it was read: ${lines(appendedLines)} appended since are left out${cut}`,
    );
  }
  const others = grown.slice(MOST_NAMED);
  if (others.length === 0) return;
  const sum = others.reduce((total, { appendedLines }) => total + appendedLines, 0);
  say(`${others.length} more files grew while they were read: ${lines(sum)} are left out`);
}

const lines = (count: number): string => `${count} ${count === 1 ? 'line' : 'lines'}`;
