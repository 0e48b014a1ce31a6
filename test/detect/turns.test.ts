/** An interruption is heard within every long phase: each is stopped at its beginning, and none goes on to the next. */
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnalyseOptions, analyse } from '../../src/detect/analyse.ts';
import { type Burst, mergeBursts } from '../../src/detect/bursts.ts';
import { chooseRules, type RuleChoice } from '../../src/detect/choose-rules.ts';
import { streamEvents } from '../../src/detect/event-stream.ts';
import { readCited } from '../../src/detect/evidence.ts';
import { foldFindings } from '../../src/detect/fold-findings.ts';
import { locate } from '../../src/detect/location.ts';
import { createRowStore } from '../../src/detect/rows/row-store.ts';
import { createRowCollector } from '../../src/detect/rows/rows.ts';
import { readChunks } from '../../src/logs/chunks.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import type { PreparedFile } from '../../src/logs/prepare.ts';
import { atOnce, createTurns, inTurns } from '../../src/logs/turns.ts';
import { yearsBefore } from '../../src/logs/year-basis.ts';

const LINES = 2_000;
const SOURCES = 40;
const lineAt = (index: number): string => {
  const stamp = new Date(Date.UTC(2026, 2, 5) + index * 1000).toISOString();
  const ip = `198.51.100.${index % SOURCES}`;
  return `${stamp} web01 sshd[1]: Failed password for root from ${ip} port 40000 ssh2\n`;
};
const TEXT = Array.from({ length: LINES }, (_, index) => lineAt(index)).join('');

let folder: string;
let path: string;
let rules: RuleChoice;
let options: AnalyseOptions;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ir-turns-'));
  path = join(folder, 'auth.log');
  writeFileSync(path, TEXT);
  options = {
    ...{ cwd: folder, zone: 'UTC', env: {}, level: 'low', isFolded: true },
    filter: {
      sinceUs: Number.NEGATIVE_INFINITY,
      untilUs: Number.POSITIVE_INFINITY,
      entities: [],
      grep: undefined,
    },
    ...{ ruleNames: [], ruleFolders: [], referenceMs: undefined, workers: 0 },
    stdin: (async function* () {})(),
  };
  rules = await chooseRules(options);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a run that is interrupted', () => {
  /** Interrupts when the phase is announced; says which phases were. */
  const phasesUntil = async (phase: string): Promise<[string[], unknown]> => {
    const phases: string[] = [];
    const controller = new AbortController();
    const progress = (text: string): void => {
      const name = /^[a-z ]+/.exec(text)?.[0] ?? text;
      if (phases.at(-1) !== name) phases.push(name);
      if (name === phase) controller.abort(new Error('stop'));
    };
    const signal = controller.signal;
    const end = await analyse([path], { ...options, progress, signal }, rules).then(
      () => 'done',
      (error: Error) => error.message,
    );
    return [phases, end];
  };
  const PHASES = [
    'reading',
    'putting together what was found',
    'correlating',
    'reading the evidence',
    'folding',
    'looking at what the suspects did',
  ];

  it('goes through its phases when nobody interrupts', async () => {
    expect(await phasesUntil('none')).toEqual([PHASES, 'done']);
  });
  // The last word of reading is said when it is done.
  it.each(PHASES.map((phase, index) => [phase, PHASES.slice(0, index + 1)] as const).slice(1))(
    'ends within: %s',
    async (phase, heard) => {
      expect(await phasesUntil(phase)).toEqual([heard, 'stop']);
    },
  );

  it('ends while events are read back for --all', async () => {
    const controller = new AbortController();
    const { events } = await streamEvents([path], { ...options, signal: controller.signal });
    controller.abort(new Error('stop'));
    await expect(events[Symbol.asyncIterator]().next()).rejects.toThrow('stop');
  });
});

describe('between the steps of long work', () => {
  it('others have their turn, however short the steps are', async () => {
    const controller = new AbortController();
    setImmediate(() => controller.abort(new Error('stop')));
    let isTidy = false;
    function* endless(): Generator<void, never, void> {
      try {
        for (;;) yield;
      } finally {
        isTidy = true;
      }
    }
    const work = inTurns(endless(), createTurns(controller.signal));
    await expect(work).rejects.toThrow('stop');
    expect(isTidy).toBe(true);
  });

  const steps = (work: Generator<void, unknown, void>): number => {
    let count = 0;
    while (work.next().done !== true) count += 1;
    return count;
  };
  const burst = (index: number): Burst => {
    const place = locate(0, index * 100);
    return {
      ...{ rule: 0, key: `198.51.100.${index}`, firstUs: index, lastUs: index, count: 1 },
      ...{ locations: [place], lastLocation: place, entities: {} },
    };
  };

  it('merging takes one a burst', () => {
    const bursts = Array.from({ length: 100 }, (_, index) => burst(index));
    expect(steps(mergeBursts(bursts))).toBe(200);
  });

  it('folding takes one a finding', async () => {
    const { findings } = await analyse([path], { ...options, isFolded: false }, rules);
    expect(findings.length).toBeGreaterThan(30);
    expect(steps(foldFindings(findings))).toBe(findings.length);
  });

  it('evidence takes one a line, and one a megabyte whose lines are counted', () => {
    const padding = 'x\n'.repeat(3 << 19);
    writeFileSync(path, `${padding}${TEXT}`);
    const file = {
      ...{
        absolute: path,
        contentBytes: padding.length + TEXT.length,
        years: yearsBefore({ limitMs: Date.UTC(2026, 11, 31), isStrict: false, offsetMinutes: 0 }),
      },
      format: FORMATS.find(({ name }) => name === 'syslog'),
    } as unknown as PreparedFile;
    const at = [0, 1, 2].map((index) => locate(0, padding.length + index * lineAt(0).length));
    const reading = () => readCited(at, [file], () => [], { formats: FORMATS });
    const lines = [...atOnce(reading()).values()].map(({ line, raw }) => [line, raw]);
    expect(lines).toEqual(
      [0, 1, 2].map((index) => [padding.length / 2 + index + 1, lineAt(index).trimEnd()]),
    );
    // Three megabytes, three lines, and the bytes from each line to the next.
    expect(steps(reading())).toBe(3 + 3 + 2);
    writeFileSync(path, TEXT);
  });

  it('reading takes one for 256 KiB', () => {
    const descriptor = openSync(path, 'r');
    try {
      const sink = { lines: () => undefined, longLine: () => undefined };
      const reading = readChunks(descriptor, 0, TEXT.length, TEXT.length, sink);
      expect(steps(reading)).toBeGreaterThanOrEqual(TEXT.length >> 18);
    } finally {
      closeSync(descriptor);
    }
  });

  it('rows are handed on in stretches, also those of one piece', () => {
    const rows = createRowCollector();
    const count = 100_000;
    for (let index = 0; index < count; index += 1) rows.add(0, index, index, 'group', '');
    const store = createRowStore();
    store.add(rows.take());
    const sizes = [...store.merged()].map(() => 1).length;
    expect(sizes).toBeGreaterThanOrEqual(count >> 14);
    store.remove();
  });
});
