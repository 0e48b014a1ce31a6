/** Which format reads a file, and what each makes of its first lines. */
import type { FormatDetectResult } from '../../commands/formats.ts';
import type { Claim, FormatReport } from '../../logs/format-report.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';

/** How `ir formats detect` is shown. */
export const view: View<FormatDetectResult> = {
  text({ files, unread }, style) {
    const output = files.flatMap((file) => [...fileLines(file, style), '']);
    for (const { path, reason } of unread)
      output.push(`${neutraliseLine(path)}: not read: ${neutraliseLine(reason)}`);
    return `${output.join('\n').trimEnd()}\n`;
  },
  *jsonl({ files }) {
    yield* files;
  },
};

function fileLines(file: FormatReport, { paint }: Style): string[] {
  const { path, format, lines, isRecords, streams, claims, events, joined, skips, advice } = file;
  const what = isRecords ? 'a document of records' : `the first ${counted(lines, 'line')}`;
  const chosen = format === '' ? paint.red('no known format') : paint.bold(format);
  const output = [`${neutraliseLine(path)}: ${chosen} (by ${what})`];
  for (const [stream, inner] of Object.entries(streams))
    output.push(
      `  wraps ${inner}${stream === '' ? '' : ` (${neutraliseLine(stream.replaceAll('\u0000', ' '))})`}`,
    );
  for (const claim of claims) output.push(...claimLines(claim, file));
  const read = Object.entries(events).map(([name, count]) => `${count} by ${name}`);
  if (joined > 0) read.push(`${joined} joined`);
  for (const [reason, count] of Object.entries(skips)) read.push(`${count} not read (${reason})`);
  output.push(`  read: ${read.join(', ') || 'nothing'}`);
  if (advice !== undefined) output.push(`  ${advice}`);
  return output;
}

function claimLines({ format, lines, refused }: Claim, file: FormatReport): string[] {
  const share = file.lines === 0 ? '' : ` (${Math.round((lines / file.lines) * 100)}%)`;
  const output = [`  ${format} claims ${counted(lines, 'line')}${share}`];
  if (refused === undefined) return output;
  const { line, text, reason, howFar } = refused;
  output.push(`    not line ${line}, ${neutraliseLine(reason)}:`, `    | ${neutraliseLine(text)}`);
  if (howFar === undefined) return output;
  const { column, expected, pattern } = howFar;
  const wants = expected === '' ? 'the pattern ends here' : `the pattern goes on with ${expected}`;
  const before = neutraliseLine(text.slice(0, column - 1));
  output.push(
    `    | ${' '.repeat(before.length)}^ ${neutraliseLine(wants)}`,
    `    pattern: ${neutraliseLine(pattern)}`,
  );
  return output;
}

const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;
