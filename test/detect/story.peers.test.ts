/**
 * Recordings of attacks on clouds, each of which its publisher names: the story says who it was, from when to when, and by
 * which tactic.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyse } from '../../src/detect/analyse.ts';
import type { Timeline } from '../../src/detect/finding.ts';
import { optionsOf } from '../drills/play.ts';
import { ROOT } from '../program.ts';

const DATA = join(ROOT, '..', 'shared', 'data');
const STRATUS = join(DATA, 'stratus-red-team', 'docs', 'detonation-logs');
const OTRF = join(
  DATA,
  'otrf',
  'datasets',
  'atomic',
  'aws',
  'collection',
  'ec2_proxy_s3_exfiltration',
);

interface Call {
  eventTime: string;
  sourceIPAddress: string;
}

const storyOf = async (folder: string, file: string): Promise<Timeline> =>
  await analyse([file], optionsOf(folder));

/** What the actors are called: `203.0.113.7 (AWS)`. */
const actorsOf = ({ stories }: Timeline): string[] =>
  (stories[0]?.statements.find(({ label }) => label === 'Who')?.items ?? []).map(
    ({ text }) => text.split(' ')[0] as string,
  );

const tacticsOf = ({ stories, findings }: Timeline): Set<string> =>
  new Set(
    findings
      .filter(({ id }) => stories[0]?.findings.includes(id))
      .flatMap(({ rule, act }) => [rule, ...(act?.others ?? []).map((other) => other.rule)])
      .flatMap(({ tactics }) => tactics),
  );

/** As an address is written by those who read it: the recordings are anonymised digit by digit. */
const plain = (address: string): string => address.replace(/\b0+(?=\d)/g, '');

describe.skipIf(!existsSync(STRATUS))('attacks of Stratus Red Team', () => {
  const files = existsSync(STRATUS)
    ? readdirSync(STRATUS).filter((name) => /^aws\..*json$/.test(name))
    : [];

  test('are there', () => {
    expect(files.length).toBeGreaterThan(15);
  });

  test.each(files)('%s', async (file) => {
    const calls = JSON.parse(readFileSync(join(STRATUS, file), 'utf8')) as Call[];
    const times = calls.map(({ eventTime }) => Date.parse(eventTime) * 1_000);
    const found = await storyOf(STRATUS, file);
    expect(found.stories).toHaveLength(1);
    const addresses = new Set(calls.map(({ sourceIPAddress }) => plain(sourceIPAddress)));
    const actors = actorsOf(found);
    expect(actors.length).toBeGreaterThan(0);
    for (const actor of actors) expect([...addresses]).toContain(actor);
    expect(tacticsOf(found)).toContain(file.split('.')[1]);
    expect(found.stories[0]?.firstUs).toBe(Math.min(...times));
    expect(found.stories[0]?.lastUs).toBe(Math.max(...times));
  });
});

/** What OTRF writes of the recording: keys of an instance (T1078.004), by which the objects of a bucket were read (T1530). */
test.skipIf(!existsSync(OTRF))(
  'keys of an instance that were stolen through its proxy, of OTRF',
  async () => {
    const [file = ''] = readdirSync(OTRF);
    const calls = readFileSync(join(OTRF, file), 'utf8')
      .split('\n')
      .filter((line) => line.includes('assumed-role/MordorNginxStack'))
      .map((line) => JSON.parse(line) as Call & { '@timestamp': string });
    const times = calls.map((call) => Date.parse(call['@timestamp']) * 1_000);
    const found = await storyOf(OTRF, file);
    expect(found.stories).toHaveLength(1);
    expect(actorsOf(found)).toEqual([calls[0]?.sourceIPAddress]);
    const [story] = found.stories;
    expect([story?.firstUs, story?.lastUs]).toEqual([Math.min(...times), Math.max(...times)]);
    const told = (label: string): string =>
      (story?.statements.find((one) => one.label === label)?.items ?? [])
        .map(({ text }) => text)
        .join('; ');
    expect(told('In')).toContain('Credentials of an instance');
    expect(told('Took')).toContain('ring.txt');
    expect(told('As')).toContain('BankingWAFRole');
    const techniques = found.findings.flatMap(({ rule }) => rule.techniques);
    expect(techniques).toEqual(expect.arrayContaining(['T1078.004', 'T1530']));
  },
);
