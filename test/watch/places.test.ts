/** Rules about places (`--geoip`) in a watch that is killed in between: what a timeline finds in the same logs. */
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mmdbOf } from '../detect/mmdb.ts';
import { until } from '../prepare/servers.ts';
import { ensureBuilt, runIr } from '../program.ts';
import { watching } from './real-programs.ts';

let folder: string;
beforeAll(() => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir places '));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const place = (code: string, lat: number, lon: number) => ({
  country: { iso_code: code },
  location: { latitude: { double: lat }, longitude: { double: lon } },
});
const login = (day: number, hour: number, who: string, from: string): string =>
  `2026-03-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:01.000000+00:00 web01 sshd[2051]: Accepted publickey for ${who} from ${from} port 50122 ssh2\n`;
const [BERLIN, FRANKFURT, BRAZIL] = ['192.0.2.10', '198.51.100.7', '203.0.113.7'];

it('tells a new country and a journey too fast, once, as a timeline does', async () => {
  writeFileSync(
    join(folder, 'places.mmdb'),
    mmdbOf({
      [BERLIN]: place('DE', 52.5, 13.4),
      [FRANKFURT]: place('DE', 50.1, 8.7),
      [BRAZIL]: place('BR', -23.5, -46.6),
    }),
  );
  writeFileSync(
    join(folder, 'normal.log'),
    [1, 2, 3, 4, 5]
      .map((day) => login(day, 8, 'ana', BERLIN) + login(day, 9, 'bo', FRANKFURT))
      .join(''),
  );
  const log = join(folder, 'auth.log');
  writeFileSync(log, login(10, 8, 'ana', BERLIN) + login(10, 8, 'bo', FRANKFURT));
  const asked = [
    'auth.log',
    '--geoip',
    'places.mmdb',
    '--baseline',
    'normal.log',
    '--level',
    'low',
  ];
  const program = watching(folder, asked);
  const first = await program.begin();
  await until(() => program.events() === 2);
  first.kill('SIGKILL');
  await once(first, 'exit');
  appendFileSync(
    log,
    // Too fast for ana; a new country for both, and a town near by for nobody.
    login(10, 10, 'ana', BRAZIL) + login(10, 14, 'bo', BERLIN) + login(12, 9, 'bo', BRAZIL),
  );
  const last = program.start(['--once']);
  await once(last, 'exit');
  expect([last.exitCode, last.said()]).toEqual([0, expect.stringContaining('goes on')]);
  const { stdout } = await runIr(['timeline', ...asked, '--fold', 'none', '--format', 'jsonl'], {
    cwd: folder,
  });
  const found = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { rule: { name: string }; ir: { count: number } });
  const closed = program
    .steps()
    .filter(({ state }) => state === 'closed')
    .map(({ finding: { rule, count } }) => [rule.title, count].join());
  expect(closed.sort()).toEqual(found.map(({ rule, ir }) => [rule.name, ir.count].join()).sort());
  const titles = found.map(({ rule }) => rule.name);
  expect(titles).toContain('Account logged in from two places too far apart');
  expect(titles.filter((title) => /country/.test(title))).toHaveLength(2);
});
