/** The tests that rules carry (`ir.tests`) and those of SigmaHQ's `regression_data`, as text and files to be read. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileFault, type IrError, templateError } from '../errors.ts';
import type { SigmaCorrelation, SigmaRule } from '../sigma/rule.ts';
import { parseYaml } from '../yaml.ts';
import type { Geo } from './geo/geo.ts';

/** A test of a rule: log text, or one line that is repeated. */
export type TestItem = string | { repeat: number; every: number; line: string };

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const START_MS = Date.UTC(2026, 2, 14, 10);
/** More lines than this are a measurement, not a test. */
const MOST_LINES = 100_000;

/** The text of a test. `{n}`, `{n250}`, `{clf}`, `{syslog}` and `{iso}` change from line to line. */
export function textOf(item: TestItem): string {
  if (typeof item === 'string') return item.endsWith('\n') ? item : `${item}\n`;
  const lines = Array.from({ length: Math.min(item.repeat, MOST_LINES) }, (_, index) => {
    const iso = new Date(START_MS + Math.round(index * item.every * 1000)).toISOString();
    const month = MONTHS[Number(iso.slice(5, 7)) - 1] ?? '';
    const day = iso.slice(8, 10);
    const time = iso.slice(11, 19);
    return item.line
      .replaceAll('{n}', String(index))
      .replaceAll('{n250}', String((index % 250) + 1))
      .replaceAll('{clf}', `${day}/${month}/${iso.slice(0, 4)}:${time} +0000`)
      .replaceAll('{syslog}', `${month} ${day} ${time}`)
      .replaceAll('{iso}', iso);
  });
  return `${lines.join('\n')}\n`;
}

/** The tests of a rule: what must hit, and what must not. */
export interface RuleTests {
  match: readonly TestItem[];
  noMatch: readonly TestItem[];
  /** Where the addresses of the tests are; undefined where the tests name no places. */
  geo: Geo | undefined;
}

/** The tests that a document carries; undefined when it has none. */
export function testsOf({ custom }: SigmaRule | SigmaCorrelation): RuleTests | undefined {
  const ours = custom['ir'];
  const tests = isMap(ours) ? ours['tests'] : undefined;
  if (!isMap(tests)) return undefined;
  const match = itemsOf(tests['match']);
  return { match, noMatch: itemsOf(tests['no_match']), geo: geoOf(tests['places']) };
}

/** Made-up places: `{ 192.0.2.10: [DE, 52.5, 13.4] }`, the coordinates where they matter. */
function geoOf(places: unknown): Geo | undefined {
  if (!isMap(places)) return undefined;
  return (address) => {
    const place = Object.hasOwn(places, address) ? places[address] : undefined;
    if (!Array.isArray(place)) return undefined;
    const [country, latitude, longitude] = place as unknown[];
    const number = (value: unknown) => (typeof value === 'number' ? value : undefined);
    return {
      country: typeof country === 'string' ? country : undefined,
      city: undefined,
      latitude: number(latitude),
      longitude: number(longitude),
    };
  };
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const itemsOf = (value: unknown): TestItem[] =>
  (Array.isArray(value) ? value : []).flatMap((item): TestItem[] => {
    if (typeof item === 'string') return [item];
    if (!isMap(item) || typeof item['line'] !== 'string') return [];
    return [
      {
        repeat: Number(item['repeat']) || 1,
        every: Number(item['every']) || 0,
        line: item['line'],
      },
    ];
  });

/** A recording of events that a rule must hit. */
export interface Regression {
  ruleId: string;
  files: readonly string[];
  /** Exactly so often; undefined: at least once. */
  count: number | undefined;
  /** The `info.yml`. */
  path: string;
}

/** The recordings below a folder in the layout of SigmaHQ's `regression_data`: an `info.yml` beside its files. */
export function findRegressions(folder: string): {
  regressions: readonly Regression[];
  problems: readonly IrError[];
} {
  const problems: IrError[] = [];
  const regressions = infosBelow(folder).flatMap((path) => {
    try {
      return readInfo(path, problems);
    } catch (error) {
      problems.push(fileFault(error, 'test', { path }));
      return [];
    }
  });
  return { regressions, problems };
}

function infosBelow(folder: string): string[] {
  if (!statSync(folder).isDirectory()) return basename(folder) === 'info.yml' ? [folder] : [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => basename(name) === 'info.yml')
    .map((name) => join(folder, name))
    .sort();
}

function readInfo(path: string, problems: IrError[]): Regression[] {
  const { value, problems: found } = parseYaml(readFileSync(path, 'utf8'), path);
  for (const { message, source, hint } of found)
    problems.push(templateError(message, source, hint));
  if (!isMap(value)) return [];
  const rules = [value['rule_metadata']].flat().filter(isMap);
  const tests = [value['regression_tests_info']].flat().filter(isMap);
  const ruleId = String(rules[0]?.['id'] ?? '').toLowerCase();
  return tests.flatMap((test): Regression[] => {
    const files = recordingOf(dirname(path), String(test['path'] ?? ''));
    if (ruleId === '' || files === undefined) {
      const message =
        ruleId === ''
          ? 'the test names no rule: rule_metadata has no id'
          : `the recording "${test['path']}" is not there`;
      problems.push(templateError(message, { path }));
      return [];
    }
    const count = typeof test['match_count'] === 'number' ? test['match_count'] : undefined;
    return [{ ruleId, files: [files], count, path }];
  });
}

/** Paths are those of the repository: the file lies beside its `info.yml`. Of an event log the same events as JSON will do. */
function recordingOf(folder: string, written: string): string | undefined {
  const beside = join(folder, basename(written));
  return [beside, beside.replace(/\.evtx$/, '.json')].find((path) => existsSync(path));
}
