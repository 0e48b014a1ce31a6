/** What may be written through the pages: from whom it is taken, and what it does in a real store. Nothing of it runs an action. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIncident } from '../../src/commands/open-incident.ts';
import { readCases } from '../../src/commands/serve-case.ts';
import { writeAct } from '../../src/commands/serve-write.ts';
import { usageError } from '../../src/errors.ts';
import { STORE_JOURNAL } from '../../src/incidents/store-journal.ts';
import { type Act, readAct } from '../../src/serve/act.ts';
import { loadDashboards } from '../../src/serve/dashboard.ts';
import { type Serving, serve } from '../../src/serve/server.ts';
import { createSite } from '../../src/serve/site.ts';
import { openStore } from '../../src/store/open-store.ts';
import { type TestContext, testContext } from '../commands/test-context.ts';
import { ensureBuilt } from '../program.ts';
import { hostileKnown, shownIncident } from './known.ts';

describe('over the network', () => {
  const said: string[] = [];
  const acts: string[] = [];
  let serving: Serving;
  let cookie = '';
  let pass = '';
  beforeAll(async () => {
    ensureBuilt();
    const known = hostileKnown();
    const site = createSite({
      ...{ dashboards: loadDashboards({}), first: 'overview', known: () => known, canWrite: true },
      ...{ finding: () => undefined, incident: () => Promise.resolve(shownIncident()) },
    });
    serving = await serve({
      ...{ host: '127.0.0.1', port: 0, tls: undefined, token: 'a-token-of-the-test-1234567890' },
      ...{ door: site.door, answer: site.answer, metrics: () => '', isOwnName: () => false },
      ...{ say: (text) => said.push(text), patienceMs: 300 },
      act: (body) => {
        acts.push(body);
        return body.includes('refuse')
          ? Promise.reject(usageError('that is refused', 'Say another.'))
          : Promise.resolve('written');
      },
    });
    const entered = await ask('GET', '/session', {
      authorization: 'Bearer a-token-of-the-test-1234567890',
    });
    cookie = String(entered.headers['set-cookie']).split(';')[0]!;
    const page = await ask('GET', '/incident/INC-2026-0001', { cookie });
    pass = /data-pass="([\w-]{32})"/.exec(page.body)?.[1] ?? '';
    expect(page.body).toContain('data-act="note"');
  });
  afterAll(() => serving.close());

  interface Got {
    status: number;
    headers: Record<string, string | string[] | undefined>;
    body: string;
  }
  const ask = (
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<Got> =>
    new Promise((done, fail) => {
      const { port } = serving;
      const asked = request(
        { host: '127.0.0.1', port, path, method, headers, agent: false },
        (response) => {
          let text = '';
          response.on('data', (part) => (text += String(part)));
          response.on('end', () =>
            done({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
          );
        },
      );
      asked.on('error', fail);
      asked.end(body);
    });
  const ours = (): Record<string, string> => ({
    ...{ cookie, origin: `http://127.0.0.1:${serving.port}`, 'x-ir-pass': pass },
    'content-type': 'application/json',
  });

  it('takes what a page of ours sends, and says what is refused', async () => {
    expect(await ask('POST', '/act', ours(), '{"act":"note"}')).toMatchObject({
      ...{ status: 200, body: 'written\n' },
    });
    expect(await ask('POST', '/act', ours(), '"refuse"')).toMatchObject({
      ...{ status: 422, body: 'that is refused Say another.\n' },
    });
    expect(acts).toEqual(['{"act":"note"}', '"refuse"']);
  });

  it.each<[string, number, (headers: Record<string, string>) => Record<string, string>, string?]>([
    ['no cookie', 401, ({ cookie: _, ...rest }) => rest],
    ['no pass', 403, ({ 'x-ir-pass': _, ...rest }) => rest],
    ['another pass', 403, (rest) => ({ ...rest, 'x-ir-pass': 'a'.repeat(32) })],
    ['no origin', 403, ({ origin: _, ...rest }) => rest],
    ['another origin', 403, (rest) => ({ ...rest, origin: 'https://evil.example' })],
    ['a form of another site', 403, (rest) => ({ ...rest, 'sec-fetch-site': 'cross-site' })],
    ['the type of a form', 415, (rest) => ({ ...rest, 'content-type': 'text/plain' })],
    ['another name', 421, (rest) => ({ ...rest, host: 'evil.example' })],
    ['a huge body', 413, (rest) => rest, 'x'.repeat(20_000)],
    ['no length', 413, (rest) => ({ ...rest, 'transfer-encoding': 'chunked' })],
  ])('refuses %s, in one line', async (_, status, change, body = '{}') => {
    const [lines, taken] = [said.length, acts.length];
    const got = await ask('POST', '/act', change(ours()), body).catch(() => undefined);
    if (got !== undefined) expect(got.status).toBe(status);
    expect(said.slice(lines)).toHaveLength(1);
    expect(said.at(-1)).toMatch(new RegExp(`^refused ${status} `));
    expect(acts).toHaveLength(taken);
  });

  it('refuses other addresses, and a body that does not come', async () => {
    expect((await ask('POST', '/dashboard/overview', ours(), '{}')).status).toBe(405);
    const before = acts.length;
    const { port } = serving;
    const headers = { ...ours(), 'content-length': '10' };
    const slow = request({ host: '127.0.0.1', port, path: '/act', method: 'POST', headers });
    const over = new Promise((done) => {
      slow.on('error', done);
      slow.on('response', (response) => response.resume().on('end', done));
    });
    slow.write('{');
    await over;
    expect(acts).toHaveLength(before);
  });

  it('takes no more than sixty a minute', async () => {
    const statuses = new Set<number>();
    for (let count = 0; count < 61; count += 1)
      statuses.add((await ask('POST', '/act', ours(), '{}')).status);
    expect([...statuses]).toEqual([200, 429]);
  });
});

describe('in the store', () => {
  let folder: string;
  let context: TestContext;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ir-write-'));
    context = testContext({ cwd: folder, store: join(folder, '.ir') });
    await openIncident(context, { title: 'Guessed passwords', type: 'ssh-brute-force' } as never);
    const store = await openStore(join(folder, '.ir'), { create: false });
    const at = context.now().toISOString();
    await store.append(STORE_JOURNAL, [
      {
        ...{ type: 'alert_opened', at, actor: 'alex' },
        payload: {
          ...{ id: 'a'.repeat(32), key: 'k', trigger: 'rule-findings', watch: 'main', position: 1 },
          ...{ title: 'Guessing', level: 'high', state: 'firing', count: 1, counts: { x: 1 } },
          ...{ firstAt: at, lastAt: at, entities: { 'source.ip': ['198.51.100.1'] } },
          ...{ rules: ['r'], evidence: ['auth.log:1 x'], why: 'why', next: 'do' },
        },
      } as never,
    ]);
    await store.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('writes notes, answers, acknowledgements and silences, and shows them at once', async () => {
    const cases = readCases(context);
    const key = 'INC-2026-0001';
    const shown = await cases.incident(key);
    const step = shown?.checklist.find(({ asks }) => asks.length === 0)?.id ?? '';
    const [alert] = await cases.alerts();
    expect(alert).toMatchObject({ title: 'Guessing', isOpen: true });
    // Nothing was written since: nothing is read again.
    expect(await cases.incident(key)).toBe(shown);
    const write = (act: Act): Promise<string> => writeAct(context, act);
    await write({ act: 'note', incident: key, text: 'From the page' });
    await write({ act: 'note', incident: key, text: '-' });
    const skipped = { act: 'step', incident: key, step, answer: 'skip', text: 'known' } as const;
    expect(await write(skipped)).toBe(`${step}: skipped.`);
    expect(await write({ ...skipped, answer: 'back' })).toBe(`${step}: open again.`);
    expect(await write({ ...skipped, answer: 'done' })).toBe(`${step}: done.`);
    await expect(write(skipped)).rejects.toThrow('is done already');
    await expect(write({ ...skipped, step: 'none' })).rejects.toThrow('has no step');
    await write({ act: 'acknowledge', alert: alert!.number, reason: 'mine' });
    await expect(write({ act: 'acknowledge', alert: alert!.number, reason: '' })).rejects.toThrow(
      'taken on',
    );
    await write({ act: 'silence', entity: '198.51.100.1', for: '1h', reason: 'our scanner' });
    const after = await cases.incident(key);
    expect(after).not.toBe(shown);
    expect(after?.timeline.map(({ text }) => text).join('\n')).toMatch(/From the page/);
    expect(after?.checklist.find(({ id }) => id === step)).toMatchObject({ state: 'done' });
    expect((await cases.alerts())[0]).toMatchObject({ isOpen: false, state: 'firing, taken on' });
    await cases.close();
  });

  it.each([
    ['text', 'no JSON'],
    ['{"act":"run","incident":"INC-2026-0001","step":"a"}', 'act'],
    ['{"act":"step","incident":"INC-2026-0001","step":"a","answer":"run","text":""}', 'answer'],
    ['{"act":"note","incident":"../x","text":"a"}', 'incident'],
    ['{"act":"note","incident":"INC-1","text":" "}', 'text'],
    ['{"act":"note","incident":"INC-1","text":"a","more":1}', 'more'],
    ['{"act":"step","incident":"I","step":"a","answer":"done","text":"","values":["x"]}', 'values'],
    ['{"act":"acknowledge","alert":"all","reason":""}', 'alert'],
    ['{"act":"silence","for":"1y","reason":"a"}', 'for'],
  ])('knows no act %s', (body, problem) => {
    const read = readAct(body);
    expect('problem' in read && read.problem).toContain(problem);
  });
});
