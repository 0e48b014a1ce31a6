/** What is new against a baseline: logs of another time, or the first fifth of the span. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnalyseOptions, analyse } from '../../src/detect/analyse.ts';
import { createLearner, type Learnt } from '../../src/detect/correlate/first-seen.ts';
import { compileRuleSet } from '../../src/sigma/compile-rule-set.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';
import { mappings, resolveField } from './bundled-mappings.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-baseline-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const RULES = `
title: Login over SSH
name: ssh
logsource: {product: linux, service: sshd}
detection: {a: {message|startswith: 'Accepted '}, condition: a}
---
title: Login to an application
name: app
logsource: {category: application}
detection: {a: {event.category: authentication, event.outcome: success}, condition: a}
---
title: New address
id: 00000000-0000-4000-8000-000000000001
correlation:
  type: value_count
  rules: [ssh, app]
  group-by: [user.name]
  timespan: 1d
  condition: {field: ir.source.network, gte: 1}
level: medium
ir: {first_seen: true, entities: [source.ip, user.name]}
`;

const ssh = (day: number, hour: number, user: string, ip: string): string =>
  `2026-03-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00+00:00 web01 sshd[7]: Accepted publickey for ${user} from ${ip} port 5 ssh2\n`;
const app = (day: number, user: string, ip: string): string =>
  `{"time":"2026-03-${String(day).padStart(2, '0')}T12:00:00Z","msg":"login succeeded","user":"${user}","ip":"${ip}"}\n`;
const habit = (day: number, user: string, ip = '192.0.2.10'): string =>
  [8, 9, 10, 11].map((hour) => ssh(day, hour, user, ip)).join('');

interface Run {
  baseline?: Record<string, string>;
  said?: string[];
}

async function newIn(logs: Record<string, string>, { baseline, said }: Run = {}) {
  const put = (files: Record<string, string>): string[] =>
    Object.entries(files).map(([name, text]) => {
      writeFileSync(join(cwd, name), text);
      return join(cwd, name);
    });
  const { documents } = parseSigma(RULES, 'x.yml');
  const { ruleSet, problems } = compileRuleSet(documents, resolveField);
  const options: AnalyseOptions = {
    cwd,
    zone: 'UTC',
    env: {},
    filter: {
      sinceUs: Number.NEGATIVE_INFINITY,
      untilUs: Number.POSITIVE_INFINITY,
      entities: [],
      grep: undefined,
    },
    level: 'low',
    isHashed: false,
    ruleNames: [],
    ruleFolders: [],
    referenceMs: undefined,
    workers: 0,
    baseline: baseline === undefined ? undefined : put(baseline),
    say: (text) => said?.push(text),
    stdin: (async function* nothing() {})(),
  };
  const choice = { documents, mappings, ruleSet, problems };
  const { findings } = await analyse(put(logs), options, choice);
  return findings.map(
    ({ entities }) => `${entities['user.name']?.join()} ${entities['source.ip']?.join()}`,
  );
}

describe('what is new', () => {
  it('is told against the first fifth of the span', async () => {
    const log = habit(1, 'ana') + ssh(9, 3, 'ana', '203.0.113.7') + ssh(10, 3, 'ana', '192.0.2.10');
    const said: string[] = [];
    expect(await newIn({ 'a.log': log }, { said })).toEqual(['ana 203.0.113.7']);
    expect(said.join()).toContain('learnt from the first fifth of the span, until 2026-03-03T');
  });

  it('is learnt across sources: what one log has is not new in the other', async () => {
    const logs = { 'a.log': habit(1, 'ana'), 'b.jsonl': app(9, 'ana', '192.0.2.10') };
    expect(await newIn(logs)).toEqual([]);
    expect(await newIn({ ...logs, 'b.jsonl': app(9, 'ana', '203.0.113.7') })).toEqual([
      'ana 203.0.113.7',
    ]);
  });

  it('is told once, and not of those that have no habits', async () => {
    const log =
      habit(1, 'ana') +
      ssh(1, 9, 'eve', '192.0.2.30') +
      ssh(9, 3, 'eve', '203.0.113.9') +
      ssh(9, 4, 'bob', '203.0.113.9') +
      ssh(9, 5, 'ana', '203.0.113.7') +
      ssh(11, 5, 'ana', '203.0.113.7');
    expect(await newIn({ 'a.log': log })).toEqual(['ana 203.0.113.7']);
  });

  it('is not told in a span of less than five days', async () => {
    expect(await newIn({ 'a.log': habit(1, 'ana') + ssh(5, 3, 'ana', '203.0.113.7') })).toEqual([]);
  });

  it('is told against the logs of --baseline, however short the span', async () => {
    const log = ssh(5, 3, 'ana', '203.0.113.7') + ssh(5, 4, 'ana', '192.0.2.10');
    const said: string[] = [];
    const baseline = { 'old.log': habit(1, 'ana') };
    expect(await newIn({ 'a.log': log }, { baseline, said })).toEqual(['ana 203.0.113.7']);
    expect(said.join()).toContain('learnt from 4 events of the baseline, 2026-03-01T08:00:00');
  });

  it('takes nothing from the first fifth where a baseline is named', async () => {
    const log = habit(1, 'ana', '203.0.113.7') + ssh(9, 3, 'ana', '203.0.113.7');
    const baseline = { 'old.log': habit(1, 'ana') };
    expect(await newIn({ 'a.log': log }, { baseline })).toEqual(['ana 203.0.113.7']);
  });
});

describe('a bad baseline', () => {
  it.each([
    ['empty', ''],
    ['no log', 'nothing\nto read\n'],
  ])('that is %s is refused', async (_, text) => {
    const log = { 'a.log': habit(1, 'ana') };
    await expect(newIn(log, { baseline: { 'old.log': text } })).rejects.toMatchObject({
      exit: 4,
      message: expect.stringContaining('nothing can be learnt from the baseline'),
    });
  });

  it('with a million accounts is learnt from within bounds, hostile names included', () => {
    const learnt: Learnt = new Map();
    const take = createLearner(learnt);
    for (let index = 0; index < 250_000; index += 1) take(`u${index % 3}`, `v${index}`);
    take('__proto__', 'constructor');
    const held = [...learnt.values()].reduce((sum, { values }) => sum + values.size, 0);
    expect(held).toBe(200_000);
    expect(learnt.get('u0')?.hits).toBeGreaterThan(80_000);
  });
});
