/** One line that stands for several weighs that much wherever something is counted, and stays one line. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReplayer, type Replayer } from '../rules/replay.ts';

let replayer: Replayer;
beforeAll(async () => {
  replayer = await createReplayer();
}, 60_000);
afterAll(() => replayer.close());

const FAILED = 'Failed password for root from 203.0.113.9 port 4000 ssh2';
const at = (seconds: number, message: string): string =>
  `Mar 14 10:00:${String(seconds).padStart(2, '0')} web01 ${message}\n`;

/** Everything that is counted of a text. */
async function countsOf(text: string) {
  const { totals, histogram, top, findings, files } = await replayer.text(text);
  const guessing = findings.find(({ rule }) => rule.title === 'SSH brute force from one source');
  return {
    lines: files[0]?.parsed,
    events: totals.events,
    histogram: histogram?.counts.reduce((sum, count) => sum + count, 0),
    failedLogins: top.byFailedLogins[0]?.count,
    finding: guessing?.count,
  };
}

const allOf = (lines: number, count: number) => ({
  lines,
  events: count,
  histogram: count,
  failedLogins: count,
  finding: count,
});

describe('message repeated', () => {
  it.each([
    ['6', 7],
    ['1000', 1001],
    ['1000000', 1_000_001],
    ['999999999', 1_000_001],
  ])('%s times weighs that much, a million at most', async (times, count) => {
    const repeated = at(4, `sshd[7]: message repeated ${times} times: [ ${FAILED}]`);
    expect(await countsOf(at(0, `sshd[7]: ${FAILED}`) + repeated)).toEqual(allOf(2, count));
  });
});
