/** Rules that hit what is ordinary: when their findings stand in one line, and when they must not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnalyseOptions, analyse } from '../../src/detect/analyse.ts';
import { compileRuleSet } from '../../src/sigma/compile-rule-set.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';
import { mappings, resolveField } from './bundled-mappings.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-noisy-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const ACTORS = 60;
const EVENTS = 2400;

/** Requests of `ACTORS` addresses over ten hours; `isHit` says which are for /ordinary. */
const log = (isHit: (actor: number, index: number) => boolean): string =>
  Array.from({ length: EVENTS }, (_, index) => {
    const actor = (index * 7) % ACTORS;
    const seconds = index * 15;
    const time = new Date(Date.UTC(2026, 2, 14) + seconds * 1000).toISOString().slice(11, 19);
    const path = isHit(actor, index) ? '/ordinary' : '/other';
    return `192.0.2.${actor + 1} - - [14/Mar/2026:${time} +0000] "GET ${path} HTTP/1.1" 200 5 "-" "x"\n`;
  }).join('');

const rule = (level: string): string =>
  `title: Ordinary\nlogsource: {category: webserver}\nlevel: ${level}\ndetection: {a: {cs-uri-stem: /ordinary}, condition: a}\nir: {entities: [source.ip]}\n`;

async function findingsOf(text: string, level = 'medium', isFolded = true) {
  const path = join(cwd, 'x.log');
  writeFileSync(path, text);
  const { documents } = parseSigma(rule(level), 'x.yml');
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
    isFolded,
    isHashed: false,
    ruleNames: [],
    ruleFolders: [],
    referenceMs: undefined,
    workers: 0,
    stdin: (async function* nothing() {})(),
  };
  return (await analyse([path], options, { documents, mappings, ruleSet, problems })).findings;
}

describe('noisy rules', () => {
  it('stand in one line, with how many actors they hit and where', async () => {
    const [finding, ...others] = await findingsOf(log((actor) => actor < 40));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      count: (EVENTS / ACTORS) * 40,
      noise: { actors: 40, ofActors: ACTORS, findings: 40 },
    });
    expect(finding?.evidence.length).toBeGreaterThan(2);
    expect(finding?.entities['source.ip']).toHaveLength(20);
  });

  it.each<[string, (actor: number, index: number) => boolean, string, boolean]>([
    ['half of the actors only', (actor) => actor < 30, 'medium', true],
    ['part of the span only', (_, index) => index < EVENTS * 0.7, 'medium', true],
    ['fewer than a thousand hits', (actor, index) => index % 3 === 0 && actor < 55, 'medium', true],
    ['level high', (actor) => actor < 40, 'high', true],
    ['every hit asked for', (actor) => actor < 40, 'medium', false],
  ])('do not: %s', async (_, isHit, level, isFolded) => {
    const findings = await findingsOf(log(isHit), level, isFolded);
    expect(findings.length).toBeGreaterThan(10);
    expect(findings.filter(({ noise }) => noise !== undefined)).toEqual([]);
  });
});
