/** `ir mask` and `ir unmask` through the built program, and the streams behind them. */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deriveKey } from '../../src/masking/mask-key.ts';
import { maskStream } from '../../src/masking/mask-stream.ts';
import { createMasker } from '../../src/masking/masker.ts';
import { keyedNaming, redacting } from '../../src/masking/naming.ts';
import { runIr } from '../program.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-mask-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, content: string | Buffer): string => {
  writeFileSync(join(folder, name), content);
  return name;
};
const get = (name: string): Buffer => readFileSync(join(folder, name));
const ir = (...args: string[]) => runIr(args, { cwd: folder });

const SECRET = 'Tr0ub4dor&3';
const LINES = `{"user":"bob","password":"${SECRET}","card":4111111111111111}
Nov 24 10:00:01 web1 app[7]: mail to jane@example.org from 192.0.2.9
not UTF-8: \xe9 password=gr\xfc\xdfe end
`;

describe('ir mask', () => {
  it('gives back every byte with key and map, and says which of the two is missing', async () => {
    const original = Buffer.from(LINES, 'latin1');
    put('app.log', original);
    expect((await ir('mask', '--new-key', 'k')).exit).toBe(0);
    const args = ['--method', 'token', '--key-file', 'k', '--also', 'address,user'];
    expect((await ir('mask', 'app.log', ...args, '--output', 'm.log')).exit).toBe(0);
    const masked = get('m.log').toString('latin1');
    for (const one of [SECRET, '4111111111111111', 'jane@', '192.0.2.9', 'bob', 'gr\xfc\xdfe'])
      expect(masked).not.toContain(one);
    expect(JSON.parse(masked.split('\n')[0] ?? '')).toMatchObject({
      card: expect.stringMatching(/^tok-number-card-[a-z2-7]{16}$/),
    });
    expect(get('app.log')).toEqual(original);
    const [map = ''] = readdirSync(join(folder, '.ir/masks'));
    expect(get(`.ir/masks/${map}`).toString('latin1')).not.toContain(SECRET);

    await ir('unmask', 'm.log', '--key-file', 'k', '--output', 'u.log');
    expect(get('u.log')).toEqual(original);
    expect(await ir('unmask', 'm.log')).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('the key is missing'),
    });
    await ir('mask', '--new-key', 'k2');
    expect(await ir('unmask', 'm.log', '--key-file', 'k2')).toMatchObject({
      exit: 6,
      stdout: '',
      stderr: expect.stringContaining('this is another key'),
    });
    expect(await ir('unmask', 'm.log', '--key-file', 'k', '--store', 'elsewhere')).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('the map is missing'),
    });
  });

  it('opens archives: their members are masked copies in a folder of the name, and what was packed otherwise is plain', async () => {
    mkdirSync(join(folder, 'logs'));
    put('one.log', 'password=hunter2\n');
    put('two.log', 'mail jane@example.org\n');
    put('bin', Buffer.alloc(2000, '\x00\x01\x02\x03'));
    execFileSync('tar', ['czf', 'logs/all.tgz', 'one.log', 'two.log', 'bin'], { cwd: folder });
    execFileSync('zip', ['-q', 'logs/all.zip', 'one.log', 'logs/all.tgz'], { cwd: folder });
    put('logs/one.log.xz', execFileSync('xz', ['-c', 'one.log'], { cwd: folder }));
    const before = ['all.tgz', 'all.zip', 'one.log.xz'].map((name) => get(`logs/${name}`));
    const run = await ir('mask', 'logs', '--output', 'safe');
    expect(run).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('all.tgz!/bin: left out'),
    });
    for (const [name, content] of [
      ['all.tgz/one.log', 'password=masked-password\n'],
      ['all.tgz/two.log', 'mail masked-mail@masked.invalid\n'],
      ['all.zip/one.log', 'password=masked-password\n'],
      ['all.zip/logs/all.tgz/two.log', 'mail masked-mail@masked.invalid\n'],
      ['one.log', 'password=masked-password\n'],
    ] as const)
      expect(get(`safe/${name}`).toString()).toBe(content);
    expect(['all.tgz', 'all.zip', 'one.log.xz'].map((name) => get(`logs/${name}`))).toEqual(before);
    expect(await ir('mask', 'logs/all.tgz')).toMatchObject({
      exit: 2,
      stdout: '',
      stderr: expect.stringContaining('is an archive'),
    });
  });

  it('copies a folder, packs what was packed, leaves out what is no text, and never writes among the originals', async () => {
    mkdirSync(join(folder, 'logs/a'), { recursive: true });
    put('logs/one.log', 'password=hunter2\n');
    put('logs/a/two.log.gz', gzipSync('token: abcDEF012345\n'));
    put('logs/b.bin', Buffer.concat([Buffer.from('\x7fELF'), randomBytes(2000)]));
    const wide = Buffer.from('\ufeffpassword=hunter2\r\n', 'utf16le');
    put('logs/wide.log', wide);
    const before = createHash('sha256').update(get('logs/one.log')).digest('hex');
    const run = await ir('mask', 'logs', '--output', 'safe');
    expect(run).toMatchObject({ exit: 0, stdout: expect.stringContaining('logs/b.bin: left out') });
    expect(get('safe/one.log').toString()).toBe('password=masked-password\n');
    expect(gunzipSync(get('safe/a/two.log.gz')).toString()).toBe('token: masked-token\n');
    expect(get('safe/wide.log').toString('utf16le')).toBe('\ufeffpassword=masked-password\r\n');
    expect(createHash('sha256').update(get('logs/one.log')).digest('hex')).toBe(before);
    expect((await ir('mask', 'logs', '--output', 'logs/safe')).exit).toBe(6);
    expect((await ir('mask', 'logs/one.log', '--output', 'logs/one.log')).exit).toBe(6);
    expect((await ir('mask', 'logs', '--output', 'safe')).exit).toBe(6);
    expect((await ir('mask', 'logs/b.bin')).exit).toBe(4);
  });
});

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const through = async (text: string, size: number): Promise<string> => {
  const out: Buffer[] = [];
  for await (const one of maskStream(
    pieces(Buffer.from(text, 'latin1'), size),
    createMasker(redacting),
  ))
    out.push(Buffer.from(one));
  return Buffer.concat(out).toString('latin1');
};

describe('a stream', () => {
  const key = Array.from({ length: 20 }, () => randomBytes(48).toString('base64')).join(
    '\nweb1 app: ',
  );
  const block = `-----BEGIN RSA PRIVATE KEY-----\nweb1 app: ${key}\nweb1 app: -----END RSA PRIVATE KEY-----\n`;

  it.each([1 << 16, 1 << 20, 7_777_777])(
    'in pieces of %i bytes cuts no key and no value',
    async (size) => {
      const filler = 'web1 app: nothing to see here at all\n'.repeat(60);
      const text = Array.from(
        { length: 500 },
        () => `${filler}${block}x password=hunter2 y\n`,
      ).join('');
      const out = await through(text, size);
      expect(out.split('\n').length).toBe(text.split('\n').length);
      expect(out).not.toContain('hunter2');
      for (const line of key.split('\nweb1 app: ')) expect(out).not.toContain(line);
    },
  );

  it('takes a line of 50 MB', async () => {
    const out = await through(`${'a b=c '.repeat(8_500_000)}password=hunter2`, 1 << 20);
    expect(out.length).toBeGreaterThan(50_000_000);
    expect(out.endsWith('password=masked-password')).toBe(true);
  });

  it.each([
    'eyJ',
    'password=',
    'token=',
    'a@',
    '%41',
    '((0',
    '","password":"',
    '-----BEGIN PRIVATE KEY-----',
    ')values(',
    '://a:',
    'mysql -',
    '\\u0040',
    '"\\u0061":"',
    'password from a to ',
    '/reset/a1',
    '4111 ',
  ])('ends in linear time on %s over and over', (text) => {
    const masker = createMasker(redacting, ['address', 'user']);
    const spent = (size: number): number => {
      const before = process.cpuUsage();
      masker.text(text.repeat(size / text.length));
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    spent(5000);
    // Twenty times as much would take four hundred times as long, were it not linear.
    expect(spent(300_000)).toBeLessThan(20 * 8 * Math.max(20, spent(15_000)));
  });
});

describe('names', () => {
  // Slow on purpose: once.
  const key = deriveKey('0123456789abcdef');
  const naming = (keepsNetwork: boolean) =>
    keyedNaming('token', key, keepsNetwork, () => undefined);
  const named = (kind: string, value: string, keepsNetwork = false): string =>
    naming(keepsNetwork)(kind, value, 'utf8');

  it('are the same for the same value, and for no other', () => {
    expect(named('card', '4111111111111111')).toBe(named('card', '4111111111111111'));
    expect(named('card', '4111111111111111')).not.toBe(named('card', '4111111111111112'));
  });

  it('of addresses of one network are of one network on demand, each of its own', () => {
    const hosts = Array.from({ length: 256 }, (_, host) =>
      named('address', `198.51.100.${host}`, true),
    );
    expect(new Set(hosts).size).toBe(256);
    expect(new Set(hosts.map((name) => name.split('.').slice(0, 3).join('.'))).size).toBe(1);
    expect(named('address', '198.51.101.1', true).split('.').slice(0, 3)).not.toEqual(
      hosts[0]?.split('.').slice(0, 3),
    );
    expect(named('address', '2001:db8::1', true).slice(0, 19)).toBe(
      named('address', '2001:db8:0:0::2', true).slice(0, 19),
    );
  });
});
