/** Finds the format of a file from its first lines, and of single lines in mixed files. */
import type { LogFormat } from './formats/log-format.ts';

const SAMPLE_LINES = 200;

/**
 * The format that claims most of the first lines; on a tie the earlier in the list.
 * @returns undefined when no format claims any
 */
export function detectFormat(head: string, formats: readonly LogFormat[]): LogFormat | undefined {
  const lines = head.split('\n').slice(0, SAMPLE_LINES).map(withoutCarriageReturn);
  // The last line of the sample may be cut.
  if (lines.length > 1) lines.pop();
  let best: LogFormat | undefined;
  let bestCount = 0;
  for (const format of formats) {
    if (format.records?.detect(head) === true) return format;
    let count = 0;
    for (const line of lines) if (line !== '' && format.detect(line)) count += 1;
    if (count > bestCount) {
      best = format;
      bestCount = count;
    }
  }
  return best;
}

const withoutCarriageReturn = (line: string): string =>
  line.endsWith('\r') ? line.slice(0, -1) : line;
