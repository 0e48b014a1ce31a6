/** Places as fields: of rules and of `--where`, in the fast ways of every kind of log, and in the threads that read. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyse } from '../../src/detect/analyse.ts';
import { chooseRules } from '../../src/detect/choose-rules.ts';
import { openGeo } from '../../src/detect/geo/geo.ts';
import { runIr } from '../program.ts';
import { mmdbOf } from './mmdb.ts';

const ADDRESSES = ['192.0.2.10', '198.51.100.7', '203.0.113.7'] as const;
const LINES = 900;
const clock = (index: number): string =>
  `10:${String(Math.floor(index / 60)).padStart(2, '0')}:${String(index % 60).padStart(2, '0')}`;

/** One line of an address; each stands in a shape or template of its own. */
const LOGS: Readonly<Record<string, (address: string, index: number) => string>> = {
  access: (address, index) =>
    `${address} - - [14/Mar/2026:${clock(index)} +0000] "GET /a HTTP/1.1" 200 512 "-" "Mozilla/5.0"`,
  syslog: (address, index) =>
    `Mar 14 ${clock(index)} web01 sshd[2051]: Accepted publickey for ana from ${address} port ${50_000 + index} ssh2`,
  json: (address, index) =>
    `{"time":"2026-03-14T${clock(index)}Z","method":"GET","path":"/a","status":200,"remote_addr":"${address}"}`,
};

const rule = (id: number, logsource: string, detection: string): string => `title: Place ${id}
id: 00000000-0000-4000-8000-00000000000${id}
logsource: ${logsource}
detection: ${detection}
level: medium
ir: { entities: [source.ip] }
`;
const RULES = [
  rule(
    1,
    '{ category: webserver }',
    '{ a: { source.geo.country_iso_code: [FR, IT] }, condition: a }',
  ),
  rule(
    2,
    '{ product: linux, service: sshd }',
    '{ a: { source.geo.country_iso_code: DE }, none: { source.geo.country_iso_code: null }, condition: not a and not none }',
  ),
].join('---\n');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-places-'));
  writeFileSync(join(folder, 'rules.yml'), RULES);
  writeFileSync(
    join(folder, 'places.mmdb'),
    mmdbOf({
      '192.0.2.10': { country: { iso_code: 'DE' }, city: { names: { en: 'Berlin' } } },
      '198.51.100.7': { country_code: 'fr' },
    }),
  );
  for (const [name, line] of Object.entries(LOGS)) {
    const lines = Array.from({ length: LINES }, (_, at) => line(ADDRESSES[at % 3] as string, at));
    writeFileSync(join(folder, `${name}.log`), `${lines.join('\n')}\n`);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a rule that asks where an address is', () => {
  it.each(
    Object.keys(LOGS).flatMap((name) => [true, false].map((isCareful) => ({ name, isCareful }))),
  )('finds it in $name, with care: $isCareful', async ({ name, isCareful }) => {
    const filter = { sinceUs: -Infinity, untilUs: Infinity, entities: [], grep: undefined };
    const options = {
      ...{ cwd: folder, zone: 'UTC', env: { XDG_CONFIG_HOME: join(folder, 'none') }, workers: 0 },
      ...{ filter: { ...filter, isCareful }, level: 'low' as const, isFolded: false },
      ...{ ruleNames: ['Place 1', 'Place 2'], ruleFolders: [folder], isHashed: false },
      ...{ referenceMs: Date.UTC(2026, 3, 1), geo: await openGeo('places.mmdb', folder) },
      stdin: (async function* nothing() {})(),
    };
    const rules = await chooseRules(options);
    const { findings } = await analyse([`${name}.log`], options, rules);
    expect(findings.map(({ entities, count }) => [entities['source.ip'], count])).toEqual([
      [['198.51.100.7'], LINES / 3],
    ]);
    const without = await analyse([`${name}.log`], { ...options, geo: undefined }, rules);
    expect(without.findings).toEqual([]);
  });
});

describe('--where', () => {
  const count = async (where: string, ...more: string[]): Promise<number> => {
    const paths = Object.keys(LOGS).map((name) => `${name}.log`);
    const run = await runIr(
      ['timeline', ...paths, '--all', '--format', 'jsonl', '--where', where, ...more],
      { cwd: folder },
    );
    return run.stdout.split('\n').length - 1;
  };

  it('asks for places, also in the threads that read', async () => {
    const places = ['--geoip', 'places.mmdb', '--workers', '2'];
    const where = 'source.geo.country_iso_code not in (DE) and source.geo.city_name != Berlin';
    expect(await count(where, ...places)).toBe(LINES * 2);
    expect(await count('source.geo.city_name = berlin', ...places)).toBe(LINES);
  });

  it('says that a file of places is missing', async () => {
    const run = await runIr(['timeline', 'json.log', '--where', 'source.geo.city_name = x'], {
      cwd: folder,
    });
    expect(run.exit).toBe(2);
    expect(run.stderr).toContain('"source.geo.city_name" needs a file of places');
    expect(run.stderr).toContain('--geoip FILE.mmdb');
  });
});
