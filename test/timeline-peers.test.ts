/** Every folder of public logs: no crash, no hang, every line accounted for. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AnalyseOptions, analyse } from '../src/detect/analyse.ts';
import { chooseRules, type RuleChoice } from '../src/detect/choose-rules.ts';
import { streamEvents } from '../src/detect/event-stream.ts';
import { ROOT } from './program.ts';

const DATA = resolve(ROOT, '../shared/data');
const folders = existsSync(DATA)
  ? readdirSync(DATA, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(DATA, name))
  : [];
if (folders.length === 0)
  process.stderr.write('../shared/data is absent: public logs are not read\n');

const options: AnalyseOptions = {
  ...{ cwd: ROOT, zone: 'UTC', env: { HOME: '/nonexistent' }, level: 'medium', isFolded: true },
  filter: {
    sinceUs: Number.NEGATIVE_INFINITY,
    untilUs: Number.POSITIVE_INFINITY,
    entities: [],
    grep: undefined,
  },
  ...{ ruleNames: [], ruleFolders: [], referenceMs: undefined, workers: 0 },
  stdin: (async function* () {})(),
};

/** Loaded once: that takes as long as reading most of the folders. */
let rules: RuleChoice;
beforeAll(async () => {
  rules = await chooseRules(options);
});

describe.runIf(folders.length > 0)('public logs', () => {
  it.each(folders)('%s', async (folder) => {
    const { files, brokenRules, unreadable } = await analyse([folder], options, rules);
    expect(brokenRules).toEqual([]);
    const denied = files.filter(({ problem }) => problem?.includes('denied') === true);
    expect(unreadable > 0).toBe(denied.length > 0);
    for (const { path, lines, parsed, joined, skipped } of files) {
      expect([path, parsed + joined + skipped]).toEqual([path, lines]);
    }
    const { events } = await streamEvents([folder], options);
    let count = 0;
    for await (const { document } of events) if (document['event'] !== undefined) count += 1;
    expect(count).toBe(files.reduce((sum, file) => sum + file.parsed, 0));
  });
});
