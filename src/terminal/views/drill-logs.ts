/** What `ir drill logs` wrote, and what to do with it. */
import type { DrillLogsResult } from '../../commands/drill-logs.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';

const count = (value: number): string => value.toLocaleString('en-US');

/** `2026-11-16 00:00` of an RFC 3339 time. */
const minute = (time: string): string => time.slice(0, 16).replace('T', ' ');

/** How `ir drill logs` is shown. */
export const view: View<DrillLogsResult> = {
  text(result, { paint }) {
    const out = neutraliseLine(result.out);
    const width = Math.max(...result.files.map(({ path }) => path.length));
    const files = result.files.map(
      ({ path, lines }) => `  ${path.padEnd(width)}  ${count(lines).padStart(10)} lines\n`,
    );
    return [
      `${paint.bold(neutraliseLine(result.title))}\n`,
      `${neutraliseLine(result.summary)}\n\n`,
      `Written to ${out}, ${minute(result.start)} to ${minute(result.end)} UTC (seed ${result.seed}, scale ${result.scale}):\n`,
      ...files,
      `  ${count(result.lines)} lines in all, ${count(result.attackLines)} of them an attacker's.\n\n`,
      'Read them:\n',
      `  ir timeline ${out}\n`,
      `The answers are in ${out}/${result.truth}: one row per attack line. Look at them afterwards.\n`,
    ].join('');
  },
};
