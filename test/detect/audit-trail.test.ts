/** Records that were cut out of an audit log: told where the log is whole otherwise, and nowhere else. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnalyseOptions, analyse } from '../../src/detect/analyse.ts';
import { addTrails, followTrail, missingRecords } from '../../src/detect/audit-trail.ts';
import { compileRuleSet } from '../../src/sigma/compile-rule-set.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';
import { mappings, resolveField } from './bundled-mappings.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir trail-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const START_S = 1_773_483_000;
const record = (serial: number, type = 'USER_START'): string =>
  `type=${type} msg=audit(${START_S + serial}.000:${serial}): pid=${serial} uid=0 auid=1000 ses=3 msg='op=PAM:session_open acct="ada" exe="/usr/sbin/cron" hostname=? addr=? terminal=cron res=success'`;

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const lines = (...parts: readonly (readonly number[])[]): string[] =>
  parts.flat().map((serial) => record(serial));

const WHOLE = numbers(1, 400);
const CUT = [...numbers(1, 180), ...numbers(231, 400)];

async function told(text: readonly string[], options: Partial<AnalyseOptions> = {}) {
  const path = join(cwd, 'audit.log');
  writeFileSync(path, `${text.join('\n')}\n`);
  const { documents } = parseSigma(
    'title: None\nlogsource: {product: linux, service: auditd}\ndetection: {a: {exe: /none}, condition: a}\n',
    'x.yml',
  );
  const { ruleSet, problems } = compileRuleSet(documents, resolveField);
  const all: AnalyseOptions = {
    ...{ cwd, zone: 'UTC', env: {}, level: 'medium', isFolded: true, isHashed: false },
    ...{ ruleNames: [], ruleFolders: [], referenceMs: undefined, workers: 0 },
    filter: {
      sinceUs: Number.NEGATIVE_INFINITY,
      untilUs: Number.POSITIVE_INFINITY,
      entities: [],
      grep: undefined,
    },
    stdin: (async function* nothing() {})(),
    ...options,
  };
  const { findings } = await analyse([path], all, { documents, mappings, ruleSet, problems });
  return findings;
}

describe('records missing from an audit log', () => {
  it('are told with both lines around them', async () => {
    const [finding, ...others] = await told(lines(CUT));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      level: 'medium',
      count: 50,
      rule: { techniques: ['T1070', 'T1070.002'] },
      evidence: [{ line: 180 }, { line: 181 }],
      firstUs: (START_S + 180) * 1_000_000,
      lastUs: (START_S + 231) * 1_000_000,
    });
    expect(finding?.event['message']).toContain('50 records are missing');
    expect(finding?.evidence.map(({ raw }) => raw)).toEqual([record(180), record(231)]);
  });

  it('are told once only and under the level asked for', async () => {
    expect(await told(lines(CUT), { level: 'high' })).toEqual([]);
    const filter = { sinceUs: Infinity, untilUs: Infinity, entities: [], grep: undefined };
    expect(await told(lines(CUT), { filter })).toEqual([]);
  });

  it.each([
    ['nothing is missing', lines(WHOLE)],
    ['a few are missing, as happens', lines(numbers(1, 180), numbers(184, 400))],
    ['a machine was started anew', lines(numbers(5000, 5200), numbers(1, 200))],
    ['it is an extract', lines(WHOLE.filter((serial) => serial % 9 === 0 || serial > 250))],
    ['it is short', lines(numbers(1, 60), numbers(200, 260))],
    [
      'the daemon did not run',
      [...lines(numbers(1, 180)), record(7777, 'DAEMON_START'), ...lines(numbers(231, 400))],
    ],
    [
      'it loses records all the time',
      lines(...[0, 1, 2, 3, 4].map((part) => numbers(part * 300, part * 300 + 200))),
    ],
  ])('are not told where %s', async (_, text) => {
    expect(await told(text)).toEqual([]);
  });

  it('are found between pieces, and on each machine by itself', () => {
    const trailsOf = (serials: readonly number[], hosts: readonly string[]) => {
      const trails = new Map();
      for (const serial of serials)
        for (const host of hosts) {
          const id = `${host} 1.000:${serial + host.length * 5000}`;
          const event = { 'event.id': id, 'host.hostname': host, timeUs: serial } as never;
          followTrail(trails, event, serial);
        }
      return trails;
    };
    const trails = trailsOf(numbers(1, 180), ['a', 'bb']);
    addTrails(trails, trailsOf(numbers(231, 300), ['a']));
    addTrails(trails, trailsOf(numbers(181, 300), ['bb']));
    expect(missingRecords(trails)).toMatchObject([
      { host: 'a', before: { serial: 5180 }, after: { serial: 5231 } },
    ]);
  });
});
