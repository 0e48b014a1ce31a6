/** A collection is taken whole, goes on where it was ended, writes nowhere else, and is not fooled by what it takes. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCollect } from '../../src/commands/collect.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import type { ItemRecord } from '../../src/host/collect/collection-record.ts';
import { storedName } from '../../src/host/collect/stored-name.ts';
import { readProcesses } from '../../src/host/processes.ts';
import { testContext } from '../commands/test-context.ts';
import { ensureBuilt, runIr } from '../program.ts';

let cwd: string;
let out: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-collect-'));
  out = join(cwd, 'out');
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

/** A collection of the user's own. */
function own(items: readonly string[], limits = 'bytes: 10MB, time: PT5M'): void {
  const folder = join(cwd, 'config/ir/collections');
  mkdirSync(folder, { recursive: true });
  const head = `id: own\ntitle: Own\nsummary: Own\nlimits: { ${limits} }\nitems:\n`;
  writeFileSync(join(folder, 'own.yml'), `${head}${items.map((item) => `  - ${item}\n`).join('')}`);
}

const env = () => ({ XDG_CONFIG_HOME: join(cwd, 'config'), PATH: process.env['PATH'] ?? '' });
const context = () => testContext({ cwd, env: env() });
const collect = async (options: object = {}) =>
  (await runCollect(context(), { profile: 'own', output: 'out', save: false, ...options })).result;
const verify = () =>
  spawnSync('sha256sum', ['--check', '--strict', '--quiet', 'manifest-sha256.txt'], { cwd: out });
const recordOf = (records: readonly ItemRecord[], id: string): ItemRecord =>
  records.find(({ item }) => item === id)!;

describe('a collection', () => {
  it('has command, exit code, time and hash of each item, and verifies with sha256sum', async () => {
    own([
      '{ id: say, title: A, volatility: memory, run: [echo, hello] }',
      '{ id: fail, title: B, volatility: memory, run: [ls, /nonexistent] }',
      '{ id: missing, title: C, volatility: memory, run: [no-such-program] }',
      '{ id: slow, title: D, volatility: memory, run: [tail, -f, /dev/null], timeout: PT1S }',
      '{ id: processes, title: E, volatility: memory, read: processes }',
      '{ id: sockets, title: F, volatility: memory, read: sockets }',
      '{ id: open-deleted, title: G, volatility: memory, read: open-deleted }',
      '{ id: keys, title: H, volatility: disk, read: ssh-keys }',
      '{ id: files, title: I, volatility: disk, files: [/etc/passwd, /proc/version, /nonexistent] }',
    ]);
    const { records, head, files, manifestSha256 } = await collect();
    expect(records.map(({ item, exitCode, failure }) => [item, exitCode, failure])).toEqual([
      ['say', 0, null],
      ['fail', 2, null],
      ['missing', null, 'no-such-program is not installed or not in PATH'],
      ['slow', null, 'timed out after 1 s'],
      ['processes', null, null],
      ['sockets', null, null],
      ['open-deleted', null, null],
      ['keys', null, null],
      ['files', null, null],
    ]);
    const said = recordOf(records, 'say');
    expect(said).toMatchObject({ command: ['echo', 'hello'], title: 'A', volatility: 'memory' });
    expect(said.files[0]?.path).toBe('items/01-say.out');
    expect(readFileSync(join(out, 'items/01-say.out'), 'utf8')).toBe('hello\n');
    expect(recordOf(records, 'fail').files.map(({ path }) => path)).toEqual(['items/02-fail.err']);
    const copied = recordOf(records, 'files').files;
    expect(copied.map(({ path }) => path)).toEqual(['files/etc/passwd', 'files/proc/version']);
    expect(copied[0]?.from).toMatchObject({ path: '/etc/passwd', uid: 0 });
    expect(copied[1]?.bytes).toBeGreaterThan(10);
    const processes = readFileSync(join(out, 'items/05-processes.jsonl'), 'utf8').split('\n');
    expect(processes.some((line) => line.includes(`"pid":${process.pid},`))).toBe(true);
    expect(head?.endedAt).not.toBeNull();
    expect(files).toBeGreaterThan(7);
    expect(verify().status).toBe(0);
    expect(manifestSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(readdirSync(out).sort()).toEqual(
      ['collection.json', 'files', 'items', 'items.jsonl', 'manifest-sha256.txt'].sort(),
    );
    appendFileSync(join(out, 'items/01-say.out'), 'x');
    expect(verify().status).toBe(1);
    // What was complete is not mended in silence.
    await expect(collect()).rejects.toMatchObject({ exit: 7 });
  });

  it('is content with what it has when it is called again', async () => {
    own(['{ id: say, title: A, volatility: memory, run: [echo, hello] }']);
    const first = await collect();
    const again = await collect();
    expect(again.earlier).toBe(1);
    expect(again.manifestSha256).toBe(first.manifestSha256);
  });

  it('takes no more than its limits, and says what it left', async () => {
    put('large', 'x'.repeat(5000));
    own(
      [
        `{ id: end, title: A, volatility: disk, files: ['${cwd}/large'], keep: end, bytes: 1kB }`,
        '{ id: cut, title: B, volatility: disk, run: [seq, "100000"], bytes: 2kB }',
        '{ id: none, title: C, volatility: disk, run: [echo, x] }',
      ],
      'bytes: 3kB, time: PT5M',
    );
    const { records, bytes } = await collect();
    expect(bytes).toBe(3000);
    expect(recordOf(records, 'end').files[0]).toMatchObject({ bytes: 1000, ofBytes: 5000 });
    expect(recordOf(records, 'cut').files[0]).toMatchObject({ bytes: 2000, ofBytes: 588895 });
    expect(recordOf(records, 'none').failure).toContain('the limit of bytes');
    expect(verify().status).toBe(0);
  });

  it('is not led elsewhere by names, links, pipes and folders', async () => {
    const hostile = ['a\nb', '\u001b[2J', '-rf', 'x'.repeat(250), 'ü', '%41', 'a..', '*'];
    for (const name of hostile) put(`in/${name}`, name);
    writeFileSync(Buffer.concat([Buffer.from(`${cwd}/in/`), Buffer.from([0xff, 0xfe])]), 'raw');
    symlinkSync('/etc/shadow', join(cwd, 'in/link'));
    symlinkSync('/etc/passwd', join(cwd, 'named'));
    mkdirSync(join(cwd, 'in/folder'));
    execFileSync('mkfifo', [join(cwd, 'in/pipe')]);
    own([`{ id: in, title: A, volatility: disk, files: ['${cwd}/in/*', '${cwd}/named'] }`]);
    const { records } = await collect();
    const { files, leftOut } = recordOf(records, 'in');
    expect(files).toHaveLength(hostile.length + 2);
    expect(files.every(({ path }) => /^[\w./@+=,:%~-]+$/.test(path))).toBe(true);
    expect(files.at(-1)?.bytes).toBeGreaterThan(100);
    const why = Object.fromEntries(leftOut.map((one) => [one.path.slice(cwd.length), one.why]));
    expect(why).toEqual({
      '/in/folder': 'a folder',
      '/in/link': 'a link to /etc/shadow',
      '/in/pipe': 'no file: a pipe, socket or device',
    });
    expect(verify().status).toBe(0);
  });

  it.each([
    ['/a/b', 'files/a/b'],
    ['/a/../..', 'files/a/%2E%2E/%2E%2E'],
    ['/a b/\n%', 'files/a%20b/%0A%25'],
  ])('keeps %j as %s', (path, expected) => expect(storedName(path)).toBe(expected));

  it('gives long names that differ names that differ', () => {
    const long = 'é'.repeat(120);
    expect(storedName(`/${long}1`)).not.toBe(storedName(`/${long}2`));
    expect(storedName(`/${long}1`).length).toBeLessThan(240);
  });

  it('refuses a folder that holds something else, or another collection', async () => {
    own(['{ id: say, title: A, volatility: memory, run: [echo, hello] }']);
    put('full/file', 'x');
    await expect(collect({ output: 'full' })).rejects.toMatchObject({ exit: 6 });
    await collect();
    own(['{ id: other, title: A, volatility: memory, run: [echo, hello] }']);
    await expect(collect()).rejects.toMatchObject({ exit: 6 });
    await expect(collect({ profile: 'nope' })).rejects.toMatchObject({ exit: 2 });
  });

  it('shows what it would take, and takes nothing', async () => {
    own(['{ id: say, title: A, volatility: memory, run: [echo, hello] }']);
    const { planned, records } = await collect({ dryRun: true });
    expect(planned.map(({ id }) => id)).toEqual(['say']);
    expect(records).toEqual([]);
    expect(existsSync(out)).toBe(false);
  });

  it('leaves its manifest with the incident', async () => {
    own(['{ id: say, title: A, volatility: memory, run: [echo, hello] }']);
    const facts = { title: 'web01', severity: 'SEV2', type: 'ssh-brute-force' };
    await openIncident(context(), facts as never);
    const { kept } = await collect({ save: undefined });
    expect(kept).toMatchObject({ incident: 'INC-2026-0001', evidence: 'E-001' });
  });
});

function put(path: string, text: string): void {
  mkdirSync(join(cwd, path, '..'), { recursive: true });
  writeFileSync(join(cwd, path), text);
}

describe('a collection that is killed in the middle', () => {
  it('goes on where it was, takes nothing twice, and has written nowhere else', async () => {
    ensureBuilt();
    const pipe = join(cwd, 'pipe');
    execFileSync('mkfifo', [pipe]);
    own([
      '{ id: first, title: A, volatility: memory, run: [date, +%s%N] }',
      `{ id: held, title: B, volatility: memory, run: [cat, '${pipe}'] }`,
      '{ id: last, title: C, volatility: memory, run: [echo, end] }',
    ]);
    const home = join(cwd, 'home');
    mkdirSync(join(home, 'tmp'), { recursive: true });
    const args = ['collect', '--profile', 'own', '--output', 'out'];
    const where = { cwd, env: { ...env(), HOME: home, TMPDIR: join(home, 'tmp') } };
    const before = readdirSync(cwd, { recursive: true }).sort();
    const killed = await runIr(args, {
      ...where,
      whileRunning(child) {
        const look = (): void => {
          const items = join(out, 'items.jsonl');
          if (existsSync(items) && readFileSync(items, 'utf8').includes('"first"'))
            child.kill('SIGKILL');
          else setTimeout(look, 20);
        };
        look();
      },
    });
    expect(killed.exit).toBeNull();
    const first = readFileSync(join(out, 'items/01-first.out'), 'utf8');
    // What a run was writing when it was ended, and what none has named.
    appendFileSync(join(out, 'items.jsonl'), '{"item":"held","ti');
    writeFileSync(join(out, 'items/02-held.out'), 'half');
    writeFileSync(join(out, 'items/stray'), 'x');
    const going = runIr(args, where);
    // The reader of the killed run may be waiting still, and takes what is written first.
    const writer = spawn('sh', ['-c', 'while :; do echo held > "$0"; sleep 0.3; done', pipe]);
    const ended = await going;
    writer.kill();
    expect(ended.stderr).toBe('');
    expect(ended.exit).toBe(0);
    expect(ended.stdout).toContain('1 item of them by an earlier run');
    expect(readFileSync(join(out, 'items/01-first.out'), 'utf8')).toBe(first);
    expect(readFileSync(join(out, 'items/03-last.out'), 'utf8')).toBe('end\n');
    expect(existsSync(join(out, 'items/stray'))).toBe(false);
    expect(verify().status).toBe(0);
    const head = JSON.parse(readFileSync(join(out, 'collection.json'), 'utf8')) as {
      resumedAt: string[];
    };
    expect(head.resumedAt).toHaveLength(1);
    const after = readdirSync(cwd, { recursive: true })
      .map(String)
      .filter((path) => path !== 'out' && !path.startsWith('out/'));
    expect(after.sort()).toEqual(before);
  });
});

describe.runIf(process.platform === 'linux')('processes', () => {
  it('may have names of 100 kB with line breaks, and end while they are read', async () => {
    const name = `x\n\u001b[2J) R 1 1 1 ${'y'.repeat(100_000)}`;
    const child = spawn('/bin/sleep', ['60'], { argv0: name, stdio: 'ignore' });
    const ending = Array.from({ length: 5 }, () => spawn('/bin/true', { stdio: 'ignore' }));
    try {
      await new Promise((done) => child.once('spawn', done));
      const found = await readProcesses(new AbortController().signal);
      const mine = found.find(({ pid }) => pid === child.pid);
      expect(mine).toMatchObject({ parent: process.pid, name: 'sleep', isDeleted: false });
      expect(mine?.command.length).toBeLessThanOrEqual(4096);
      expect(Math.abs((mine?.startedMs ?? 0) - Date.now())).toBeLessThan(3_600_000);
    } finally {
      child.kill('SIGKILL');
      for (const one of ending) one.kill();
    }
  });
});
