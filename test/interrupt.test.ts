/** The first signal ends a run, wherever it stands. Each is sent at a state, none at a time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BIN, cleanEnv, ensureBuilt, runIr } from './program.ts';

let folder: string;
const lineAt = (second: number): string =>
  `${new Date(Date.UTC(2026, 2, 5) + second * 1000).toISOString()} web01 sshd[1]: Failed password for root from 198.51.100.7 port 40000 ssh2\n`;
const LINES = Array.from({ length: 5_000 }, (_, index) => lineAt(index)).join('');

beforeAll(() => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir-interrupt-'));
  writeFileSync(join(folder, 'auth.log'), LINES);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (...args: string[]) =>
  spawn(process.execPath, [BIN, ...args], {
    cwd: folder,
    env: cleanEnv(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });

it.each<[NodeJS.Signals, number, string[]]>([
  ['SIGINT', 130, ['--format', 'jsonl']],
  ['SIGTERM', 143, ['--json']],
  ['SIGINT', 130, []],
])('%s while nobody reads the result: exit %i (%j)', async (signal, exit, format) => {
  const child = start('timeline', 'auth.log', '--all', ...format);
  // The first bytes are seen, and no more of them are taken: the rest cannot be written.
  await once(child.stdout, 'readable');
  const ended = once(child, 'exit');
  child.kill(signal);
  expect((await ended)[0]).toBe(exit);
  child.stdout.destroy();
});

it('SIGINT while standard input is held open: exit 130, nothing printed', async () => {
  const child = spawn(process.execPath, [BIN, 'timeline', 'auth.log', '-'], {
    cwd: folder,
    env: cleanEnv(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  child.stdin.on('error', () => undefined);
  // More than a pipe holds has been taken: the run reads, and no end comes.
  await new Promise((taken) => child.stdin.write(LINES, taken));
  const ended = once(child, 'close');
  child.kill('SIGINT');
  expect([(await ended)[0], printed]).toEqual([130, '']);
  child.stdin.destroy();
});

it('SIGINT while a cluster holds its answer open: exit 130, the search is hung up on, and what was held for it given back', async () => {
  let hungUp: (() => void) | undefined;
  const isHungUp = new Promise<void>((done) => {
    hungUp = done;
  });
  let child: ReturnType<typeof start> | undefined;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    asked.push(`${request.method} ${path}`);
    if (path === '/_search') {
      response.once('close', () => hungUp?.());
      child?.kill('SIGINT');
    } else if (path === '/')
      response.end('{"version":{"number":"2.19.6","distribution":"opensearch"}}');
    else response.end('{"pit_id":"p1"}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  child = start('hunt', `opensearch+http://127.0.0.1:${port}/ir-logs`, '--rule', 'web_xss');
  const [exit] = await once(child, 'exit');
  await isHungUp;
  expect(exit).toBe(130);
  expect(asked.slice(-2)).toEqual(['POST /_search', 'DELETE /_search/point_in_time']);
  server.close();
});

it('says nothing of its own machinery with several hundred compressed files', async () => {
  mkdirSync(join(folder, 'many'));
  for (let index = 0; index < 300; index += 1) {
    writeFileSync(join(folder, 'many', `auth-${index}.log.gz`), gzipSync(lineAt(index)));
  }
  const { stderr, stdout, exit } = await runIr(['timeline', 'many', '--json'], { cwd: folder });
  expect(stderr).not.toContain('Warning');
  expect((JSON.parse(stdout) as { files: unknown[] }).files).toHaveLength(300);
  expect(exit).toBe(0);
  // With --debug Node's warnings are let through: there is none, either.
  const debug = await runIr(['timeline', 'many', '--json', '--debug'], { cwd: folder });
  expect(debug.stderr).not.toContain('MaxListenersExceeded');
});
