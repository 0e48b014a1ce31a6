import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyse } from '../../src/detect/analyse.ts';
import type { Finding, Timeline } from '../../src/detect/finding.ts';
import { loadScenario } from '../../src/drills/load-scenario.ts';
import { writeDrill } from '../../src/drills/write-drill.ts';
import { levelRank } from '../../src/events/level.ts';
import {
  type Comparison,
  compareWithTruth,
  describeComparison,
  readTruth,
  strongest,
} from './compare-with-truth.ts';

const medium = levelRank('medium');

/** What each drill may have beside its story: files, findings of the noise and of what is no attack, at most. */
const DRILLS = [
  { name: 'webshop', files: 9, noise: 3, most: 80, low: 5 },
  { name: 'cloud-account', files: 2, noise: 0, most: 20, low: 2 },
  { name: 'database-host', files: 5, noise: 0, most: 30, low: 10 },
  { name: 'office-network', files: 3, noise: 0, most: 20, low: 6 },
];
// A second seed keeps the rules honest: they must not know the first one by heart.
const RUNS = DRILLS.flatMap((drill) =>
  [1, 20261116].map((seed) => [drill.name, seed, drill] as const),
);

describe.each(RUNS)('the timeline of the drill %s, seed %d', (name, seed, drill) => {
  const scenario = loadScenario(name);
  let folder: string;
  let timeline: Timeline;
  let comparison: Comparison;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ir-story-'));
    const startMs = Date.parse(scenario.start);
    await writeDrill(scenario, { out: folder, seed, scale: 1, startMs });
    timeline = await analyse([folder], {
      cwd: folder,
      zone: 'UTC',
      env: {},
      filter: {
        sinceUs: Number.NEGATIVE_INFINITY,
        untilUs: Number.POSITIVE_INFINITY,
        entities: [],
        grep: undefined,
      },
      level: 'low',
      ruleNames: [],
      ruleFolders: [],
      referenceMs: undefined,
      workers: 0,
      stdin: process.stdin,
      progress: () => undefined,
      signal: new AbortController().signal,
    });
    comparison = compareWithTruth(timeline.findings, readTruth(folder), folder);
    process.stdout.write(`${name}, seed ${seed}\n${describeComparison(comparison)}`);
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('reads every line and leaves the answers out', () => {
    const logs = timeline.files.filter(({ path }) => !path.endsWith('truth.jsonl'));
    expect(logs).toHaveLength(drill.files);
    for (const { path, lines, parsed, joined, problem } of logs) {
      expect([path, parsed + joined, problem]).toEqual([path, lines, undefined]);
    }
    const answers = timeline.files.find(({ path }) => path.endsWith('truth.jsonl'));
    expect(answers?.lines ?? 0).toBe(0);
    expect(timeline.brokenRules).toEqual([]);
  });

  test.each(scenario.chapters.map(({ id }) => id))('tells of %s', (chapter) => {
    const level = strongest(comparison.found.get(chapter) ?? []);
    const least = chapter === 'reconnaissance' ? levelRank('low') : medium;
    expect(level === undefined ? -1 : levelRank(level)).toBeGreaterThanOrEqual(least);
  });

  test('is not drowned by the noise of the internet', () => {
    const noise = comparison.found.get('background-noise') ?? [];
    const story = timeline.findings.filter((finding) => !noise.includes(finding));
    const serious = (findings: readonly Finding[]): number =>
      findings.filter(({ level }) => levelRank(level) >= medium).length;
    expect(serious(noise)).toBeLessThanOrEqual(drill.noise);
    expect(serious(story)).toBeGreaterThanOrEqual(scenario.chapters.length);
    expect(serious(story)).toBeLessThanOrEqual(drill.most);
  });

  test('accuses nobody who did nothing', () => {
    const names = (isSerious: boolean): string[] =>
      comparison.falseFindings
        .filter(({ level }) => levelRank(level) >= medium === isSerious)
        .map(({ rule, level }) => `${level} ${rule.title}`);
    expect(names(true)).toEqual([]);
    expect(names(false).length).toBeLessThanOrEqual(drill.low);
  });
});
