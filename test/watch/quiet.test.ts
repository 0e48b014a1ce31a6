/** Each kind of quiet source opens and ends, by a clock that is given in, also over a restart. */
import { describe, expect, it } from 'vitest';
import {
  createQuiet,
  type DiskState,
  type Quiet,
  type SourceState,
} from '../../src/watch/quiet.ts';

const START = Date.parse('2026-11-20T10:00:00Z');
const MINUTE = 60_000;

/** A log that says something every minute, unless it is told otherwise. */
function play(minutes: number, at: (minute: number) => Partial<SourceState> & { disk?: number }) {
  let quiet: Quiet = createQuiet(undefined);
  const told: string[] = [];
  let arrivedMs = START;
  for (let minute = 0; minute < minutes; minute += 1) {
    const nowMs = START + minute * MINUTE;
    const { disk = 0.5, ...changed } = at(minute);
    const isSilent = 'arrivedMs' in changed;
    if (!isSilent) arrivedMs = nowMs;
    const source: SourceState = {
      ...{ path: '/var/log/app.log', latestUs: nowMs * 1000, isBehind: false },
      ...{ lines: minute * 50, skipped: 0, ...changed, arrivedMs },
    };
    const disks: DiskState[] = [{ path: '/var/log', used: disk }];
    for (const [finding, state] of quiet.look(nowMs, [source], disks))
      told.push(`${minute} ${state} ${finding.rule.name}`);
    // Killed and begun again every seven minutes.
    if (minute % 7 === 0)
      quiet = createQuiet(JSON.parse(JSON.stringify(quiet.save())) as ReturnType<Quiet['save']>);
  }
  return told;
}

describe('a quiet source', () => {
  it.each([
    ['an ordinary day', () => ({}), []],
    [
      'one that falls silent',
      (minute: number) => (minute >= 60 && minute < 90 ? { arrivedMs: 0 } : {}),
      ['69 open quiet-silent', '90 closed quiet-silent'],
    ],
    [
      'one with long pauses of its own',
      (minute: number) => (minute % 20 === 0 || minute > 110 ? {} : { arrivedMs: 0 }),
      [],
    ],
    [
      'a clock that is set back by an hour',
      (minute: number) =>
        minute >= 60 ? { latestUs: (START + (minute - 60) * MINUTE) * 1000 } : {},
      ['60 closed quiet-clock'],
    ],
    [
      'a clock that jumps ahead and back',
      (minute: number) =>
        minute >= 60 && minute < 65 ? { latestUs: (START + (minute + 30) * MINUTE) * 1000 } : {},
      ['60 closed quiet-clock'],
    ],
    [
      'lines that no longer parse',
      (minute: number) => (minute < 60 ? {} : { skipped: (Math.min(minute, 90) - 60) * 45 }),
      ['64 open quiet-unparsed', '92 closed quiet-unparsed'],
    ],
    [
      'a disk that fills and is cleaned',
      (minute: number) => ({ disk: minute < 60 ? minute / 60 : 0.5 }),
      ['57 open quiet-disk', '60 closed quiet-disk'],
    ],
  ] as const)('%s', (_name, at, expected) => {
    expect(play(120, at)).toEqual(expected);
  });
});
