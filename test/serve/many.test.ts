/** Over TLS, and with as many who listen as there may be. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadDashboards } from '../../src/serve/dashboard.ts';
import { metricsText } from '../../src/serve/metrics.ts';
import { type Serving, serve } from '../../src/serve/server.ts';
import { createSite, type Site } from '../../src/serve/site.ts';
import { isThere } from '../needs.ts';
import { ensureBuilt } from '../program.ts';
import { hostileKnown } from './known.ts';

const TOKEN = 'a-token-of-the-test-1234567890';
const hasOpenssl = ((): boolean => {
  try {
    return execFileSync('openssl', ['version']).length > 0;
  } catch {
    return false;
  }
})();
const known = hostileKnown();
const said: string[] = [];
let folder: string;
let site: Site;
let serving: Serving;

beforeAll(async () => {
  if (!hasOpenssl) return;
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir-tls-'));
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-days', '9000', '-subj', '/CN=ir.example', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')],
    ],
    { stdio: 'ignore' },
  );
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) =>
    readFileSync(join(folder, name), 'utf8'),
  );
  site = createSite({
    ...{ dashboards: loadDashboards({}), first: 'overview', known: () => known },
    ...{ finding: () => undefined, incident: () => Promise.resolve(undefined) },
  });
  serving = await serve({
    ...{ host: '127.0.0.1', port: 0, tls: { key: key!, cert: cert! }, token: TOKEN },
    ...{ door: site.door, answer: site.answer, isOwnName: () => false },
    metrics: (clients, refused) => metricsText(known, clients, refused),
    say: (text) => said.push(text),
  });
});
afterAll(async () => {
  await serving?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

const ask = (path: string, headers: Record<string, string>): Promise<IncomingMessage> =>
  new Promise((done, fail) => {
    const ca = readFileSync(join(folder, 'cert.pem'));
    const { port } = serving;
    request({ host: '127.0.0.1', port, path, headers, ca, agent: false }, done)
      .on('error', fail)
      .end();
  });
const textOf = async (message: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const part of message) text += String(part);
  return text;
};

it.runIf(isThere('openssl', hasOpenssl))(
  'serves over TLS to a hundred at once, all told of one change, and refuses the one too many',
  async () => {
    const entered = await ask('/session', { authorization: `Bearer ${TOKEN}` });
    const [cookie, ...rest] = String(entered.headers['set-cookie']).split('; ');
    expect(rest).toEqual(['Path=/', 'HttpOnly', 'SameSite=Strict', 'Secure']);
    const path = '/live/dashboard/overview?range=all';
    const streams: IncomingMessage[] = [];
    for (let count = 0; count < 100; count += 1) streams.push(await ask(path, { cookie: cookie! }));
    expect((await ask(path, { cookie: cookie! })).statusCode).toBe(503);
    expect(said.at(-1)).toContain('too many listen');
    const changed = streams.map(
      (stream) =>
        new Promise<void>((done) => {
          stream.setEncoding('utf8');
          stream.on('data', (part: string) => part.includes('7,654') && done());
        }),
    );
    known.counters = { ...known.counters!, rate: 7654 };
    await site.tell();
    await Promise.all(changed);
    const metrics = await ask('/metrics', { authorization: `Bearer ${TOKEN}` });
    expect(await textOf(metrics)).toContain('ir_serve_streams 100\n');
    expect((await ask('/metrics', {})).statusCode).toBe(401);
    expect((await ask('/metrics', { authorization: 'Bearer wrong' })).statusCode).toBe(401);
    for (const stream of streams) stream.destroy();
  },
);
