/** `ir watch --check`: what is right and what is not, over a real channel. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkWatch } from '../../src/commands/watch-check.ts';
import { testContext } from './test-context.ts';

it('tries paths, rules, triggers, the configuration and the channels of alerts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ir-check-'));
  const got: string[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => (text += String(part)));
    request.on('end', () => {
      got.push(text);
      response.end('ok');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const config = join(folder, 'config', 'ir');
  mkdirSync(join(config, 'alerts'), { recursive: true });
  writeFileSync(join(folder, 'auth.log'), '');
  const url = `http://127.0.0.1:${port}/`;
  writeFileSync(
    join(config, 'config.yml'),
    `channels:
  good: { type: webhook, url: "${url}", secret: { env: KEY }, on: [alert] }
  keyless: { type: webhook, url: "${url}", secret: { env: NONE }, on: [alert_escalated] }
  other: { type: webhook, url: "${url}", secret: { env: KEY }, on: [opened] }
`,
    { mode: 0o600 },
  );
  const context = testContext({
    cwd: folder,
    env: { XDG_CONFIG_HOME: join(folder, 'config'), KEY: 'a-secret-of-the-test' },
  });
  const shown = async (paths: string[]): Promise<Record<string, string>> => {
    const { result, exit } = await checkWatch(context, paths, {});
    return {
      exit: String(exit),
      ...Object.fromEntries(result.rows.map(([what, works]) => [String(what), String(works)])),
    };
  };
  const paths = ['auth.log', 'gone.log', 'syslog+tcp://127.0.0.1:5514', 'nothing://x'];
  expect(await shown(paths)).toEqual({
    ...{ exit: '3', 'auth.log': 'yes', 'gone.log': 'no', 'nothing://x': 'no' },
    ...{ 'syslog+tcp://127.0.0.1:5514': 'yes', rules: 'yes', 'triggers of alerts': 'yes' },
    ...{ 'channel good': 'yes', 'channel keyless': 'no' },
  });
  expect(got).toHaveLength(1);
  expect(got[0]).toContain('Nothing has happened');
  expect(got[0]).not.toContain('a-secret-of-the-test');
  writeFileSync(join(config, 'alerts', 'x.yml'), 'id: x\n');
  expect(await shown(['auth.log'])).toMatchObject({ exit: '3', 'triggers of alerts': 'no' });
  server.close();
  rmSync(folder, { recursive: true });
});
