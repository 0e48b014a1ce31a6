/** Archives: each member is read once, under a path of its own; what cannot be read is named, and nothing else is lost. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { isProblem, prepareFile, type UndatedFile } from '../../src/logs/prepare.ts';
import { withoutCopies } from '../../src/logs/same-content.ts';
import { createSpool } from '../../src/logs/spool.ts';
import { createTurns } from '../../src/logs/turns.ts';
import { memberPath } from '../../src/logs/unpack/contents.ts';
import { walk } from '../../src/logs/walk.ts';
import { isThere } from '../needs.ts';

let folder: string;
const spool = createSpool();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-archives-'));
});
afterEach(() => {
  spool.remove();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
function put(name: string, content: string | Buffer): void {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
}
const line = (source: number, count = 1): string =>
  `Nov 24 10:00:01 web1 sshd[7]: Failed password for root from 203.0.113.${source} port 4001 ssh2\n`.repeat(
    count,
  );
/** Runs a program in the folder. */
const run = (command: string): Buffer => {
  const [program = '', ...args] = command.split(' ');
  return execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
};
const has = (program: string): boolean =>
  isThere(program, spawnSync(program, ['--help'], { stdio: 'ignore' }).error === undefined);
const HAS_ZIP = has('zip');

/** What is read below the paths: the text by path, and why other things are not. */
async function read(
  paths: readonly string[],
  { passwords = [], excluded = [] }: { passwords?: string[]; excluded?: string[] } = {},
): Promise<{ texts: Record<string, string>; reasons: Record<string, string>; failed: string[] }> {
  const said = { zone: 'UTC', excluded };
  const { files, problems } = await walk(paths, folder, { said });
  const found = [];
  for (const file of files) {
    const options = { formats: FORMATS, spool, stdin: process.stdin, said, passwords };
    found.push(...(await prepareFile(file, options)));
  }
  const single = await withoutCopies(
    found.filter((one): one is UndatedFile => !isProblem(one)),
    createTurns(undefined),
  );
  const left = [...problems, ...found.filter(isProblem), ...single.problems];
  const reasons = left.map(({ path, reason }): [string, string] => [path, reason]);
  for (const { path, problem } of single.files)
    if (problem !== undefined) reasons.push([path, problem]);
  return {
    texts: Object.fromEntries(
      single.files.map(({ path, absolute }) => [path, readFileSync(absolute, 'utf8')]),
    ),
    reasons: Object.fromEntries(reasons),
    failed: left.filter(({ isFailure }) => isFailure).map(({ path }) => path),
  };
}

/** A folder of logs, rotated, with what is no log. */
function logs(): void {
  put('var/log/auth.log', line(1, 50));
  put('var/log/auth.log.1', line(2, 50));
  put('var/log/auth.log.2.gz', gzipSync(line(3, 50)));
  put('var/log/app/empty.log', '');
  put('var/log/bin', Buffer.from(Array.from({ length: 999 }, (_, n) => (n * 167) & 255)));
  symlinkSync('auth.log', at('var/log/link'));
}
const TEXTS = {
  '/var/log/auth.log': line(1, 50),
  '/var/log/auth.log.1': line(2, 50),
  '/var/log/auth.log.2.gz': line(3, 50),
  '/var/log/app/empty.log': '',
};
const under = <T>(archive: string, texts: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(texts).map(([path, text]) => [`${archive}!${path}`, text]));

describe('what the usual programs write', () => {
  it.each<[string, string]>([
    ['x', 'tar -cf x var'],
    ['x.tgz', 'tar --format=ustar -czf x.tgz ./var'],
    ['x.log', 'tar --format=pax -cJf x.log var/log'],
    ['x.bz2', 'tar --format=v7 -cjf x.bz2 var'],
    ['x.tar', 'tar --format=oldgnu -cf x.tar var'],
    ...(HAS_ZIP
      ? ([
          ['x.zip', 'zip -qry x.zip var'],
          ['x.jpg', 'zip -qr0y x.zip var --out x.jpg'],
        ] as [string, string][])
      : []),
  ])('%s by %s: every member once, the others named', async (name, command) => {
    logs();
    if (name === 'x.jpg') {
      run('zip -qr0y x.zip var');
      run('mv x.zip x.jpg');
    } else run(command);
    const { texts, reasons, failed } = await read([name]);
    expect(texts).toEqual(under(name, TEXTS));
    expect(reasons).toEqual({
      [`${name}!/var/log/bin`]: 'binary file',
      [`${name}!/var/log/link`]: expect.stringMatching(/^a symbolic link.*left out$/),
    });
    expect(failed).toEqual([]);
  });

  it('long names and times before 1970', async () => {
    const longest = `${'d'.repeat(90)}/${'e'.repeat(90)}/${'f'.repeat(160)}.log`;
    const split = `${'d'.repeat(90)}/${'e'.repeat(30)}/${'f'.repeat(60)}.log`;
    for (const name of [longest, split]) put(name, line(1));
    put('gr\xfc\xdf.log', line(2));
    utimesSync(at('gr\xfc\xdf.log'), -5, -5);
    for (const [format, long] of [
      ['gnu', longest],
      ['pax', longest],
      ['ustar', split],
    ] as const) {
      execFileSync('tar', [`--format=${format}`, '-cf', 'x.tar', long, 'gr\xfc\xdf.log'], {
        cwd: folder,
      });
      const { texts } = await read(['x.tar']);
      expect(texts).toEqual({ [`x.tar!/${long}`]: line(1), 'x.tar!/gr\xfc\xdf.log': line(2) });
    }
  });

  it('a sparse file, a device and hard links in a tar are named', async () => {
    put('a.log', line(1));
    put('sparse', '');
    truncateSync(at('sparse'), 1 << 20);
    run('ln a.log b.log');
    run('mkfifo pipe');
    run('tar -cSf x.tar a.log b.log pipe sparse');
    const { texts, reasons } = await read(['x.tar']);
    expect(texts).toEqual({ 'x.tar!/a.log': line(1) });
    expect(reasons).toEqual({
      'x.tar!/b.log': 'a further name of a.log, left out',
      'x.tar!/pipe': 'a named pipe, left out',
      'x.tar!/sparse': 'a sparse file of tar, left out',
    });
  });

  it.runIf(HAS_ZIP)('a zip file from a pipe, with sizes behind the members and zip64', async () => {
    put('a.log', line(1, 3000));
    put('b.log', line(2, 10));
    run('zip -q -fz wide.zip a.log b.log');
    expect(readFileSync(at('wide.zip')).includes(Buffer.from('PK\x06\x06'))).toBe(true);
    put('x.zip', execFileSync('sh', ['-c', 'zip -q - a.log b.log | cat'], { cwd: folder }));
    expect(Object.keys((await read(['wide.zip'])).texts)).toHaveLength(2);
    expect((await read(['x.zip'])).texts).toEqual({
      'x.zip!/a.log': line(1, 3000),
      'x.zip!/b.log': line(2, 10),
    });
  });
});

/** Written by 7-Zip with the password `geheim`: AES-256, packed, and AES-128, stored. */
const LOCKED = {
  'aes256.zip':
    'UEsDBDMAAQBjADghfl0AAAAAbwAAAFcAAAAFAAsAYS5sb2cBmQcAAgBBRQMIAD+VEEO97dBZ9Pek9LmRxyAfkebuOvtsDF4chi/GHAtyQxXZgF/dQp4W89TfAM+EJiMnnzQiqXgnD8ltBvBk3noEI/y7WfCRHakUbWnxwJh+xtQo6Lzc5HLnEEM0VgaZlsJv0OvFqi0euQZEKp+n1lBLAQI/AzMAAQBjADghfl0AAAAAbwAAAFcAAAAFAC8AAAAAAAAAIICkgQAAAABhLmxvZwoAIAAAAAAAAQAYAExspaKAgN0BAAAAAAAAAAAAAAAAAAAAAAGZBwACAEFFAwgAUEsFBgAAAAABAAEAYgAAAJ0AAAAAAA==',
  'aes128.zip':
    'UEsDBDMAAQBjADghfl0AAAAAawAAAFcAAAAFAAsAYS5sb2cBmQcAAgBBRQEAAJlDPh3XLNm3W/fULXY5gOdhfQWprZlU1yRVjC7bnK55D0s/OLKQabyx0MZgo2QuNelvnhK0zQ9eCSqnnDImjv4vbTPS3i+ItOgSzpi7IOyqxqOXOJQqOqRbjlo5Jvcx1WFTlp9Ri1Jr8ZQ7UEsBAj8DMwABAGMAOCF+XQAAAABrAAAAVwAAAAUALwAAAAAAAAAggKSBAAAAAGEubG9nCgAgAAAAAAABABgATGylooCA3QEAAAAAAAAAAAAAAAAAAAAAAZkHAAIAQUUBAABQSwUGAAAAAAEAAQBiAAAAmQAAAAAA',
};

describe('locked members', () => {
  it.each(Object.entries(LOCKED))('%s opens with its password only', async (name, base64) => {
    const content = Buffer.from(base64, 'base64');
    put(name, content);
    const path = `${name}!/a.log`;
    expect(await read([name])).toMatchObject({
      texts: {},
      reasons: { [path]: 'locked; give the password with --password-file' },
      failed: [path],
    });
    const wrong = await read([name], { passwords: ['Geheim', ''] });
    expect(wrong.reasons[path]).toBe('locked; no password of --password-file opens it');
    const { texts } = await read([name], { passwords: ['x', 'geheim', 'y'] });
    expect(texts).toEqual({ [path]: line(9) });
    content[80] = (content[80] as number) ^ 1;
    put(name, content);
    const damaged = await read([name], { passwords: ['geheim'] });
    expect(damaged.reasons[path]).toMatch(/^zip: (?:damaged|truncated)/);
  });

  it.runIf(HAS_ZIP)(
    'the old cipher, over many members and passwords, beside members that are open',
    async () => {
      const names = Array.from({ length: 40 }, (_, n) => `${n}.log`);
      for (const [n, name] of names.entries()) put(name, line(n, n + 1));
      execFileSync('zip', ['-q', '-P', 'secret', 'x.zip', ...names], { cwd: folder });
      put('open.log', line(77));
      run('zip -q x.zip open.log');
      const closed = await read(['x.zip']);
      expect(Object.keys(closed.texts)).toEqual(['x.zip!/open.log']);
      expect(closed.failed).toHaveLength(40);
      // Each wrong one looks right for one member in 256.
      const passwords = [...Array.from({ length: 60 }, (_, n) => `wrong${n}`), 'secret'];
      const { texts, reasons } = await read(['x.zip'], { passwords });
      expect(reasons).toEqual({});
      for (const [n, name] of names.entries()) expect(texts[`x.zip!/${name}`]).toBe(line(n, n + 1));
    },
  );
});

describe('nested', () => {
  it('archives in archives, with what is packed between them', async () => {
    logs();
    run('tar -czf inner.tar.gz var');
    run('tar -cf middle.tar inner.tar.gz');
    run('gzip middle.tar');
    run('tar -cf outer middle.tar.gz');
    const { texts } = await read(['outer']);
    expect(texts).toEqual(under('outer!/middle.tar.gz!/inner.tar.gz', TEXTS));
  });

  it.runIf(HAS_ZIP)('zip in tar in zip', async () => {
    put('a.log', line(1));
    run('zip -q a.zip a.log');
    run('tar -cJf b.tar.xz a.zip');
    run('zip -q c.zip b.tar.xz');
    expect((await read(['c.zip'])).texts).toEqual({ 'c.zip!/b.tar.xz!/a.zip!/a.log': line(1) });
    expect(readdirSync(tmpdir()).some((name) => name.includes('a.log'))).toBe(false);
  });

  it('not deeper than six', async () => {
    put('0.tar', line(1));
    for (let n = 0; n < 8; n += 1) run(`tar -cf ${n + 1}.tar ${n}.tar`);
    const { texts, reasons, failed } = await read(['8.tar']);
    expect(texts).toEqual({});
    expect(Object.values(reasons)).toEqual(['archives in archives more than 6 deep, not opened']);
    expect(failed).toHaveLength(1);
  });
});

describe('the same content', () => {
  it('is read once, unpacked where it lies so', async () => {
    put('logs/auth.log', line(1, 50));
    put('logs/auth.log.gz', gzipSync(line(1, 50)));
    put('logs/other.log', line(2, 50));
    run('tar -czf bundle-1.tgz logs');
    run('tar -cf bundle-2.tar bundle-1.tgz logs/other.log');
    const { texts, reasons, failed } = await read(['bundle-1.tgz', 'bundle-2.tar', 'logs']);
    expect(Object.values(texts).sort()).toEqual([line(1, 50), line(2, 50)]);
    expect(Object.keys(texts)).toEqual(['logs/auth.log', 'logs/other.log']);
    expect(Object.keys(reasons)).toHaveLength(8);
    expect(new Set(Object.values(reasons))).toEqual(
      new Set([
        'the same content as logs/auth.log: read there',
        'the same content as logs/other.log: read there',
      ]),
    );
    expect(failed).toEqual([]);
  });

  it('of two machines is read twice, and so are files that nobody packed', async () => {
    put('var/log/dpkg.log', line(1, 50));
    put('copy/dpkg.log', line(1, 50));
    run('tar -czf web-1.tgz var');
    run('cp web-1.tgz web-2.tgz');
    expect(Object.keys((await read(['web-1.tgz', 'web-2.tgz'])).texts)).toHaveLength(2);
    expect(Object.keys((await read(['var', 'copy'])).texts)).toHaveLength(2);
  });
});

describe('names', () => {
  it.each([
    ['../../etc/passwd', 'x!/\\x2e\\x2e/\\x2e\\x2e/etc/passwd'],
    ['/etc/passwd', 'x!/etc/passwd'],
    ['./a//b/./c', 'x!/a/b/c'],
    ['logs\\auth.log', 'x!/logs/auth.log'],
    ['logs/odd\\name', 'x!/logs/odd\\name'],
  ])('%s is shown as %s', (name, path) => expect(memberPath('x', name)).toBe(path));

  it('lead nowhere, and one that comes twice is told apart', async () => {
    put('sub/dir/a.log', line(1));
    execFileSync('tar', ['-cPf', 'x.tar', '../../sub/dir/a.log'], { cwd: at('sub/dir') });
    run('mv sub/dir/x.tar x.tar');
    put('sub/dir/a.log', line(3));
    execFileSync(
      'tar',
      [
        '-rPf',
        'x.tar',
        '--transform=s,.*,../../../../../../../../../../tmp/ir-evil.log,',
        'sub/dir/a.log',
      ],
      { cwd: folder },
    );
    put('sub/dir/a.log', line(2));
    execFileSync('tar', ['-rPf', '../../x.tar', '../../sub/dir/a.log'], { cwd: at('sub/dir') });
    const { texts } = await read(['x.tar']);
    const up = '\\x2e\\x2e';
    expect(texts).toEqual({
      [`x.tar!/${up}/${up}/sub/dir/a.log`]: line(1),
      [`x.tar!/${`${up}/`.repeat(10)}tmp/ir-evil.log`]: line(3),
      [`x.tar!/${up}/${up}/sub/dir/a.log#2`]: line(2),
    });
    expect(readdirSync('/tmp')).not.toContain('ir-evil.log');
  });

  it('decide what is left out, as those of files do', async () => {
    logs();
    put('.git/x.log', line(1));
    run('tar -cf x.tar var .git');
    const { texts, reasons } = await read(['x.tar'], { excluded: ['*.1', 'app', 'bin', 'link'] });
    expect(Object.keys(texts)).toEqual(
      expect.arrayContaining(['x.tar!/var/log/auth.log', 'x.tar!/var/log/auth.log.2.gz']),
    );
    expect(reasons['x.tar!/var/log/auth.log.1']).toBe('left out by --exclude *.1');
    expect(Object.keys(texts)).toHaveLength(2);
  });
});

describe('damage', () => {
  it('a tar that was cut: the members before it are read, the one that is cut in part', async () => {
    put('a.log', line(1, 50));
    put('b.log', line(2, 500));
    put('c.log', line(3, 50));
    run('tar -cf x.tar a.log b.log c.log');
    put('x.tar', readFileSync(at('x.tar')).subarray(0, 20_000));
    const { texts, reasons } = await read(['x.tar']);
    expect(texts['x.tar!/a.log']).toBe(line(1, 50));
    expect(line(2, 500).startsWith(texts['x.tar!/b.log'] ?? '-')).toBe(true);
    expect(reasons['x.tar!/b.log']).toBe('truncated, the part before the cut was read');
    expect(Object.keys(texts)).toHaveLength(2);
  });

  it('a tar with a damaged header: what follows is found', async () => {
    for (const n of [1, 2, 3]) put(`${n}.log`, line(n, 50));
    run('tar -cf x.tar 1.log 2.log 3.log');
    const bytes = readFileSync(at('x.tar'));
    bytes[bytes.indexOf('2.log') + 2] = 0x41;
    put('x.tar', bytes);
    const { texts, reasons, failed } = await read(['x.tar']);
    expect(texts).toEqual({ 'x.tar!/1.log': line(1, 50), 'x.tar!/3.log': line(3, 50) });
    expect(reasons).toEqual({ 'x.tar': 'tar: damaged (a header), what follows was looked for' });
    expect(failed).toEqual(['x.tar']);
  });

  it('a packed tar that was cut', async () => {
    for (const n of [1, 2, 3])
      put(
        `${n}.log`,
        Buffer.from(createHash('sha512').update(String(n)).digest('hex').repeat(1)).toString() +
          line(n, 50),
      );
    run('tar -czf x.tgz 1.log 2.log 3.log');
    const bytes = readFileSync(at('x.tgz'));
    put('x.tgz', bytes.subarray(0, bytes.length - 60));
    const { texts, reasons } = await read(['x.tgz']);
    expect(texts['x.tgz!/1.log']).toContain(line(1, 50));
    expect(reasons['x.tgz']).toBe('gzip: truncated, the part before the cut was read');
  });

  it.runIf(HAS_ZIP)(
    'a member of a zip file whose bytes are wrong: the others are read',
    async () => {
      for (const n of [1, 2, 3])
        put(`${n}.log`, line(n, 50) + createHash('sha512').update(String(n)).digest('hex'));
      run('zip -q x.zip 1.log 2.log 3.log');
      const bytes = readFileSync(at('x.zip'));
      const place = bytes.indexOf('2.log') + 60;
      bytes[place] = (bytes[place] as number) ^ 0x10;
      put('x.zip', bytes);
      const { texts, reasons } = await read(['x.zip']);
      expect(texts['x.zip!/1.log']).toBe(readFileSync(at('1.log'), 'utf8'));
      expect(texts['x.zip!/3.log']).toBe(readFileSync(at('3.log'), 'utf8'));
      expect(reasons['x.zip!/2.log']).toMatch(/^zip: damaged/);
    },
  );

  it.runIf(HAS_ZIP)('a zip file without its end: what has a header is read', async () => {
    for (const n of [1, 2, 3]) put(`${n}.log`, line(n, 50));
    run('zip -q x.zip 1.log 2.log');
    const whole = readFileSync(at('x.zip'));
    put('x.zip', whole.subarray(0, whole.indexOf('PK\x01\x02') + 20));
    const piped = execFileSync('sh', ['-c', 'zip -q - 1.log 2.log 3.log | cat'], { cwd: folder });
    put('y.zip', piped.subarray(0, piped.lastIndexOf('PK\x03\x04') + 60));
    const { texts, reasons } = await read(['x.zip', 'y.zip']);
    expect(texts['x.zip!/1.log']).toBe(line(1, 50));
    expect(texts['x.zip!/2.log']).toBe(line(2, 50));
    expect(reasons['y.zip!/1.log']).toMatch(/the same content/);
    expect(reasons['y.zip!/3.log']).toMatch(/^zip: (?:truncated|damaged)/);
    for (const name of ['x.zip', 'y.zip'])
      expect(reasons[name]).toMatch(/^zip: its directory is missing/);
  });

  it.each([
    ['nothing behind the magic', Buffer.from('PK\x03\x04')],
    [
      'noise',
      Buffer.concat([
        Buffer.from('PK\x03\x04'),
        Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * n * 7) & 255)),
      ]),
    ],
    ['an empty archive', Buffer.from('PK\x05\x06'.padEnd(22, '\0'), 'latin1')],
  ])('%s as zip: named, no crash', async (_, content) => {
    put('x.zip', content);
    const { texts, reasons } = await read(['x.zip']);
    expect(Object.keys(reasons).length).toBeGreaterThan(0);
    for (const text of Object.values(texts)) expect(text.length).toBeLessThan(6000);
  });
});

describe('bombs', () => {
  /** A zip file whose directory names the same packed bytes many times. */
  function overlapping(count: number): Buffer {
    put('zeros', Buffer.alloc(32 << 20));
    run('zip -q one.zip zeros');
    const one = readFileSync(at('one.zip'));
    const directoryAt = one.indexOf('PK\x01\x02');
    const endAt = one.indexOf('PK\x05\x06');
    const entry = one.subarray(directoryAt, endAt);
    const end = Buffer.from(one.subarray(endAt));
    end.writeUInt16LE(count, 8);
    end.writeUInt16LE(count, 10);
    end.writeUInt32LE(entry.length * count, 12);
    return Buffer.concat([one.subarray(0, directoryAt), ...Array<Buffer>(count).fill(entry), end]);
  }

  it.runIf(HAS_ZIP)(
    'members that share their bytes end where they grow too much in all',
    async () => {
      put('x.zip', overlapping(400));
      const { reasons, failed } = await read(['x.zip']);
      expect(reasons['x.zip']).toMatch(/^stopped after \d+ bytes in all.*bomb$/);
      expect(failed).toContain('x.zip');
      expect(Object.keys(reasons).length).toBeLessThan(20);
    },
  );
});
