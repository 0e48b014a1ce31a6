/** Lines that the views of checks and collections share. */
import type { Kept } from '../commands/keep-result.ts';
import type { CheckReport } from '../host/observation.ts';
import { wrap } from './layout.ts';
import { neutraliseLine } from './neutralise.ts';
import type { Style } from './style.ts';

const MOST = 30;

/** What was not looked at, and why. */
export function unseenLines(
  { unseen, furtherUnseen }: Pick<CheckReport, 'unseen' | 'furtherUnseen'>,
  style: Style,
): string[] {
  if (unseen.length === 0) return [];
  const shown = unseen.slice(0, MOST);
  const hidden = unseen.length - shown.length + furtherUnseen;
  return [
    '',
    style.paint.yellow('Not looked at:'),
    ...shown.flatMap(({ what, why }) =>
      wrap(`${what}: ${why}`, style.width - 4).map(
        (line, index) => `${index === 0 ? '  - ' : '    '}${line}`,
      ),
    ),
    ...(hidden === 0 ? [] : [`  and ${hidden} more`]),
  ];
}

/** What became of the result. */
export function keptLines(kept: Kept | undefined, style: Style): string[] {
  if (kept === undefined) return [];
  const { incident, evidence, step } = kept;
  const parts = [
    ...(evidence === undefined ? [] : [`kept as evidence ${evidence} of ${incident}`]),
    ...(step === undefined ? [] : [`step ${step} is done`]),
  ];
  return parts.length === 0 ? [] : ['', ...wrap(`${parts.join('; ')}.`, style.width)];
}

/** A value in a cell of a Markdown table, or in a list: nothing in it is markup. */
export const cell = (text: string): string =>
  neutraliseLine(text).replace(/[\\`*_{}[\]()<>#+!|~&]/g, (sign) => `\\${sign}`);
