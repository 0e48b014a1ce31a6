/** The timeline under bad input: everything accounted for, nothing else lost, the exit code right. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BIN, cleanEnv, ensureBuilt, type Ran, runIr } from './program.ts';

interface Account {
  path: string;
  lines: number;
  parsed: number;
  joined: number;
  skipped: number;
  skips: Record<string, { count: number; first_line: number; example: string }>;
  format: string;
  sha256: string;
  problem?: string;
}

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
const MIB = 1 << 20;
const LOGINS = 12;

let folder: string;

beforeAll(ensureBuilt);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-bad-'));
  chmodSync(folder, 0o777);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const put = (name: string, content: string | Buffer): void => writeFileSync(at(name), content);

/** One guessed password a second, from the source with this last number. */
const guesses = (count: number, source = 7, first = 0): string =>
  Array.from({ length: count }, (_, index) => {
    const second = first + index;
    const clock = new Date(Date.UTC(2026, 2, 5, 4) + second * 1000).toISOString().slice(11, 19);
    return `2026-03-05T${clock}Z web01 sshd[${900 + second}]: Failed password for root from 198.51.100.${source} port ${40_000 + (second % 9000)} ssh2\n`;
  }).join('');

const requests = (count: number, source = 9): string =>
  Array.from({ length: count }, (_, index) => {
    const clock = new Date(Date.UTC(2026, 2, 5, 4) + index * 100).toISOString().slice(11, 19);
    return `203.0.113.${source} - - [05/Mar/2026:${clock} +0000] "GET /item/${index} HTTP/1.1" 200 512 "-" "shop-app/1.0"\n`;
  }).join('');

const timeline = (args: readonly string[], options: Partial<Parameters<typeof runIr>[1]> = {}) =>
  runIr(['timeline', '--json', ...args], { cwd: folder, ...options });

/** The accounts of a run, each of which must add up. */
function accounts({ stdout, stderr, exit }: Ran): Map<string, Account> {
  // What makes the exit 4, and why there is no event, is said; nothing else is.
  const said = /^(?:\{"error":"not read in full: .*\}|No events: .*)\n/gm;
  expect(stderr.replace(said, '')).toBe('');
  expect(stderr.includes('not read in full')).toBe(exit === 4);
  const { files } = JSON.parse(stdout) as { files: Account[] };
  for (const { path, lines, parsed, joined, skipped, skips } of files) {
    expect([path, parsed + joined + skipped]).toEqual([path, lines]);
    const reasons = Object.values(skips).reduce((sum, { count }) => sum + count, 0);
    expect([path, reasons]).toEqual([path, skipped]);
  }
  return new Map(files.map((file) => [file.path, file]));
}

const account = (ran: Ran, path: string): Account => {
  const found = accounts(ran).get(path);
  if (found === undefined) throw new Error(`no account of ${path} in ${ran.stdout}`);
  return found;
};

/** Nothing of ours may stay in the temporary folder. */
const leftovers = (temporary: string): string[] =>
  readdirSync(temporary).filter((name) => name.startsWith('ir-'));

describe('paths that cannot be read', () => {
  it.each<[string, (name: string) => void, RegExp]>([
    ['a missing file', () => undefined, /no such file/],
    ['a named pipe', (name) => execFileSync('mkfifo', [at(name)]), /named pipe/],
    ['a device', (name) => symlinkSync('/dev/zero', at(name)), /device/],
    ['a broken link', (name) => symlinkSync('nowhere', at(name)), /no such file/],
    ['a link to itself', (name) => symlinkSync(name, at(name)), /loop/],
  ])('%s: reported, exit 4, the others are read', async (_, make, reason) => {
    make('bad');
    put('auth.log', guesses(LOGINS));
    const ran = await timeline(['bad', 'auth.log']);
    expect(account(ran, 'bad')).toMatchObject({ lines: 0, problem: expect.stringMatching(reason) });
    expect(account(ran, 'auth.log').parsed).toBe(LOGINS);
    expect(ran.exit).toBe(4);
  });

  it.runIf(isRoot)('a file and a folder without permission, as root', async () => {
    put('secret.log', guesses(1));
    chmodSync(at('secret.log'), 0o000);
    mkdirSync(at('closed'), { mode: 0o700 });
    put('auth.log', guesses(LOGINS));
    const ran = await timeline(['.'], { uid: NOBODY });
    for (const path of ['secret.log', 'closed']) {
      expect(account(ran, path).problem).toBe('permission denied');
    }
    expect(account(ran, 'auth.log').parsed).toBe(LOGINS);
    expect(ran.exit).toBe(4);
  });

  it('a folder that leads back to itself', async () => {
    mkdirSync(at('logs/deep'), { recursive: true });
    symlinkSync('..', at('logs/deep/up'));
    put('logs/auth.log', guesses(LOGINS));
    const ran = await timeline(['logs']);
    expect(account(ran, 'logs/deep/up').problem).toMatch(/loop/);
    expect(account(ran, 'logs/auth.log').parsed).toBe(LOGINS);
    expect(ran.exit).toBe(0);
  });

  it('a pipe inside a folder does not hold the run up', async () => {
    mkdirSync(at('logs'));
    execFileSync('mkfifo', [at('logs/pipe')]);
    put('logs/auth.log', guesses(LOGINS));
    const ran = await timeline(['logs']);
    expect(account(ran, 'logs/pipe').problem).toMatch(/named pipe/);
    expect(ran.exit).toBe(0);
  });
});

describe('content that is no log', () => {
  const KINDS: [string, Buffer, RegExp][] = [
    ['7z', Buffer.from('7z\xbc\xaf\x27\x1crest', 'latin1'), /7z/],
    ['elf', Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), /binary/],
    [
      'bytes',
      Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 167) % 256)),
      /binary/,
    ],
    ['nuls', Buffer.alloc(200_000), /NUL/],
  ];
  it.each(KINDS)('%s: named, exit 4', async (name, content, reason) => {
    put(name, content);
    const ran = await timeline([name]);
    expect(account(ran, name)).toMatchObject({ lines: 0, problem: expect.stringMatching(reason) });
    expect(ran.exit).toBe(4);
  });

  it('in a folder it is a remark, not a failure', async () => {
    mkdirSync(at('logs'));
    for (const [name, content] of KINDS) put(join('logs', name), content);
    put('logs/auth.log', guesses(LOGINS));
    const ran = await timeline(['logs']);
    for (const [name, , reason] of KINDS) {
      expect(account(ran, `logs/${name}`).problem).toMatch(reason);
    }
    expect(account(ran, 'logs/auth.log').parsed).toBe(LOGINS);
    expect(ran.exit).toBe(0);
  });

  it('the beginning of an event log is said to be one', async () => {
    put('a.evtx', Buffer.from('ElfFile\0rest', 'latin1'));
    const ran = await timeline(['a.evtx']);
    const problem = expect.stringMatching(/checksum of the file header is wrong/);
    expect(account(ran, 'a.evtx')).toMatchObject({ format: 'windows-event', lines: 0, problem });
    expect(ran.exit).toBe(4);
  });

  it('text in UTF-16 is read, with and without a mark', async () => {
    const text = guesses(LOGINS);
    put('a.log', Buffer.from(`\ufeff${text}`, 'utf16le'));
    put('b.log', Buffer.from(`\ufeff${text}x`, 'utf16le').swap16());
    put('c.json', Buffer.from('{"time":"2026-11-24T10:00:00Z","level":"info"}\n', 'utf16le'));
    const ran = await timeline(['a.log', 'b.log', 'c.json']);
    expect(account(ran, 'a.log').parsed).toBe(LOGINS);
    expect(account(ran, 'b.log').parsed).toBe(LOGINS);
    expect(account(ran, 'c.json')).toMatchObject({ format: 'json-lines', parsed: 1 });
    expect(ran.exit).toBe(0);
  });

  it('what a crash left between lines, and lines that end with a carriage return alone', async () => {
    const text = guesses(LOGINS);
    const middle = text.indexOf('\n', text.length / 2) + 1;
    const nuls = '\0'.repeat(Math.max(4096, text.length));
    put('crash.log', `${text.slice(0, middle)}${nuls}${text.slice(middle)}`);
    put('mac.log', text.replaceAll('\n', '\r'));
    const ran = await timeline(['crash.log', 'mac.log']);
    for (const name of ['crash.log', 'mac.log'])
      expect(account(ran, name)).toMatchObject({ lines: LOGINS, parsed: LOGINS });
    expect(account(ran, 'crash.log')).toMatchObject({ nul_bytes: nuls.length });
    expect(account(ran, 'mac.log')).not.toHaveProperty('nul_bytes');
    expect(ran.exit).toBe(0);
    const { stdout } = await runIr(['timeline', 'crash.log'], { cwd: folder });
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      `${nuls.length} NUL bytes in front of lines, as a crash leaves them, were passed over`,
    );
  });

  it('an empty file is empty, not wrong', async () => {
    put('empty.log', '');
    put('empty.log.gz', gzipSync(''));
    const ran = await timeline(['empty.log', 'empty.log.gz']);
    for (const name of ['empty.log', 'empty.log.gz']) expect(account(ran, name).lines).toBe(0);
    expect(ran.exit).toBe(0);
    const text = await runIr(['timeline', 'empty.log'], { cwd: folder });
    expect(text.stdout).toMatch(/empty\.log: empty/);
  });
});

describe('gzip', () => {
  it('cut off: what was before the cut is read', async () => {
    const whole = gzipSync(guesses(4000));
    put('auth.log.gz', whole.subarray(0, whole.length >> 1));
    const ran = await timeline(['auth.log.gz']);
    const { parsed, problem } = account(ran, 'auth.log.gz');
    expect(problem).toMatch(/truncated/);
    expect(parsed).toBeGreaterThan(1000);
    expect(ran.exit).toBe(4);
  });

  it('with a damaged checksum: all of it is read and said to be damaged', async () => {
    const whole = gzipSync(guesses(400));
    whole[whole.length - 6] = (whole[whole.length - 6] as number) ^ 0xff;
    put('auth.log.gz', whole);
    const ran = await timeline(['auth.log.gz']);
    const { parsed, problem } = account(ran, 'auth.log.gz');
    expect(problem).toMatch(/damaged/);
    expect(parsed).toBe(400);
    expect(ran.exit).toBe(4);
  });

  it('of several members, and under another name', async () => {
    put('auth.log.old', Buffer.concat([gzipSync(guesses(10)), gzipSync(guesses(10, 7, 10))]));
    const ran = await timeline(['auth.log.old']);
    expect(account(ran, 'auth.log.old')).toMatchObject({ parsed: 20, lines: 20 });
    expect(ran.exit).toBe(0);
  });

  it('that is a decompression bomb: stopped, said, the temporary copy gone', async () => {
    mkdirSync(at('tmp'));
    const block = gzipSync(Buffer.alloc(16 * MIB, 'a'), { level: 9 });
    put('bomb.gz', Buffer.concat(Array.from({ length: 40 }, () => block)));
    put('auth.log', guesses(LOGINS));
    const ran = await timeline(['bomb.gz', 'auth.log'], { env: { TMPDIR: at('tmp') } });
    expect(account(ran, 'bomb.gz').problem).toMatch(/bomb/);
    expect(account(ran, 'auth.log').parsed).toBe(LOGINS);
    expect(ran.exit).toBe(4);
    expect(leftovers(at('tmp'))).toEqual([]);
  }, 60_000);
});

describe('odd bytes in a log', () => {
  const lines = guesses(LOGINS).split('\n').slice(0, -1);
  const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
  const ODD: [string, Buffer, Partial<Account>][] = [
    [
      'a byte order mark',
      Buffer.from(`\ufeff${guesses(LOGINS)}`),
      { parsed: LOGINS, lines: LOGINS },
    ],
    ['CRLF', bytes(guesses(LOGINS).replaceAll('\n', '\r\n')), { parsed: LOGINS, lines: LOGINS }],
    ['no last line ending', bytes(lines.join('\n')), { parsed: LOGINS, lines: LOGINS }],
    [
      'a block of NULs at the start, as a crash leaves it',
      Buffer.concat([Buffer.alloc(4096), bytes(guesses(LOGINS))]),
      { parsed: LOGINS, lines: LOGINS },
    ],
    [
      'a longer block of NULs than the first look',
      Buffer.concat([Buffer.alloc(300_000), bytes(guesses(LOGINS))]),
      { parsed: LOGINS, lines: LOGINS },
    ],
    [
      'NULs inside lines',
      bytes(guesses(LOGINS).replaceAll('Failed', '\0Failed\0')),
      { lines: LOGINS },
    ],
    [
      'invalid UTF-8',
      bytes(guesses(LOGINS).replaceAll('root', 'r\xff\xc3\xfe')),
      { parsed: LOGINS, lines: LOGINS },
    ],
    [
      'terminal escapes',
      bytes(guesses(LOGINS).replaceAll('root', '\x1b]0;owned\x07\x1b[2J\x9b31m')),
      { lines: LOGINS },
    ],
    [
      'JSON nested a million deep',
      bytes(
        `${'['.repeat(500_000)}\n{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}\n${'{"a":'.repeat(180_000)}1${'}'.repeat(180_000)}\n${guesses(LOGINS)}`,
      ),
      { lines: LOGINS + 3 },
    ],
  ];

  it('is read, and what is printed of it is harmless', async () => {
    const names = ODD.map((_, index) => `${index}.log`);
    for (const [index, [, content]] of ODD.entries()) put(names[index] as string, content);
    const ran = await timeline([...names, '--level', 'low']);
    expect(ran.exit).toBe(0);
    const found = accounts(ran);
    const all = await runIr(['timeline', '--all', '--format', 'jsonl', ...names], { cwd: folder });
    const events = all.stdout.trimEnd().split('\n');
    const paths = events.map(
      (line) => (JSON.parse(line) as { log: { file: { path: string } } }).log.file.path,
    );
    for (const [index, [name, , expected]] of ODD.entries()) {
      const path = names[index] as string;
      const { parsed, problem } = found.get(path) as Account;
      expect(found.get(path), name).toMatchObject(expected);
      expect(problem, name).toBeUndefined();
      expect(parsed, name).toBeGreaterThanOrEqual(LOGINS);
      expect(paths.filter((each) => each === path).length, name).toBe(parsed);
    }
    const text = await runIr(['timeline', '--all', ...names], { cwd: folder });
    expect(text.stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    expect(text.stdout.split('\n').length).toBeGreaterThan(LOGINS * ODD.length);
  });

  it('access lines after a block of NULs keep their client', async () => {
    put('access.log', Buffer.concat([Buffer.alloc(70_000), bytes(requests(5))]));
    const ran = await timeline(['access.log']);
    expect(account(ran, 'access.log')).toMatchObject({ parsed: 5, lines: 5, format: 'access' });
    const { top } = JSON.parse(ran.stdout) as { top: { by_requests: unknown } };
    expect(top.by_requests).toEqual([{ value: '203.0.113.9', count: 5 }]);
  });

  it.each(['0', '2'])(
    'a line of 50 MB between others, %s workers',
    async (workers) => {
      const descriptor = openSync(at('auth.log'), 'w');
      writeSync(descriptor, guesses(3));
      for (let part = 0; part < 50; part += 1) writeSync(descriptor, Buffer.alloc(MIB, 'x'));
      writeSync(descriptor, `\n${guesses(3, 7, 3)}`);
      closeSync(descriptor);
      const ran = await timeline(['auth.log', '--workers', workers]);
      const found = account(ran, 'auth.log');
      expect(found).toMatchObject({ lines: 7, parsed: 6, skipped: 1 });
      expect(found.skips['longer than 1 MiB']).toMatchObject({ count: 1, first_line: 4 });
      expect(ran.exit).toBe(0);
      const strict = await timeline(['auth.log', '--strict']);
      expect(strict.exit).toBe(4);
    },
    60_000,
  );
});

describe('many inputs', () => {
  it('1,500 small files', async () => {
    mkdirSync(at('logs'));
    for (let index = 0; index < 1500; index += 1) {
      put(`logs/${index}.log`, guesses(1, index % 250, index));
    }
    const ran = await timeline(['logs']);
    const found = accounts(ran);
    expect(found.size).toBe(1500);
    expect([...found.values()].every(({ parsed, lines }) => parsed === 1 && lines === 1)).toBe(
      true,
    );
    expect(ran.exit).toBe(0);
  }, 60_000);

  it.each(['0', '1', '3'])(
    'access logs that need a second reading, %s workers',
    async (workers) => {
      for (const name of ['a', 'b', 'c', 'd']) put(`${name}.log`, requests(10_000));
      const ran = await timeline(['a.log', 'b.log', 'c.log', 'd.log', '--workers', workers]);
      expect([...accounts(ran).values()].map(({ parsed }) => parsed)).toEqual(
        Array(4).fill(10_000),
      );
      expect(ran.exit).toBe(0);
    },
    60_000,
  );
});

describe('archives', () => {
  it('findings cite the member, with the checksum of the member and the line in it', async () => {
    mkdirSync(at('logs'));
    put('logs/auth.log', `${guesses(1, 9)}${guesses(90)}`);
    execFileSync('tar', ['-czf', 'x.tgz', 'logs'], { cwd: folder });
    const sha256 = createHash('sha256')
      .update(readFileSync(at('logs/auth.log')))
      .digest('hex');
    rmSync(at('logs'), { recursive: true });
    const ran = await timeline(['x.tgz', '--level', 'low']);
    expect(account(ran, 'x.tgz!/logs/auth.log')).toMatchObject({ parsed: 91, sha256 });
    const { findings } = JSON.parse(ran.stdout) as {
      findings: { ir: { evidence: Record<string, unknown>[] } }[];
    };
    expect(findings[0]?.ir.evidence[0]).toMatchObject({
      ...{ file: 'x.tgz!/logs/auth.log', sha256, line: 2, offset: guesses(1, 9).length },
      raw: guesses(1).trim(),
    });
    expect(ran.exit).toBe(0);
  });

  it.each([
    ['missing', undefined, /no such file/],
    ['empty', '\n\n', /holds no password/],
  ])('a password file that is %s is refused', async (name, content, reason) => {
    if (content !== undefined) put(name, content);
    put('auth.log', guesses(LOGINS));
    const ran = await timeline(['auth.log', '--password-file', name]);
    expect(ran.stderr).toMatch(reason);
    expect(ran.exit).toBe(2);
  });
});

describe('room and interruption', () => {
  it.runIf(isRoot && canMount())('no room for the decompressed copy, as root', async () => {
    mkdirSync(at('tiny'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', at('tiny')]);
    try {
      put('auth.log.gz', gzipSync(guesses(30_000)));
      put('auth.log', guesses(LOGINS));
      const ran = await timeline(['auth.log.gz', 'auth.log'], { env: { TMPDIR: at('tiny') } });
      const { problem, lines } = account(ran, 'auth.log.gz');
      expect(problem).toMatch(/no space left/);
      expect(lines).toBeGreaterThan(1000);
      expect(account(ran, 'auth.log').parsed).toBe(LOGINS);
      expect(ran.exit).toBe(4);
      expect(leftovers(at('tiny'))).toEqual([]);
    } finally {
      execFileSync('umount', [at('tiny')]);
    }
  });

  it.runIf(isRoot && canMount())('no room for what an archive says it holds, as root', async () => {
    mkdirSync(at('tiny'));
    mkdirSync(at('logs'));
    put('logs/a.log', requests(40_000));
    for (const name of ['b', 'c']) put(`logs/${name}.log`, requests(40, 8));
    execFileSync('zip', ['-qr', 'logs.zip', 'logs'], { cwd: folder });
    execFileSync('tar', ['-cf', 'logs.tar', 'logs'], { cwd: folder });
    put('auth.log', guesses(LOGINS));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', at('tiny')]);
    try {
      for (const name of ['logs.zip', 'logs.tar']) {
        const ran = await timeline([name, 'auth.log'], { env: { TMPDIR: at('tiny') } });
        expect(account(ran, name).problem).toMatch(
          /^no room to unpack it: \d+ bytes needed, \d+ free in .*; let TMPDIR name a folder/,
        );
        expect([...accounts(ran).keys()]).toEqual(['auth.log', name]);
        expect(account(ran, 'auth.log').parsed).toBe(LOGINS);
        expect(ran.exit).toBe(4);
        expect(ran.stderr.trim().split('\n')).toHaveLength(1);
        expect(leftovers(at('tiny'))).toEqual([]);
      }
    } finally {
      execFileSync('umount', [at('tiny')]);
    }
  });

  it('a temporary folder that is not there', async () => {
    put('auth.log.gz', gzipSync(guesses(LOGINS)));
    const ran = await timeline(['auth.log.gz'], { env: { TMPDIR: at('nowhere') } });
    expect(account(ran, 'auth.log.gz').problem).toMatch(/temporary/);
    expect(ran.exit).toBe(4);
  });

  /** States of a run that cannot be over: standard input, read last, is held open. */
  interface State {
    args: string[];
    isReached(): boolean;
  }
  const spooled = (): string[] => {
    const copies = leftovers(at('tmp')).map((name) => join(at('tmp'), name));
    return copies.flatMap((copy) => readdirSync(copy).map((name) => join(copy, name)));
  };
  const sizes = (): number[] => spooled().map((path) => statSync(path).size);

  it.each<[string, State]>([
    [
      'as soon as there is a folder for copies',
      { args: ['a.log.gz', 'b.log.gz', '-'], isReached: () => leftovers(at('tmp')).length > 0 },
    ],
    [
      'once a file is being decompressed',
      { args: ['a.log.gz', 'b.log.gz', '-'], isReached: () => sizes().some((size) => size > 0) },
    ],
    [
      'once more than one file is there',
      { args: ['a.log.gz', 'b.log.gz', '-'], isReached: () => sizes().length > 1 },
    ],
    [
      'while standard input says nothing',
      { args: ['-'], isReached: () => sizes().some((size) => size > 0) },
    ],
  ])('SIGINT %s: exit 130, nothing left behind', async (_, { args, isReached }) => {
    mkdirSync(at('tmp'));
    for (const name of ['a', 'b']) put(`${name}.log.gz`, gzipSync(guesses(60_000), { level: 1 }));
    const child = spawn(process.execPath, [BIN, 'timeline', ...args], {
      cwd: folder,
      env: cleanEnv({ TMPDIR: at('tmp') }),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdout.resume();
    child.stdin.write(guesses(3));
    const ended = new Promise<number | null>((done) => child.on('close', done));
    while (!isReached()) {
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${stderr}`);
      await new Promise((wait) => setImmediate(wait));
    }
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(stderr).toBe('');
    expect(leftovers(at('tmp'))).toEqual([]);
  });

  it('SIGINT ends a command that has nothing to tidy up at once, also while it reads', async () => {
    const env = cleanEnv({ IR_STORE: at('store') });
    const opened = spawnSync(process.execPath, [BIN, 'open', 'x', '--no-input'], { env });
    expect(opened.status).toBe(0);
    const child = spawn(process.execPath, [BIN, 'note', '-'], { env, stdio: 'pipe' });
    const ended = new Promise((done) => {
      child.on('close', (code, signal) => done([code, signal]));
    });
    // More than a pipe holds: once all is taken, the command reads, and waits for the end.
    child.stdin.on('error', () => undefined);
    await new Promise((taken) => child.stdin.write('x'.repeat(300_000), taken));
    child.kill('SIGINT');
    expect(await ended).toEqual([null, 'SIGINT']);
  });

  it('a reader that goes away ends the run quietly', () => {
    put('auth.log', guesses(20_000));
    const command = `set -o pipefail; "${process.execPath}" "${BIN}" timeline --all auth.log | head -1`;
    const ran = spawnSync('bash', ['-c', command], {
      cwd: folder,
      env: cleanEnv(),
      encoding: 'utf8',
    });
    expect([ran.status, ran.stderr, ran.stdout.split('\n').length]).toEqual([0, '', 2]);
  });
});

describe('stamps without a year', () => {
  const MONTHS = ['Nov', 'Dec', 'Jan', 'Feb'];
  /** Four months over new year, more lines than one piece holds. */
  const yearless = (perDay: number): string => {
    const lines: string[] = [];
    for (const month of MONTHS) {
      for (let day = 1; day <= 28; day += 1) {
        for (let index = 0; index < perDay; index += 1) {
          const clock = new Date(index * 1000).toISOString().slice(11, 19);
          lines.push(
            `${month} ${String(day).padStart(2)} ${clock} web01 sshd[1]: Failed password for root from 198.51.100.7 port 40000 ssh2`,
          );
        }
      }
    }
    return `${lines.join('\n')}\n`;
  };
  const expected = {
    first: '2025-11-01T00:00:00.000Z',
    last: expect.stringMatching(/^2026-02-28/),
  };
  const march = new Date('2026-03-01T00:00:00Z');
  const january = new Date('2020-01-01T00:00:00Z');

  it.each<[string, string, number, Date, string[]]>([
    ['by file date', 'auth.log', 2, march, []],
    ['by file date, compressed', 'auth.log.gz', 2, march, []],
    ['by the date in the name', 'auth.log-20260301', 2, january, []],
    ['by the date in the name of a compressed file', 'auth.log-2026-03-01.gz', 2, january, []],
    ['by --reference-time', 'auth.log', 2, january, ['--reference-time', '2026-03-01T00:00:00Z']],
    ['in many pieces', 'auth.log', 3000, march, ['--workers', '2']],
  ])(
    '%s',
    async (_, name, perDay, mtime, flags) => {
      const text = yearless(perDay);
      put(name, name.endsWith('.gz') ? gzipSync(text) : text);
      utimesSync(at(name), mtime, mtime);
      const ran = await timeline([name, ...flags]);
      expect(account(ran, name)).toMatchObject({ ...expected, parsed: 4 * 28 * perDay });
      if (perDay > 10) return;
      const all = await runIr(['timeline', '--all', '--format', 'jsonl', name, ...flags], {
        cwd: folder,
      });
      const years = all.stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as { '@timestamp': string })['@timestamp'].slice(0, 7));
      expect([...new Set(years)]).toEqual(['2025-11', '2025-12', '2026-01', '2026-02']);
    },
    60_000,
  );
});

/** Containers often may not. */
function canMount(): boolean {
  const probe = mkdtempSync(join(tmpdir(), 'ir-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe]).status === 0;
  if (mounted) spawnSync('umount', [probe]);
  rmSync(probe, { recursive: true, force: true });
  return mounted;
}
