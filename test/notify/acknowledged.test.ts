/** An acknowledgement in PagerDuty, from a server that answers as its REST API is documented. */

import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAlertSink } from '../../src/commands/alert-sink.ts';
import { listAlerts } from '../../src/commands/alerts.ts';
import { withIncident } from '../../src/commands/incident-access.ts';
import { flush, notify } from '../../src/commands/notify.ts';
import { type Asked, askRound } from '../../src/commands/pagerduty-acks.ts';
import { entryBy } from '../../src/commands/write-items.ts';
import { readConfig } from '../../src/configuration/read-configuration.ts';
import type { Finding } from '../../src/detect/finding.ts';
import { STORE_JOURNAL } from '../../src/incidents/store-journal.ts';
import { messageOfNotice } from '../../src/notify/compose.ts';
import { dedupKey } from '../../src/notify/pagerduty.ts';
import { openStore } from '../../src/store/open-store.ts';
import { answer, createReceiver, type Receiver } from './receiver.ts';
import { type Setup, setUp } from './setup.ts';

let setup: Setup;
let server: Receiver;
const READ = 'R3ADT0KEN';
const secret = (name: string): object => ({ env: name });
const acknowledged = (at: string): string =>
  JSON.stringify({
    incidents: [
      {
        ...{ id: 'PT4KHLK', type: 'incident', status: 'acknowledged', incident_number: 1234 },
        acknowledgements: [
          {
            at,
            acknowledger: { id: 'PXPGF42', type: 'user_reference', summary: 'Earline Greenholt' },
          },
        ],
      },
    ],
    ...{ limit: 25, offset: 0, total: null, more: false },
  });
const NONE = JSON.stringify({ incidents: [], limit: 25, offset: 0, total: null, more: false });
const asked = (): Receiver['got'] => server.got.filter(({ body }) => body === '');
const configure = (more: object): void =>
  setup.configure({
    oncall: {
      ...{ type: 'pagerduty', url: server.url, routing_key: secret('KEY'), api_url: server.url },
      ...{ on: ['alert', 'alert_resolved'], tlp: 'RED', ...more },
    },
  });
const timeOf = (): Promise<string | undefined> =>
  withIncident(setup.context, (_store, { times }) => Promise.resolve(times.acknowledged));

beforeEach(async () => {
  server = await createReceiver();
  setup = await setUp('CLEAR', { KEY: 'R0UTING', READ });
});
afterEach(async () => {
  await server.close();
  setup.remove();
});

it('sets the time of the incident, once, and asks by its key with the token', async () => {
  configure({ read_token: secret('READ') });
  await notify(setup.context, 'hello', {});
  server.answers.splice(0, 1, answer(200, NONE));
  await flush(setup.context, {});
  expect(await timeOf()).toBeUndefined();
  server.answers.splice(0, 1, answer(200, acknowledged('2026-03-01T12:30:00+01:00')));
  await flush(setup.context, {});
  expect(await timeOf()).toBe('2026-03-01T11:30:00.000Z');
  expect(setup.said.join()).toContain('taken on by Earline Greenholt');
  await flush(setup.context, {});
  expect(asked()).toHaveLength(2);
  expect(asked()[0]).toMatchObject({
    url: '/incidents?date_range=all&incident_key=ir-INC-2026-0001',
    headers: { authorization: `Token token=${READ}` },
  });
});

it('asks nothing without a token', async () => {
  configure({});
  await notify(setup.context, 'hello', {});
  await flush(setup.context, {});
  expect(asked()).toEqual([]);
});

it('says what goes wrong once, without the token, and goes on', async () => {
  configure({ read_token: secret('READ') });
  await notify(setup.context, 'hello', {});
  server.answers.splice(0, 1, answer(403, `no rights: ${READ}`));
  await flush(setup.context, {});
  await flush(setup.context, {});
  const of = (text: string): string[] => setup.said.filter((one) => one.includes(text));
  expect(of('cannot be read')).toHaveLength(1);
  expect(setup.said.join()).not.toContain(READ);
  server.answers.splice(0, 1, answer(200, 'a page'));
  await flush(setup.context, {});
  expect(of('no list of incidents')).toHaveLength(1);
  server.answers.splice(0, 1, answer(200, acknowledged('2026-03-01T12:00:00Z')));
  await flush(setup.context, {});
  expect(of('are read again')).toHaveLength(1);
  expect(await timeOf()).toBe('2026-03-01T12:00:00.000Z');
});

it('takes on the one alert of a watch that was acknowledged; each has a key of its own', async () => {
  configure({ read_token: secret('READ') });
  const { context, folder } = setup;
  const store = await openStore(`${folder}/.ir`, { create: true });
  const sink = await createAlertSink(context, { store, watch: 'main', withReplayed: false });
  const finding = (ip: string): Finding =>
    ({
      ...{ id: ip, rule: { title: `Login of ${ip}`, id: ip }, level: 'critical', count: 1 },
      ...{ entities: { 'source.ip': [ip] }, event: {}, evidence: [] },
    }) as unknown as Finding;
  const nowMs = context.now().getTime();
  await sink.take(
    ['203.0.113.1', '203.0.113.2'].map((ip, index) => ({
      ...{ seq: index + 1, state: 'open' as const, notedMs: nowMs, isReplayed: false },
      finding: finding(ip),
    })),
    nowMs,
  );
  context.tick(120_000);
  await sink.tick?.(context.now().getTime());
  await sink.finish();
  // Alerts go over TLS alone, which this server has not: as if they had arrived.
  const notices = await store.items(STORE_JOURNAL, 'notices');
  const tried = { attempt: 2, outcome: 'sent' as const, answer: '202' };
  const author = { actor: 'alex', now: context.now() };
  await store.append(
    STORE_JOURNAL,
    notices.map(({ id }) => entryBy(author, 'notice_tried', { notice: id, ...tried })),
  );
  await store.close();
  const keys = notices.map((notice) => dedupKey(messageOfNotice(notice)));
  expect(new Set(keys).size).toBe(2);
  expect(keys.every((key) => /^ir-alert-[\da-f]{32}$/.test(key))).toBe(true);
  server.answers.splice(0, 1, answer(200, acknowledged('2026-03-01T12:01:00Z')), answer(200, NONE));
  await flush(context, {});
  const alerts = (await listAlerts(context, {})).documents as { acknowledged?: object }[];
  expect(alerts.map((one) => one.acknowledged !== undefined).sort()).toEqual([false, true]);
  expect(alerts.find((one) => one.acknowledged)?.acknowledged).toMatchObject({
    by: 'Earline Greenholt',
    reason: 'acknowledged in PagerDuty at 2026-03-01T12:01:00.000Z',
  });
});

it('asks of all in turn, and of the others where one fails', async () => {
  const all: Asked[] = Array.from({ length: 450 }, (_, at) => ({ key: `${at}` }));
  const keys: string[] = [];
  const round = (fails: (key: string) => boolean): Promise<void> =>
    askRound('one', all, ({ key }) => {
      keys.push(key);
      return fails(key) ? Promise.reject(new Error(`no ${key}`)) : Promise.resolve();
    });
  await round(() => false);
  await expect(round((key) => key === '207')).rejects.toThrow('no 207');
  await round(() => false);
  expect(new Set(keys).size).toBe(450);
  keys.length = 0;
  // Nobody is there: no use in asking two hundred times.
  await expect(round(() => true)).rejects.toThrow('no 150');
  expect(keys).toEqual(['150', '151', '152']);
});

it.each([
  ['http://pagerduty.example', false],
  ['http://127.0.0.1.example', false],
  ['http://localhost:8080', true],
  ['https://api.eu.pagerduty.com', true],
])('sends the token to %s: %s', (url, isAsked) => {
  configure({ read_token: secret('READ'), api_url: url });
  const { channels, problems } = readConfig([join(setup.folder, 'ir', 'config.yml')]);
  expect([Object.keys(channels ?? {}), problems.map(({ message }) => message)]).toEqual(
    isAsked ? [['oncall'], []] : [[], [expect.stringContaining('in the open')]],
  );
});
