/** The outbox through the commands, a real store and a server on loopback: nothing is lost, nothing sent twice. */
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flush, listNotices, notify, withdrawNotice } from '../../src/commands/notify.ts';
import { verifyJournal } from '../../src/commands/verify-journal.ts';
import { answer, createReceiver, cut, hang, type Receiver } from './receiver.ts';
import { type Setup, setUp } from './setup.ts';

let server: Receiver;
let setup: Setup;
beforeEach(async () => {
  server = await createReceiver();
  setup = await setUp('CLEAR', { HOOK_KEY: 'a key for signing' });
  setup.configure({
    ops: { type: 'webhook', url: `${server.url}/hook`, secret: { env: 'HOOK_KEY' }, timeout: 0.3 },
  });
});
afterEach(async () => {
  setup.remove();
  await server.close();
});

const states = async (): Promise<unknown[]> =>
  (await listNotices(setup.context)).documents.map((one) => (one as { state: string }).state);
const outcomes = ({ result }: Awaited<ReturnType<typeof notify>>): unknown =>
  (result.document as { notices: { outcome: string }[] }).notices.map(({ outcome }) => outcome);

describe('ir notify', () => {
  it('sends a signed document with the chain head, and keeps what was said and answered', async () => {
    const sent = await notify(setup.context, 'web01 is off the network', {});
    expect([outcomes(sent), sent.exit]).toEqual([['sent'], undefined]);
    const [got] = server.got;
    const body = JSON.parse(got!.body) as { text: string; facts: { head: string }; id: string };
    expect(body.text).toContain('web01 is off the network');
    expect(body.facts.head).toMatch(/^[0-9a-f]{64}$/);
    expect(body.text).toContain(`chain head ${body.facts.head}`);
    const time = got!.headers['x-ir-timestamp'] as string;
    const expected = createHmac('sha256', 'a key for signing').update(`${time}.${got!.body}`);
    expect(got!.headers['x-ir-signature']).toBe(`sha256=${expected.digest('hex')}`);
    expect(got!.headers['idempotency-key']).toBe(body.id);
    const { documents } = await listNotices(setup.context);
    expect(documents).toMatchObject([
      { state: 'sent', channel: 'ops', attempts: [{ outcome: 'sent', answer: '200 ok' }] },
    ]);
    expect(await verifyJournal(setup.context, {})).toMatchObject({ isIntact: true });
    await flush(setup.context, {});
    expect(server.got).toHaveLength(1);
  });

  it.each([
    ['503', answer(503, 'busy'), ['failed'], ['waiting']],
    ['a page', answer(502, '<!DOCTYPE html><h1>Bad</h1>'), ['failed'], ['waiting']],
    ['no answer', hang, ['failed'], ['waiting']],
    ['a cut', cut, ['failed'], ['waiting']],
    ['a redirect', answer(302, '', { location: 'http://198.51.100.7/' }), ['refused'], ['refused']],
    ['404', answer(404, 'gone'), ['refused'], ['refused']],
  ])('keeps what met %s, exit 5', async (_name, how, ended, state) => {
    server.answers.unshift(how);
    const first = await notify(setup.context, 'hello', {});
    expect([outcomes(first), first.exit]).toEqual([ended, 5]);
    expect(await states()).toEqual(state);
    if (state[0] === 'refused') return;
    expect(outcomes(await flush(setup.context, {}))).toEqual(['sent']);
    const keys = server.got.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual([keys[0], keys[0]]);
  });

  it('waits as long as the other side asks', async () => {
    server.answers.unshift(answer(429, 'slow down', { 'retry-after': '120' }));
    await notify(setup.context, 'hello', {});
    expect(outcomes(await flush(setup.context, {}))).toEqual([]);
    expect(server.got).toHaveLength(1);
    setup.context.tick(121_000);
    expect(outcomes(await flush(setup.context, {}))).toEqual(['sent']);
  });

  it('gives up after so many tries, and takes back what waits', async () => {
    server.answers.unshift(answer(500));
    server.answers.splice(1);
    setup.configure({ ops: { type: 'webhook', url: `${server.url}/hook`, tries: 2 } });
    await notify(setup.context, 'one', {});
    expect(outcomes(await flush(setup.context, {}))).toEqual(['given_up']);
    await notify(setup.context, 'two', {});
    const [, second] = (await listNotices(setup.context)).documents as { number: string }[];
    await withdrawNotice(setup.context, second!.number, { reason: 'said by telephone' });
    await flush(setup.context, {});
    expect([await states(), server.got.length]).toEqual([['given_up', 'withdrawn'], 3]);
  });

  it('sends no more in an hour than the channel may', async () => {
    setup.configure({ ops: { type: 'webhook', url: `${server.url}/hook`, per_hour: 2 } });
    for (const text of ['one', 'two', 'three']) await notify(setup.context, text, {});
    expect([await states(), server.got.length]).toEqual([['sent', 'sent', 'waiting'], 2]);
    setup.context.tick(3_601_000);
    await flush(setup.context, {});
    expect(await states()).toEqual(['sent', 'sent', 'sent']);
  });

  it('shows what would go where, and sends nothing', async () => {
    const shown = await notify(setup.context, 'hello', { dryRun: true });
    expect(server.got).toEqual([]);
    expect(JSON.stringify(shown.result.document)).toContain('hello');
    expect(await states()).toEqual([]);
  });
});
