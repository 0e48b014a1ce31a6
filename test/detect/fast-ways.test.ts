/**
 * The fast ways through access logs, syslog and records keep all that the careful way keeps: the whole result is the
 * same for hostile logs, under rules on every field that the events have.
 */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AnalyseOptions, analyse } from '../../src/detect/analyse.ts';
import type { RuleChoice } from '../../src/detect/choose-rules.ts';
import { streamEvents } from '../../src/detect/event-stream.ts';
import type { Timeline } from '../../src/detect/finding.ts';
import { loadRules, ruleFolders } from '../../src/detect/load-rules.ts';
import { readQuery, type SearchQuery } from '../../src/detect/search/query.ts';
import { parseWhere } from '../../src/detect/where/parse.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { compileRuleSet } from '../../src/sigma/compile-rule-set.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';
import { mappings, resolveField } from './bundled-mappings.ts';
import { accessLog, createDraw, recordLog, syslogLog } from './hostile-logs.ts';
import { rulesOnFields } from './rules-on-fields.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-fast-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function choiceOf(texts: readonly string[]): RuleChoice {
  const parsed = texts.map((text, index) => parseSigma(text, `rule-${index}.yml`));
  expect(parsed.flatMap(({ problems }) => problems.map(({ message }) => message))).toEqual([]);
  const documents = parsed.flatMap((each) => each.documents);
  const { ruleSet, problems } = compileRuleSet(documents, resolveField);
  expect(problems).toEqual([]);
  return { documents, mappings, ruleSet, problems: [] };
}

function optionsOf(isFast: boolean, where?: string, grep?: SearchQuery): AnalyseOptions {
  const limits = { sinceUs: -Infinity, untilUs: Infinity, entities: [] };
  const parsed = where === undefined ? undefined : parseWhere(where, WHERE);
  return {
    cwd: folder,
    zone: 'UTC',
    env: {},
    filter: { ...limits, isCareful: !isFast, where: parsed, grep },
    level: 'informational',
    ruleNames: [],
    ruleFolders: [],
    referenceMs: undefined,
    workers: 0,
    stdin: Readable.from([]),
  };
}

const WHERE = { option: '--where', readTime: (text: string) => Date.parse(text) * 1000 };

const read = async (
  path: string,
  loaded: RuleChoice,
  isFast: boolean,
  where?: string,
): Promise<Timeline> => await analyse([path], optionsOf(isFast, where), loaded);

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  utimesSync(path, new Date('2026-06-01T00:00:00Z'), new Date('2026-06-01T00:00:00Z'));
  return path;
}

/** Findings as text by rule, all that a run says of each; quick to compare, and a difference is easy to see. */
function byRule({ findings }: Timeline): Map<string, string> {
  const found = new Map<string, string>();
  for (const finding of findings) {
    const { title } = finding.rule;
    found.set(title, `${found.get(title) ?? ''}${JSON.stringify(finding)}\n`);
  }
  return found;
}

function expectSame(fast: Timeline, careful: Timeline): void {
  const [one, other] = [byRule(fast), byRule(careful)];
  const differing = [...new Set([...one.keys(), ...other.keys()])].filter(
    (title) => one.get(title) !== other.get(title),
  );
  expect(differing.slice(0, 10)).toEqual([]);
  expect({ ...fast, findings: [] }).toEqual({ ...careful, findings: [] });
}

const formatOf = (name: string) => {
  const format = FORMATS.find((each) => each.name === name);
  if (format === undefined) throw new Error(`no format ${name}`);
  return format;
};

const KINDS = [
  { name: 'access', log: accessLog, count: 250, logsource: 'category: webserver' },
  { name: 'syslog', log: syslogLog, count: 500, logsource: 'product: linux' },
  { name: 'json-lines', log: recordLog, count: 700, logsource: 'category: webserver' },
] as const;
const SEEDS = [1, 2];

it.each(KINDS.flatMap((kind) => SEEDS.map((seed) => [kind.name, seed, kind] as const)))(
  '%s, log %i: rules on every field',
  async (name, seed, { log, count, logsource }) => {
    const lines = log(createDraw(seed), count);
    const path = write(`${name}-${seed}.log`, `${lines.join('\n')}\n`);
    const rules = choiceOf(rulesOnFields(lines, formatOf(name), logsource, createDraw(seed)));
    const careful = await read(path, rules, false);
    expect(careful.files[0]?.format).toBe(name);
    expectSame(await read(path, rules, true), careful);
    // The rules are on values that are there.
    expect(careful.findings.length).toBeGreaterThan(100);
  },
);

it('the same with the bundled rules', async () => {
  const { ruleSet, documents } = await loadRules(ruleFolders({}), { resolve: resolveField });
  for (const { name, log } of KINDS) {
    for (const seed of SEEDS) {
      const path = write(
        `${name}-bundled-${seed}.log`,
        `${log(createDraw(seed + 100), 500).join('\n')}\n`,
      );
      const rules = { ruleSet, documents, mappings, problems: [] };
      const careful = await read(path, rules, false);
      expectSame(await read(path, rules, true), careful);
      expect(careful.findings.length).toBeGreaterThan(3);
    }
  }
});

it('keeps requests that were only counted where enough of them come', async () => {
  const { ruleSet, documents } = await loadRules(ruleFolders({}), { resolve: resolveField });
  const rules = { ruleSet, documents, mappings, problems: [] };
  const lines = Array.from({ length: 3000 }, (_, turn) => {
    const time = new Date(Date.UTC(2026, 2, 5, 10) + turn * 250).toISOString();
    const isGuesser = turn % 2 === 0;
    const client = isGuesser ? '198.51.100.23' : `192.0.2.${turn % 250}`;
    const path = isGuesser ? `/guess-${turn}` : '/';
    // One in ten is written so that no template fits it.
    const agent = turn % 10 < 2 ? 'a \\"quoted\\" agent' : 'shop-app/4.2';
    return `{"time":"${time}","remote_addr":"${client}","method":"GET","uri":"${path}","status":${isGuesser ? 404 : 200},"bytes":512,"ua":"${agent}"}`;
  });
  const path = write('guessing.log', `${lines.join('\n')}\n`);
  const careful = await read(path, rules, false);
  expectSame(await read(path, rules, true), careful);
  expect(careful.findings.map(({ rule }) => rule.title)).toEqual(
    expect.arrayContaining(['Paths guessed from a word list', 'Site walked through by one source']),
  );
});

/** What of the logs' lines they hold for differs in its address, its numbers, its time, its text or not at all. */
const CONDITIONS: readonly string[] = [
  'source.ip exists',
  'source.ip in 0.0.0.0/1',
  'source.ip in 128.0.0.0/2 and not user.name = root',
  'source.port > 40000',
  'user.name exists and user.name != root',
  'process.pid < 5000',
  'process.name = sshd and event.outcome = failure',
  'event.action exists',
  'http.response.status_code >= 400',
  'http.response.body.bytes > 1KB or url.query exists',
  'url.path contains a and user_agent.original not contains e',
  'event.original contains "7"',
  '@timestamp >= 2026-03-01T00:00:00Z',
  'ir.time_confidence = exact',
  'message ~ "[0-9]{4}"',
];

async function eventsOf(
  path: string,
  isFast: boolean,
  where: string,
  grep?: SearchQuery,
): Promise<string[]> {
  const { events } = await streamEvents([path], optionsOf(isFast, where, grep));
  const found: string[] = [];
  for await (const { document } of events) found.push(JSON.stringify(document));
  return found;
}

it.each(KINDS)(
  '$name: what --where lets through',
  async ({ name, log }) => {
    const { ruleSet, documents } = await loadRules(ruleFolders({}), { resolve: resolveField });
    const rules = { ruleSet, documents, mappings, problems: [] };
    const lines = log(createDraw(31), 200);
    const path = write(`${name}-where.log`, `${[...lines, ...lines, ...lines].join('\n')}\n`);
    const all = await eventsOf(path, false, 'ir.format exists');
    const counts: number[] = [];
    for (const where of CONDITIONS) {
      const careful = await eventsOf(path, false, where);
      expect(await eventsOf(path, true, where), where).toEqual(careful);
      // The rules see the same events: some of the conditions are enough.
      if (counts.length % 4 === 0)
        expectSame(await read(path, rules, true, where), await read(path, rules, false, where));
      counts.push(careful.length);
    }
    // Most conditions part the lines.
    const parting = counts.filter((count) => count > 0 && count < all.length);
    expect(parting.length).toBeGreaterThan(CONDITIONS.length / 2);
  },
  60_000,
);

it.each(KINDS)('$name: what a pattern lets through', async ({ name, log }) => {
  const lines = log(createDraw(32), 150);
  const path = write(`${name}-grep.log`, `${[...lines, ...lines, ...lines].join('\n')}\n`);
  const counts: number[] = [];
  for (const pattern of ['a', '7', 'root', '[0-9]{4}', 'e.*e', '0.0.0.0/1', '^.{90,}$']) {
    for (const isInverted of [false, true]) {
      const grep = readQuery([pattern], { isFixed: false, ignoresCase: isInverted, isInverted });
      const careful = await eventsOf(path, false, 'ir.format exists', grep);
      expect(await eventsOf(path, true, 'ir.format exists', grep), pattern).toEqual(careful);
      counts.push(careful.length);
    }
  }
  expect(new Set(counts).size).toBeGreaterThan(counts.length / 2);
});
