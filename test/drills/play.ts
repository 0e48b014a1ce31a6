/** Plays drills in a folder of its own and reads what the story says of them, in process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AnalyseOptions, analyse } from '../../src/detect/analyse.ts';
import type { Timeline } from '../../src/detect/finding.ts';
import { loadScenario } from '../../src/drills/load-scenario.ts';
import type { Scenario } from '../../src/drills/scenario.ts';
import { writeDrill } from '../../src/drills/write-drill.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { storiesText } from '../../src/terminal/views/story.ts';

/** The drills that come with the program. */
export const DRILLS = ['webshop', 'cloud-account', 'office-network', 'database-host'] as const;

/** Few visitors: the attack is the same. A shop has most of them. */
const scaleOf = (scenario: Scenario): number => ('records' in scenario ? 0.12 : 0.04);

/** Makes temporary folders, and removes them all. */
export function createFolders(): { make(): string; clear(): void } {
  const made: string[] = [];
  return {
    make() {
      const folder = mkdtempSync(join(tmpdir(), 'ir-answers-'));
      made.push(folder);
      return folder;
    },
    clear() {
      for (const folder of made) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A shop with few machines that call it: they are most of its lines, and no part of the attack. */
const quiet = (scenario: Scenario): Scenario =>
  'records' in scenario
    ? scenario
    : {
        ...scenario,
        monitors: scenario.monitors.map((each) => ({ ...each, everySeconds: 1_800 })),
        crawlers: scenario.crawlers.map((each) => ({ ...each, perDay: each.perDay / 10 })),
      };

/** Writes a drill into a folder; without its chapters it is two ordinary days. */
export async function play(
  name: string,
  to: { folder: string; seed: number; isOrdinary?: boolean; start?: string },
): Promise<Scenario> {
  const loaded = quiet(loadScenario(name));
  const scenario = to.isOrdinary === true ? { ...loaded, chapters: [], answers: [] } : loaded;
  const startMs = Date.parse(to.start ?? scenario.start);
  await writeDrill(scenario, { out: to.folder, seed: to.seed, scale: scaleOf(loaded), startMs });
  return scenario;
}

/** What `ir timeline` asks of a folder by itself. */
export const optionsOf = (folder: string, zone = 'UTC'): AnalyseOptions => ({
  ...{ cwd: folder, zone, env: {}, level: 'medium', ruleNames: [], ruleFolders: [] },
  filter: {
    sinceUs: Number.NEGATIVE_INFINITY,
    untilUs: Number.POSITIVE_INFINITY,
    entities: [],
    grep: undefined,
  },
  referenceMs: undefined,
  workers: 0,
  isFolded: true,
  stdin: process.stdin,
  progress: () => undefined,
  signal: new AbortController().signal,
});

/** The timeline of what lies in a folder, as `ir timeline` makes it. */
export const read = (folder: string, zone = 'UTC'): Promise<Timeline> =>
  analyse(['.'], optionsOf(folder, zone));

/** The stories as somebody reads them at 80 columns: lines of one screen, or all of them. */
export const linesOf = (timeline: Timeline, length: 'short' | 'full'): string[] =>
  [
    ...storiesText(
      timeline,
      { length, linesAbove: 1 },
      createStyle({ isTTY: true, columns: 80 }, 'never', {}),
    ),
  ]
    .join('')
    .trimEnd()
    .split('\n');

/** Statements by their label, lines joined: `{ Who: '203.0.113.77 (web) ...' }`; of several stories the given one. */
export function statementsOf(lines: readonly string[], story = 0): Record<string, string> {
  const stories: string[][] = [[]];
  for (const line of lines) {
    if (line === '') stories.push([]);
    else stories.at(-1)?.push(line);
  }
  const said: Record<string, string> = {};
  let label = 'Title';
  for (const line of stories[story] ?? []) {
    const found = /^([A-Z][a-z]+) {1,5}(?=\S)/.exec(line);
    const isLabel = found !== null && found[0].length === 7 && LABELS.has(found[1] ?? '');
    if (isLabel) label = found[1] ?? '';
    const text = isLabel ? line.slice(7) : line.trim();
    // A long name is broken where the line ends.
    said[label] = `${said[label] === undefined ? '' : `${said[label]} `}${text}`;
  }
  return said;
}

const LABELS = new Set([
  'Who',
  'Looked',
  'In',
  'As',
  'Ran',
  'Rose',
  'Read',
  'Stays',
  'Took',
  'Hid',
  'Harmed',
  'Open',
]);
