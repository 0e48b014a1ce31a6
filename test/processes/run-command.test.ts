import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  minimalEnvironment,
  type RunRequest,
  runCommand,
} from '../../src/processes/run-command.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-run-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (argv: readonly string[], more: Partial<RunRequest> = {}) =>
  runCommand({
    argv,
    timeoutMs: 10_000,
    outputFolder: folder,
    environment: { PATH: process.env['PATH'], HOME: '/root', LD_PRELOAD: '/evil.so', SECRET: 'x' },
    signal: new AbortController().signal,
    ...more,
  });

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const script = (text: string): string[] => [process.execPath, '-e', text];

it('passes each argument as it is', async () => {
  const hostile = ['$(id)', '; rm -rf /', '`id`', '*', 'a\'b"c', 'x y', '\n', ''];
  const { exitCode, stdout } = await run(
    script('process.stdout.write(JSON.stringify(process.argv.slice(1)))').concat('--', ...hostile),
  );
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout.head)).toEqual(hostile);
});

it('keeps the whole output under its hash, readable for the owner only', async () => {
  const { stdout, stderr } = await run(
    script('process.stdout.write("x".repeat(300000)); process.stderr.write("problem")'),
  );
  expect(stdout).toMatchObject({
    bytes: 300_000,
    sha256: sha256('x'.repeat(300_000)),
    head: 'x'.repeat(4000),
  });
  expect(stderr).toMatchObject({ bytes: 7, sha256: sha256('problem'), head: 'problem' });
  expect(readFileSync(stdout.path as string).length).toBe(300_000);
  expect(statSync(stdout.path as string).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder).filter((name) => name.startsWith('.tmp'))).toEqual([]);
});

it('shows control characters as escapes and binary output as a remark', async () => {
  const escapes = await run(script('process.stdout.write("\\u001b]0;title\\u0007 \\u202eabc")'));
  expect(escapes.stdout.head).toBe('\\u{1b}]0;title\\u{7} \\u{202e}abc');
  const lines = await run(script('process.stderr.write("refused\\r\\nover\\rwritten\\r\\n")'));
  expect(lines.stderr.head).toBe('refused\nover\\u{d}written\n');
  const binary = await run(script('process.stdout.write(Buffer.from([1, 0, 2]))'));
  expect(binary.stdout).toMatchObject({
    head: '(binary, 3 bytes)',
    sha256: sha256(Buffer.from([1, 0, 2])),
  });
  const emoji = await run(script('process.stdout.write("a".repeat(3999) + "😀")'));
  // Throws on half a surrogate pair.
  expect(encodeURIComponent(emoji.stdout.head)).toBe('a'.repeat(3999));
});

it.each<[string, readonly string[], Partial<RunRequest>, object]>([
  ['an exit code', script('process.exit(3)'), {}, { exitCode: 3, failure: undefined }],
  [
    'a missing program',
    ['ir-no-such-program'],
    {},
    { exitCode: undefined, failure: expect.stringContaining('not installed') },
  ],
  [
    'a file that is no program',
    ['/etc/passwd'],
    {},
    { exitCode: undefined, failure: expect.stringContaining('cannot be executed') },
  ],
  [
    'a signal',
    script('process.kill(process.pid, "SIGKILL")'),
    {},
    { exitCode: undefined, failure: 'killed by SIGKILL' },
  ],
])('reports %s', async (_name, argv, more, expected) => {
  expect(await run(argv, more)).toMatchObject(expected);
});

it('ends a command with all that it started when the time is up', async () => {
  const started = Date.now();
  const child =
    'require("child_process").spawn("sleep", ["30"], { stdio: "inherit" }); setTimeout(() => {}, 30000)';
  const result = await run(script(child), { timeoutMs: 800 });
  expect(result).toMatchObject({ exitCode: undefined, failure: 'timed out after 0.8 s' });
  expect(Date.now() - started).toBeLessThan(25_000);
});

it('kills what ignores the polite signal', async () => {
  const stubborn = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)';
  const started = Date.now();
  const result = await run(script(stubborn), { timeoutMs: 800 });
  expect(result.failure).toBe('timed out after 0.8 s');
  expect(Date.now() - started).toBeLessThan(60_000);
});

it('ends on an abort', async () => {
  const controller = new AbortController();
  const folder = mkdtempSync(join(tmpdir(), 'ir-abort-'));
  const started = join(folder, 'started');
  const waiting = setInterval(() => {
    if (existsSync(started)) controller.abort();
  }, 10);
  const result = await run(['sh', '-c', 'touch "$0"; exec sleep 300', started], {
    signal: controller.signal,
    timeoutMs: 100_000,
  });
  clearInterval(waiting);
  rmSync(folder, { recursive: true, force: true });
  expect(result).toMatchObject({ exitCode: undefined, failure: 'interrupted' });
});

it('gives commands a small environment', async () => {
  const { stdout } = await run(['env']);
  const names = stdout.head
    .trim()
    .split('\n')
    .map((line) => line.split('=')[0]);
  expect(names.sort()).toEqual(['HOME', 'LC_ALL', 'PATH', 'TERM', 'TZ']);
  const from = { PATH: '.:relative:/opt/bin', AWS_PROFILE: 'p', USER: 'u' };
  expect(minimalEnvironment(from, 'aws')).toMatchObject({ AWS_PROFILE: 'p', USER: 'u' });
  expect(minimalEnvironment(from, 'nft')).not.toHaveProperty('AWS_PROFILE');
  expect(minimalEnvironment(from, 'nft')['PATH']).toMatch(/^\/opt\/bin:.*\/usr\/sbin/);
});
