/**
 * Entries are dated by the clock of the machine. The chain proves their order; where times contradict it,
 * or jump, that is said: a post-mortem lives from its times.
 */
import type { ClockDoubt, Instant, Status } from './incident.ts';
import { instantUs } from './instant.ts';
import type { LastEntry } from './projections.ts';

/** Two runs may wait for each other's lock: their entries can change places by that much. */
const BACK_MS = 10_000;
/** An open incident without an entry for longer than this is rarer than a clock that is wrong. */
const AHEAD_MS = 7 * 86_400_000;

/**
 * Compares an entry with the one before it in its incident. What another store wrote at the same time was not known to its writer.
 * @param status of the incident before the entry: a closed one may rest as long as it likes
 * @returns undefined when the times go together
 */
export function clockDoubt(
  last: LastEntry | undefined,
  { hash: id, seq, at, writer }: { hash: string; seq: number; at: Instant; writer: string },
  status: Status | undefined,
): ClockDoubt | undefined {
  if (last === undefined || last.seq === seq) return undefined;
  const own = [last, ...(last.beside ?? [])].find((one) => one.writer === writer) ?? last;
  const before = { seq: own.seq, at: own.at };
  const stepMs = (instantUs(at) - instantUs(before.at)) / 1_000;
  if (stepMs < -BACK_MS) return { id, seq, at, before, kind: 'back' };
  if (stepMs > AHEAD_MS && status !== 'closed') return { id, seq, at, before, kind: 'ahead' };
  return undefined;
}

/** The doubt in one sentence. */
export function clockDoubtText({ seq, at, before, kind }: ClockDoubt): string {
  const gap = gapText(Math.abs(instantUs(at) - instantUs(before.at)) / 1_000);
  return kind === 'back'
    ? `Entry ${seq} (${at}) is dated ${gap} before entry ${before.seq} (${before.at}), which it follows: the clock was set back, or one of the two is wrong.`
    : `Entry ${seq} (${at}) is dated ${gap} after entry ${before.seq} (${before.at}): nothing was entered that long, or the clock ran ahead.`;
}

function gapText(ms: number): string {
  const parts = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ] as const;
  const first = parts.findIndex(([unit]) => ms >= unit);
  if (first === -1) return '0 s';
  let rest = ms;
  return parts
    .slice(first, first + 2)
    .flatMap(([unit, name]) => {
      const count = Math.floor(rest / unit);
      rest -= count * unit;
      return count === 0 ? [] : [`${count} ${name}`];
    })
    .join(' ');
}
