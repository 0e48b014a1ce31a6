/** The fast way through records gives the same as the careful one, whatever stands in the places that may differ. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chooseRules } from '../../src/detect/choose-rules.ts';
import { onlyFeedsCounts } from '../../src/detect/matcher.ts';
import { createPlan, type Plan } from '../../src/detect/plan.ts';
import type { Rows } from '../../src/detect/rows/rows.ts';
import type { ScanResult } from '../../src/detect/scan-task.ts';
import { jsonSlots } from '../../src/logs/formats/json-slots.ts';
import { scanPiece, written } from './both-ways.ts';
import { createDraw, recordLog } from './hostile-logs.ts';

const { generateLog } = (await import(
  new URL('../../bench/generate.js', import.meta.url).href
)) as { generateLog(kind: 'json', path: string, bytes: number): number };

let folder: string;
let plan: Plan;

async function planOf(...ruleFolders: string[]): Promise<Plan> {
  const choice = await chooseRules({ env: {}, cwd: '/', ruleFolders, ruleNames: [] });
  expect(choice.problems).toEqual([]);
  return createPlan(choice.ruleSet);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ir-records-'));
  plan = await planOf();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The rows but for those of rules that are only counted. */
function kept({ rows }: ScanResult, chosen: Plan): Rows {
  const { rowKindsOfRule, ruleSet } = chosen;
  const isCounted = new Set(
    ruleSet.rules.flatMap((_, rule) =>
      onlyFeedsCounts(chosen, rule) ? (rowKindsOfRule[rule] ?? []).map(({ index }) => index) : [],
    ),
  );
  const places = [...rows.kinds.keys()].filter(
    (row) => row < rows.count && !isCounted.has(rows.kinds[row]!),
  );
  const pick = <T>(column: ArrayLike<T>): T[] => places.map((row) => column[row]!);
  return {
    count: places.length,
    times: Float64Array.from(pick(rows.times)),
    locations: Float64Array.from(pick(rows.locations)),
    kinds: Uint16Array.from(pick(rows.kinds)),
    groups: Uint32Array.from(pick(rows.groups)),
    values: Uint32Array.from(pick(rows.values)),
    strings: rows.strings,
  };
}

/** @param most the largest part of the lines that may be read with care */
function expectSame(text: string, most: number, chosen = plan): ScanResult {
  const fast = scanPiece(text, true, chosen, 'json-lines');
  const careful = scanPiece(text, false, chosen, 'json-lines');
  // What is only counted has no rows; the counts are the same.
  expect(written({ ...fast, rows: kept(fast, chosen) })).toEqual(
    written({ ...careful, rows: kept(careful, chosen) }),
  );
  expect(Buffer.compare(fast.cells, careful.cells)).toBe(0);
  expect(fast.parses).toBeLessThan(careful.parses * most);
  return careful;
}

const usualLog = (): string => {
  const path = join(folder, 'usual.log');
  generateLog('json', path, 600_000);
  return readFileSync(path, 'latin1');
};

it('reads what programs write again and again without making events', () => {
  const { rows, totals } = expectSame(usualLog(), 0.2);
  expect(rows.count).toBeGreaterThan(3000);
  expect(totals.events).toBeGreaterThan(1500);
});

it.each([1, 2, 3])('reads hostile records alike, log %i', (seed) => {
  const lines = recordLog(createDraw(seed + 50), 3000);
  const { bursts, rows } = expectSame(`${lines.join('\n')}\n`, 0.95);
  expect([rows.count > 500, bursts.length > 3]).toEqual([true, true]);
});

/** Rules that look at what differs, at the whole line, or at names of the record. */
const NOSY = [
  ['a number by its digits', 'keywords:\n    - "987"\n  condition: keywords'],
  ['a key and its value', `keywords:\n    - '"status":"404"'\n  condition: keywords`],
  ['an expression over the line', 'keywords:\n    "|re": "4[0-9]Z"\n  condition: keywords'],
  ['a port', 'selection:\n    source.port|lt: 34000\n  condition: selection'],
  ['a size', 'selection:\n    sc-bytes|gte: 40000\n  condition: selection'],
  ['a duration', 'selection:\n    event.duration|gt: 500000000\n  condition: selection'],
  ['no referrer', 'selection:\n    cs-referer: null\n  condition: selection'],
  ['an extension', 'selection:\n    url.extension: jpg\n  condition: selection'],
  ['a network', 'selection:\n    source.ip|cidr: 64.0.0.0/2\n  condition: selection'],
  ['a name of the record', 'selection:\n    req.remotePort|endswith: "7"\n  condition: selection'],
  ['a time in the record', 'selection:\n    request_time|contains: ".9"\n  condition: selection'],
  [
    'a method and an agent',
    'selection:\n    cs-method: POST\n    cs-user-agent|contains: "bot"\n  condition: selection',
  ],
  [
    'a path that is not',
    'selection:\n    url.path|startswith: "/"\n  filter:\n    url.path|contains: "cart"\n  condition: selection and not filter',
  ],
  [
    'an agent that ends so',
    'selection:\n    user_agent.original|endswith: ")"\n  condition: selection',
  ],
] as const;

it.each(NOSY)('a rule on %s sees every line', async (title, detection) => {
  const own = mkdtempSync(join(folder, 'rule-'));
  writeFileSync(
    join(own, 'rule.yml'),
    `title: ${title}\nid: 00000000-0000-4000-8000-000000000001\nstatus: test\nlevel: medium\nlogsource:\n  category: webserver\ndetection:\n  ${detection}\n`,
  );
  const chosen = await planOf(own);
  const index = chosen.ruleSet.rules.findIndex((compiled) => compiled.rule.title === title);
  const { bursts, account } = expectSame(usualLog(), 1.1, chosen);
  const hits = bursts.reduce((sum, burst) => sum + (burst.rule === index ? burst.count : 0), 0);
  // Some match and some do not, so that a template taken for the line would show.
  expect([hits > 0, hits < account.lines]).toEqual([true, true]);
});

const slotsIn = (line: string): string[] | undefined =>
  jsonSlots(line)?.map(({ kind, start, end }) => `${kind} ${line.slice(start, end)}`);

it.each([
  [
    '{"time":"2026-03-05T10:00:00Z","ip":"192.0.2.1","uri":"/a?b","bytes":"12","level":"info","n":7}',
    ['time 2026-03-05T10:00:00Z', 'address 192.0.2.1', 'target /a?b', 'size 12', 'number 7'],
  ],
  // Two addresses: which is the client is not for a template to say.
  ['{"time":1772704800000,"ip":"192.0.2.1","src":"192.0.2.7"}', ['time 1772704800000']],
  ['{"time":1772704800000,"user":"1234","status":200,"code":"x"}', ['time 1772704800000']],
  ['{"time":"2026-03-05T10:00:00","ip":"2001:db8::1","uri":"http://x/"}', []],
  ['{"a":1,"a":2}', undefined],
  ['{"a":[1]}', undefined],
  ['{"a":"\\u0041"}', undefined],
  ['{"a":"é"}', undefined],
  ['{"a":1}x', undefined],
  ['{"a":1', undefined],
  ['{"@mt":"{n}","n":1}', undefined],
  ['x {"a":1}', undefined],
])('%s', (line, slots) => expect(slotsIn(line)).toEqual(slots));
