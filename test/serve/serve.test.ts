/** Who is let in and what is answered, over real sockets; what the pages are made of, as data. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { html, markupOf } from '../../src/pages/html.ts';
import { panelSection } from '../../src/pages/live-panel.ts';
import { loadDashboards } from '../../src/serve/dashboard.ts';
import { bearerOf, cookieOf, refusalOf } from '../../src/serve/guard.ts';
import { followFindings } from '../../src/serve/live-findings.ts';
import { metricsText } from '../../src/serve/metrics.ts';
import { panelsOf } from '../../src/serve/panels.ts';
import { createRefusalLog } from '../../src/serve/refusal-log.ts';
import { type Serving, serve } from '../../src/serve/server.ts';
import { createSite } from '../../src/serve/site.ts';
import { HOSTILE } from '../pages/hostile-strings.ts';
import { ensureBuilt } from '../program.ts';
import { hostileKnown, liveFinding, shownIncident } from './known.ts';

const TOKEN = 'a-token-of-the-test-1234567890';
const dashboards = loadDashboards({ XDG_CONFIG_HOME: '/nowhere' });
const known = hostileKnown();
const said: string[] = [];
let serving: Serving;
let site: ReturnType<typeof createSite>;

beforeAll(async () => {
  ensureBuilt();
  site = createSite({
    ...{ dashboards, first: 'overview', known: () => known },
    finding: (id) => known.findings.find(({ finding }) => finding.id === id),
    incident: (key) => Promise.resolve(key === 'INC-2026-0001' ? shownIncident() : undefined),
  });
  serving = await serve({
    ...{ host: '127.0.0.1', port: 0, tls: undefined, token: TOKEN, patienceMs: 300 },
    isOwnName: (name) => name === 'ir.example',
    ...{ door: site.door, answer: site.answer },
    metrics: (clients, refused) => metricsText(known, clients, refused),
    say: (text) => said.push(text),
  });
});
afterAll(() => serving.close());

interface Got {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

const ask = (
  path: string,
  headers: Record<string, string> = {},
  { method = 'GET', body }: { method?: string; body?: string } = {},
): Promise<Got> =>
  new Promise((done, fail) => {
    const asked = request(
      { ...{ host: '127.0.0.1', port: serving.port, path, method, headers, agent: false } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.on('end', () =>
          done({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      },
    );
    asked.on('error', fail);
    asked.end(body);
  });

/** Sends bytes and gives what comes until the other side ends it. */
const raw = (text: string): Promise<string> =>
  new Promise((done) => {
    let got = '';
    const socket = connect(serving.port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (part) => (got += String(part)));
    socket.on('error', () => done(got));
    socket.on('close', () => done(got));
  });

async function cookie(): Promise<string> {
  const { headers } = await ask('/session', { authorization: `Bearer ${TOKEN}` });
  return String(headers['set-cookie']).split(';')[0]!;
}

describe('the door', () => {
  it('changes the token for a cookie that scripts and other sites do not get', async () => {
    const { status, headers } = await ask('/session', { authorization: `Bearer ${TOKEN}` });
    expect(status).toBe(204);
    expect(String(headers['set-cookie'])).toMatch(
      /^ir-serve-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(String(headers['set-cookie'])).not.toContain(TOKEN);
  });

  it('shows nothing of the case without a session', async () => {
    const { status, body } = await ask('/', { accept: 'text/html' });
    expect(status).toBe(200);
    expect(body).toContain('id="door"');
    expect(body).not.toContain('<div data-panel');
    const inside = await ask('/', { cookie: await cookie() });
    expect(inside.body).toContain('<div data-panel');
  });

  const own = (headers: Record<string, string>) => ({ ...headers, host: '127.0.0.1' });
  it.each<[string, number, string, Record<string, string>, { method?: string; body?: string }?]>([
    ['wrong token', 401, '/session', { authorization: 'Bearer wrong' }],
    ['no token', 401, '/metrics', {}],
    ['the cookie for the token', 401, '/metrics', { cookie: 'x=1' }],
    ['a wrong cookie', 401, '/live/dashboard/overview', { cookie: 'ir-serve-1=x' }],
    ['huge body', 413, '/', { 'content-length': '3000000' }, { body: 'x'.repeat(3_000_000) }],
    ['a form', 405, '/', {}, { method: 'POST', body: 'a=1' }],
    ['another method', 405, '/', {}, { method: 'DELETE' }],
    ['rebinding', 421, '/', { host: 'evil.example' }],
    ['rebinding with our port', 421, '/', { host: 'localhost.evil.example:8417' }],
    ['a name with a login', 421, '/', { host: 'localhost@evil.example' }],
    ['cross-origin', 403, '/session', own({ origin: 'https://evil.example' })],
    ['the origin of a sandbox', 403, '/', own({ origin: 'null' })],
    ['another port', 403, '/', own({ origin: 'http://127.0.0.1:1' })],
    [
      'an image of another site',
      403,
      '/',
      own({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }),
    ],
    ['a long address', 414, `/${'a'.repeat(3000)}`, {}],
  ])('refuses %s, in one line', async (_, status, path, headers, how) => {
    const before = said.length;
    // A body that is not read may end the connection before all of it was sent.
    const got = await ask(path, headers, how).catch(() => undefined);
    if (got !== undefined) expect(got.status).toBe(status);
    expect(said.slice(before)).toHaveLength(1);
    expect(said.at(-1)).toMatch(new RegExp(`^refused ${status} `));
    expect(said.at(-1)).not.toContain('\n');
  });

  it('refuses what comes too slowly, and headers without end', async () => {
    expect(await raw('GET / HTTP/1.1\r\nHost: localhost\r\n')).toMatch(/^HTTP\/1.1 408 /);
    expect(said.at(-1)).toContain('408');
    const huge = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(await raw(huge)).toMatch(/^HTTP\/1.1 431 /);
    expect(said.at(-1)).toContain('431');
    expect(await raw('GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n')).toBe(
      await raw('GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    );
    expect(said.at(-1)).toContain('no path');
  });

  it('maps no address to a file', async () => {
    const session = { cookie: await cookie() };
    for (const path of [
      ...[
        '/../../etc/passwd',
        '/dashboard/../../../etc/passwd',
        '/dashboard/..%2f..%2fetc%2fpasswd',
      ],
      ...[
        '/dashboard/%2e%2e',
        '/dashboard/overview.yml',
        '/package.json',
        '/.ir/ir.db',
        '//etc/passwd',
      ],
      ...['/dashboard/overview%00', '/finding/..', '/incident/INC-2026-0002', '/dashboard/none'],
    ]) {
      const { status, body } = await ask(path, session);
      expect([path, status, body]).toEqual([path, 404, 'there is no such page\n']);
    }
  });

  it('says in every answer what a browser may do with it', async () => {
    const { headers } = await ask('/', { cookie: await cookie() });
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['cache-control']).toBe('no-store');
    expect((await ask('/none')).headers['content-security-policy']).toContain("default-src 'none'");
  });
});

describe('what is served', () => {
  it('tells changes to who listens, and only what changed', async () => {
    const session = await cookie();
    const events: string[] = [];
    const heard = await new Promise<import('node:http').IncomingMessage>((done) =>
      request(
        {
          host: '127.0.0.1',
          port: serving.port,
          path: '/live/dashboard/overview',
          headers: { cookie: session },
        },
        done,
      ).end(),
    );
    heard.setEncoding('utf8');
    const until = (count: number) =>
      new Promise<void>((done) => {
        const look = (part: string): void => {
          events.push(...part.split('\n\n').filter((one) => one.startsWith('event: ')));
          if (events.length >= count) {
            heard.off('data', look);
            done();
          }
        };
        heard.on('data', look);
      });
    const panels = dashboards[0]!.panels.length;
    await until(panels);
    expect(events).toHaveLength(panels);
    known.counters = { ...known.counters!, rate: 4321 };
    const more = until(panels + 1);
    await site.tell();
    await more;
    expect(events).toHaveLength(panels + 1);
    expect(events.at(-1)).toContain('4,321');
    heard.destroy();
  });

  it('gives numbers to Prometheus, whatever a path is called', async () => {
    const { body } = await ask('/metrics', { authorization: `Bearer ${TOKEN}` });
    expect(body).toMatch(/^ir_watch_events_total \d+$/m);
    expect(body).toMatch(/^ir_findings_open\{level="critical"\} \d+$/m);
    for (const line of body.trimEnd().split('\n'))
      expect(line).toMatch(
        /^(?:# (?:HELP|TYPE) .+|[a-z_]+(?:\{(?:[a-z]+="(?:[^"\\]|\\["\\n])*",?)+\})? -?[\d.e+-]+)$/,
      );
  });

  it('makes no markup of any text', () => {
    const query = { range: '7d', entity: '' };
    const pages = dashboards.map((one) => panelsOf(one, query, known).map(panelSection));
    const text = markupOf(html`${pages}`);
    for (const one of HOSTILE.filter((hostile) => /<[a-z]/i.test(hostile)))
      expect(text).not.toContain(one);
    expect(text.match(/<(?:script|img|iframe|object|embed|style|link)/gi)).toBeNull();
  });

  it('filters by time and by value', () => {
    const [overview] = dashboards;
    const rows = (range: string, entity: string): number => {
      const panel = panelsOf(overview!, { range, entity }, known).find(
        ({ title }) => title === 'Findings',
      );
      return panel?.data.show === 'table' ? panel.data.rows.length + panel.data.more : -1;
    };
    expect(rows('7d', '')).toBe(known.findings.length);
    expect(rows('15m', '')).toBeLessThan(known.findings.length);
    expect(rows('7d', '203.0.113.9')).toBe(1);
    expect(rows('7d', 'nobody')).toBe(0);
  });
});

it('reads the findings of a watch on, half lines and a new file included', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ir-live-'));
  const path = join(folder, 'findings.jsonl');
  const line = (id: string): string => `${JSON.stringify(liveFinding(id, 'x', 0))}\n`;
  const live = followFindings(folder);
  expect(live.look()).toBe(false);
  writeFileSync(path, line('a'.repeat(16)) + line('b'.repeat(16)).slice(0, 40));
  expect(live.look()).toBe(true);
  expect(live.all().map(({ finding }) => finding.id[0])).toEqual(['a']);
  appendFileSync(path, line('b'.repeat(16)).slice(40));
  live.look();
  expect(live.all().map(({ finding }) => finding.id[0])).toEqual(['b', 'a']);
  expect(live.look()).toBe(false);
  rmSync(path);
  writeFileSync(path, line('c'.repeat(16)));
  live.look();
  expect(live.all().map(({ finding }) => finding.id[0])).toEqual(['c', 'b', 'a']);
  rmSync(folder, { recursive: true });
});

it('says no more refusals than can be read', () => {
  const lines: string[] = [];
  let ms = 0;
  const log = createRefusalLog(
    (text) => lines.push(text),
    () => ms,
  );
  for (let count = 0; count < 1000; count += 1) log('refused');
  ms = 10_000;
  log('refused');
  expect(lines).toHaveLength(22);
  expect(lines[20]).toBe('refused 980 more in ten seconds');
});

it('reads cookies and bearers as they stand', () => {
  expect(cookieOf({ cookie: 'a=1; ir-serve-1=x=y; b=2' }, 'ir-serve-1')).toBe('x=y');
  expect(cookieOf({ cookie: 'xir-serve-1=x' }, 'ir-serve-1')).toBeUndefined();
  expect(bearerOf({ authorization: 'Bearer abc' })).toBe('abc');
  expect(bearerOf({ authorization: 'Basic abc' })).toBeUndefined();
  const asked = (host: string) =>
    refusalOf(
      { method: 'GET', url: '/', headers: { host } },
      { isTls: true, isOwnName: (name) => name === 'ir.example' },
    );
  for (const host of ['127.0.0.1:1', '[::1]:1', 'LOCALHOST', 'ir.example:443'])
    expect(asked(host)).toBeUndefined();
  for (const host of ['evil', '', 'ir.example.evil', '[::1', 'a b'])
    expect(asked(host)?.status).toBe(421);
});

it('has the dashboards that ir serve names', () => {
  expect(dashboards.map(({ name }) => name)).toEqual(['overview', 'api', 'changes', 'logins']);
  expect(readFileSync('templates/dashboards/overview.yml', 'utf8')).toContain('standing');
});
