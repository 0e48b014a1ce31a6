/** What the user says of single files: zone, skew, host, format, and which are left out. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventsResult, type TimelineOptions, timeline } from '../../src/commands/timeline.ts';
import { matchesPath } from '../../src/logs/said-of-files.ts';
import { testContext } from './test-context.ts';

const ACCESS = '203.0.113.9 - - [28/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 12 "-" "x"\n';
const APP = '2026-11-28 10:00:00,123 - app - INFO - started\n';
const SYSLOG = '2026-11-28T10:00:00Z mail sshd[1]: Server listening on 0.0.0.0 port 22.\n';
const FILES: Readonly<Record<string, string>> = {
  'case/web01/var/log/nginx/access.log': ACCESS,
  'case/image/etc/hostname': 'realname\n',
  'case/image/var/log/access.log': ACCESS,
  'case/rootfs/var/log/access.log': ACCESS,
  'case/db-2.example/var/log/app.log': APP,
  'case/web01/var/log/auth.log': SYSLOG,
  'case/plain.log': ACCESS,
};

let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-said-'));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  // Links in a copied file system lead into that of the analyst.
  mkdirSync(join(cwd, 'linked-1', 'var', 'log'), { recursive: true });
  mkdirSync(join(cwd, 'linked-1', 'etc'));
  symlinkSync(join(cwd, 'case/image/etc/hostname'), join(cwd, 'linked-1', 'etc', 'hostname'));
  writeFileSync(join(cwd, 'linked-1', 'var', 'log', 'access.log'), ACCESS);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function events(path: string, options: TimelineOptions, tz?: readonly string[]) {
  const context = testContext({ cwd, format: 'json', ...(tz === undefined ? {} : { tz }) });
  const { result } = await timeline(context, [path], { all: true, workers: '0', ...options });
  const told: Record<string, string> = {};
  for await (const { event, file } of (result as EventsResult).events.events) {
    const time = new Date((event.timeUs ?? 0) / 1000).toISOString();
    const host = `${event['host.hostname'] ?? '-'} ${event.hostBasis ?? ''}`.trim();
    told[file] = `${time} ${event.format} ${host}`;
  }
  return told;
}

describe('globs on paths', () => {
  it.each([
    ['*.log', 'case/web01/access.log', true],
    ['access.log', 'case/web01/access.log', true],
    ['web01', 'case/web01/var/access.log', true],
    ['web0?', 'case/web01/var/access.log', true],
    ['web', 'case/web01/access.log', false],
    ['web[01]', 'case/web01/access.log', false],
    ['web01/**', 'case/web01/var/access.log', true],
    ['web01/*.log', 'case/web01/var/access.log', false],
    ['web01/**/*.log', 'case/web01/access.log', true],
    ['web01/**/*.log', 'case/web01/a/b/access.log', true],
    ['/web01', 'case/web01/access.log', false],
    ['/case/web01', '/case/web01/access.log', true],
    ['bundle.zip', 'in/bundle.zip!/var/log/a.log', true],
    ['bundle.zip/**/a.log', 'in/bundle.zip!/var/log/a.log', true],
    ['var/log', 'in/bundle.zip!/var/log/a.log', true],
    ['a+b.log', 'x/a+b.log', true],
    ['a.log', 'x/abloc', false],
    ['[', 'x/[', false],
  ])('%s on %s: %s', (glob, path, expected) => {
    expect(matchesPath(glob, path)).toBe(expected);
  });
});

describe('ir timeline', () => {
  it('proposes the host of a copied file system, never over the one that a line names', async () => {
    expect(await events('case', {})).toEqual({
      'case/web01/var/log/nginx/access.log': '2026-11-28T10:00:00.000Z access web01 folder',
      'case/web01/var/log/auth.log': '2026-11-28T10:00:00.000Z syslog mail',
      'case/image/var/log/access.log': '2026-11-28T10:00:00.000Z access realname hostname-file',
      'case/rootfs/var/log/access.log': '2026-11-28T10:00:00.000Z access -',
      'case/db-2.example/var/log/app.log': '2026-11-28T10:00:00.123Z python db-2.example folder',
      'case/plain.log': '2026-11-28T10:00:00.000Z access -',
    });
  });

  it('does not follow a link out of a copied file system for a name', async () => {
    expect(Object.values(await events('linked-1/var/log/access.log', {}))).toEqual([
      '2026-11-28T10:00:00.000Z access linked-1 folder',
    ]);
  });

  it('takes zone, skew, host and format of single files, of each the last', async () => {
    const options = {
      skew: ['plain.log=-1m30s', 'auth.log=+250ms'],
      host: ['*.log=other', 'plain.log=edge'],
      as: ['db-2.example=generic'],
      exclude: ['rootfs', 'nginx/*'],
    };
    expect(await events('case', options, ['America/New_York', 'db*=Asia/Tokyo'])).toEqual({
      'case/web01/var/log/auth.log': '2026-11-28T10:00:00.250Z syslog mail',
      'case/image/var/log/access.log': '2026-11-28T10:00:00.000Z access other option',
      'case/db-2.example/var/log/app.log': '2026-11-28T01:00:00.123Z generic other option',
      'case/plain.log': '2026-11-28T09:58:30.000Z access edge option',
    });
  });

  it.each([
    [{ skew: ['plain.log'] }, '--skew: "plain.log" is not GLOB=TIME'],
    [{ skew: ['plain.log=soon'] }, '--skew: "soon" is no time to add'],
    [{ host: ['=x'] }, '--host: "=x" is not GLOB=NAME'],
    [{ as: ['plain.log=acess'] }, '--as: there is no format "acess"'],
    [{ exclude: [''] }, '--exclude: the glob is empty'],
  ])('refuses %j', async (options, message) => {
    await expect(events('case', options)).rejects.toThrow(message);
  });

  it('says which globs fit no file', async () => {
    const said: string[] = [];
    const plain = testContext({ cwd, tz: ['zz*=Asia/Tokyo', 'web01=UTC'] });
    const context = { ...plain, say: (text: string) => said.push(text) };
    const options = { workers: '0', host: ['web01/**=a', 'wbe01/**=b'], skew: ['auth.log=+1s'] };
    await timeline(context, ['case/web01'], options);
    expect(said.filter((text) => text.includes('fits none'))).toEqual([
      "--tz 'zz*=...' fits none of the files: case/web01/var/log/auth.log, case/web01/var/log/nginx/access.log",
      "--host 'wbe01/**=...' fits none of the files: case/web01/var/log/auth.log, case/web01/var/log/nginx/access.log",
    ]);
  });

  it('refuses a zone that does not exist, and finds the same findings with and without a skew', async () => {
    await expect(events('case', {}, ['db*=Mars/Olympus'])).rejects.toThrow('Mars/Olympus');
    const attack = `203.0.113.9 - - [28/Nov/2026:10:00:00 +0000] "GET /a.php?f=../../../../etc/passwd HTTP/1.1" 200 12 "-" "x"\n`;
    writeFileSync(join(cwd, 'attack.log'), attack);
    const found = async (options: TimelineOptions) => {
      const { result } = await timeline(testContext({ cwd }), ['attack.log'], {
        workers: '0',
        ...options,
      });
      if (!('timeline' in result)) throw new Error('no findings');
      return result.timeline.findings.map(({ rule, firstUs }) => [rule.title, firstUs]);
    };
    const plain = await found({});
    expect(plain.length).toBeGreaterThan(0);
    expect(await found({ skew: ['attack.log=+90s'] })).toEqual(
      plain.map(([title, us]) => [title, Number(us) + 90_000_000]),
    );
  });
});
