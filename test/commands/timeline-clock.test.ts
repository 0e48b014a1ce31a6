/** `ir timeline --clock`: span, zone, years, gaps, stamps that run back, and how far clocks are apart. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TimelineOptions } from '../../src/commands/timeline.ts';
import { timelineClock } from '../../src/commands/timeline-clock.ts';
import { addTally, createTally, tallyEvent } from '../../src/logs/clock-tally.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { view } from '../../src/terminal/views/timeline-clock.ts';
import { testContext } from './test-context.ts';

const START = Date.UTC(2026, 10, 28, 10);
const MINUTE = 60_000;
let cwd: string;

const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
const access = (ms: number, index: number): string => {
  const [, day, month, year, time] =
    /(\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(ms).toUTCString()) ?? [];
  return `203.0.113.${index} - - [${day}/${month}/${year}:${time} +0000] "GET /p${index} HTTP/1.1" 200 12 "-" "x"\n`;
};

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-clock-'));
  const write = (name: string, lines: readonly string[]): void => {
    writeFileSync(join(cwd, name), lines.join(''));
    utimesSync(join(cwd, name), (START + 86_400_000) / 1000, (START + 86_400_000) / 1000);
  };
  const times = Array.from({ length: 20 }, (_, index) => START + index * MINUTE);
  write('access.log', times.map(access));
  // The same requests in a log whose clock is 90 seconds fast, and one whose clock is right.
  write(
    'proxy.log',
    times.map((ms, index) => access(ms + 90_000, index)),
  );
  write(
    'backend.log',
    times.map((ms, index) => access(ms, index)),
  );
  write('app.log', [
    `${iso(START)} a\n`,
    `${iso(START + MINUTE)} b\n`,
    `${iso(START + 300 * MINUTE)} c\n`,
    `${iso(START + 290 * MINUTE)} d\n`,
    `${iso(START + 500 * MINUTE)} e\n`,
  ]);
  write('auth.log', ['Nov 28 10:00:00 h app: started\n', 'Nov 28 10:00:01 h app: ready\n']);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const clocks = async (
  paths: readonly string[],
  options: TimelineOptions & { gap?: string } = {},
  tz: readonly string[] = [],
) => {
  const context = { ...testContext({ cwd, tz }), say: () => {} };
  return (await timelineClock(context, paths, { workers: '0', ...options })).result;
};

describe('ir timeline --clock', () => {
  it('tells span, zone, years and confidence of each log', async () => {
    const { sources } = await clocks(['auth.log', 'app.log']);
    expect(sources).toMatchObject([
      {
        path: 'auth.log',
        fromUs: START * 1000,
        toUs: (START + 1000) * 1000,
        zone: 'UTC',
        zoneBasis: 'assumed',
        yearBasis: 'file-date',
        confidences: { 'year-inferred': 2 },
      },
      { path: 'app.log', zoneBasis: 'named', yearBasis: undefined, confidences: { exact: 5 } },
    ]);
    const [given] = (await clocks(['auth.log'], {}, ['a*=Asia/Tokyo'])).sources;
    expect(given).toMatchObject({ zone: 'Asia/Tokyo', zoneBasis: 'given' });
    const [dated] = (await clocks(['auth.log'], { referenceTime: '2020-12-01' })).sources;
    expect(dated).toMatchObject({
      yearBasis: 'reference-time',
      fromUs: Date.UTC(2020, 10, 28, 10) * 1000,
    });
  });

  it('finds gaps longer than was asked, and stamps that run back', async () => {
    const [source] = (await clocks(['app.log'], { gap: '2h' })).sources;
    expect(source?.gapCount).toBe(2);
    expect(source?.gaps).toEqual([
      { fromUs: (START + MINUTE) * 1000, toUs: (START + 300 * MINUTE) * 1000 },
      { fromUs: (START + 290 * MINUTE) * 1000, toUs: (START + 500 * MINUTE) * 1000 },
    ]);
    expect(source).toMatchObject({
      backs: 1,
      mostBack: { fromUs: (START + 300 * MINUTE) * 1000, toUs: (START + 290 * MINUTE) * 1000 },
    });
    expect((await clocks(['app.log'], { gap: '1d' })).sources[0]?.gapCount).toBe(0);
  });

  it('estimates how far clocks are apart, and what sets them right', async () => {
    const { skews } = await clocks(['access.log', 'proxy.log', 'backend.log', 'app.log']);
    expect(skews).toEqual([
      { path: 'access.log', other: 'proxy.log', aheadUs: -90_000_000, agreeing: 20, shared: 20 },
      { path: 'access.log', other: 'backend.log', aheadUs: 0, agreeing: 20, shared: 20 },
      { path: 'proxy.log', other: 'backend.log', aheadUs: 90_000_000, agreeing: 20, shared: 20 },
    ]);
    const set = await clocks(['access.log', 'proxy.log'], { skew: ['proxy.log=-90s'] });
    expect(set.skews).toMatchObject([{ aheadUs: 0 }]);
    const text = view.text(
      await clocks(['access.log', 'proxy.log']),
      createStyle({ columns: 80 }, 'never', {}),
    );
    expect(text).toContain(
      "proxy.log is 1m 30s ahead of access.log (20 of 20 shared events); if access.log is right: --skew 'proxy.log=-90s'",
    );
  });

  it.each([
    [{ all: true }, '--clock does not go with --all'],
    [{ failOn: 'high' as const }, '--clock does not go with --fail-on'],
    [{ gap: 'soon' }, '--gap: "soon" is no length of time'],
    [{ gap: '-1h' }, '--gap: "-1h" is no length of time'],
  ])('refuses %j', async (options, message) => {
    await expect(clocks(['app.log'], options)).rejects.toThrow(message);
  });

  it('tells the same of a log in pieces', () => {
    const times = [5, 6, 4, 900, 901, 3, 2000, 2001, 1999].map((seconds) => seconds * 1e6);
    const read = (part: readonly number[]) => {
      const tally = createTally();
      for (const [index, timeUs] of part.entries())
        tallyEvent(
          tally,
          {
            timeUs,
            timeConfidence: 'exact',
            format: 'x',
            message: `a long message ${timeUs} ${index}`,
          },
          60e6,
        );
      return tally;
    };
    const { shared: _, ...whole } = read(times);
    for (let cut = 0; cut <= times.length; cut += 1) {
      const joined = createTally();
      addTally(joined, read(times.slice(0, cut)), 60e6);
      addTally(joined, read(times.slice(cut)), 60e6);
      const { shared: __, gaps, backs, mostBack, ...rest } = joined;
      const { gaps: wholeGaps, backs: wholeBacks, mostBack: wholeBack, ...wholeRest } = whole;
      expect(rest).toEqual(wholeRest);
      const inOrder = (list: typeof gaps) => [...list].sort((a, b) => a.fromUs - b.fromUs);
      expect(inOrder(gaps)).toEqual(inOrder(wholeGaps));
      expect([cut, backs, mostBack]).toEqual([cut, wholeBacks, wholeBack]);
    }
  });
});
