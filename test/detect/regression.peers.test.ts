/** SigmaHQ's regression events through the whole engine, as files: JSON as it is published, and event logs. Skipped where absent. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AnalyseOptions, analyse } from '../../src/detect/analyse.ts';
import { compileRuleSet } from '../../src/sigma/compile-rule-set.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';
import { mappings, resolveField } from './bundled-mappings.ts';

const DATA = resolve(import.meta.dirname, '../../../shared/data/sigma');
const isPresent = existsSync(join(DATA, 'truth-regression.jsonl'));
if (!isPresent) process.stderr.write('regression.peers.test.ts: skipped, SigmaHQ is absent\n');

interface Case {
  rule_path: string;
  match_count: number | null;
  json: string[];
  evtx: string[] | string | null;
}

/** Recordings that hold more events of the kind than `match_count` says: it counts those of one tool. */
const MORE: Readonly<Record<string, number>> = {
  'rules/windows/file/file_event/file_event_win_cred_dump_tools_dropped_files.yml': 3,
  'rules/windows/registry/registry_set/registry_set_disable_administrative_share.yml': 2,
};

const options: AnalyseOptions = {
  cwd: '/',
  zone: 'UTC',
  env: {},
  filter: {
    sinceUs: Number.NEGATIVE_INFINITY,
    untilUs: Number.POSITIVE_INFINITY,
    entities: [],
    grep: undefined,
  },
  level: 'informational',
  isHashed: false,
  ruleNames: [],
  ruleFolders: [],
  referenceMs: undefined,
  workers: 0,
  stdin: (async function* nothing() {})(),
};

async function hitsOf(rulePath: string, files: readonly string[]): Promise<number> {
  const { documents } = parseSigma(readFileSync(join(DATA, rulePath), 'utf8'), rulePath);
  const { ruleSet, problems } = compileRuleSet(documents, resolveField);
  const { findings } = await analyse(files, options, { documents, mappings, ruleSet, problems });
  return findings.reduce((sum, { count }) => sum + count, 0);
}

const cases = (isPresent ? readFileSync(join(DATA, 'truth-regression.jsonl'), 'utf8') : '')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Case)
  .filter(({ rule_path }) => existsSync(join(DATA, rule_path)));

describe.runIf(isPresent)('SigmaHQ regression', () => {
  it.each(['json', 'evtx'] as const)('every rule hits its events from %s', async (kind) => {
    const wrong: string[] = [];
    let tried = 0;
    for (const row of cases) {
      const files = [row[kind] ?? []]
        .flat()
        .map((file) => join(DATA, file))
        .filter((file) => existsSync(file));
      if (files.length === 0) continue;
      tried += 1;
      const hits = await hitsOf(row.rule_path, files);
      const wanted = kind === 'json' ? (MORE[row.rule_path] ?? row.match_count) : row.match_count;
      const isRight = wanted === null ? hits > 0 : hits === wanted;
      if (!isRight) wrong.push(`${row.rule_path}: ${hits} hits, not ${row.match_count ?? 'any'}`);
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThanOrEqual(kind === 'json' ? 121 : 15);
  });
});
