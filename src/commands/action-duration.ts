/** `--for`: how long an action lasts. */
import { usageError } from '../errors.ts';
import type { Action } from '../respond/action.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const LONGEST_DAYS = 365;

/** Milliseconds of `90s`, `15m`, `24h`, `7d`; undefined where the option is absent. @throws IrError (exit 2) */
export function readDuration(
  text: string | undefined,
  { id, command }: Action,
): number | undefined {
  if (text === undefined) return undefined;
  if (command.expiry === undefined)
    throw usageError(
      `${id} has no time limit, so --for means nothing`,
      'Leave it out, and undo it with: ir undo',
    );
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text.trim()) ?? [];
  const durationMs = Number(count) * (UNITS[unit] ?? 0);
  if (durationMs >= 1000 && durationMs <= LONGEST_DAYS * 86_400_000) return durationMs;
  throw usageError(
    `--for "${text.slice(0, 40)}" is no time up to ${LONGEST_DAYS}d`,
    'Write 90s, 15m, 24h or 7d.',
  );
}
