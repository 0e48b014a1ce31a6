/** Alerts by a test clock: pending, firing, resolved; repeats, escalation, silences, inhibition, quiet hours, budget, digest; over restarts. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFigures, FIGURES, type FigureName } from '../../src/alerts/figures.ts';
import { createHostFigures } from '../../src/alerts/host-figures.ts';
import { type AlertSettings, alertSettings, isQuiet } from '../../src/alerts/settings.ts';
import { loadTriggers } from '../../src/alerts/trigger.ts';
import { type AlertSink, createAlertSink } from '../../src/commands/alert-sink.ts';
import {
  acknowledgeAlerts,
  addSilence,
  listAlerts,
  listSilences,
  showAlert,
  withdrawSilence,
} from '../../src/commands/alerts.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import type { Finding } from '../../src/detect/finding.ts';
import type { Level } from '../../src/events/level.ts';
import type { IncidentStore } from '../../src/incidents/incident-store.ts';
import { STORE_JOURNAL } from '../../src/incidents/store-journal.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { LiveFinding } from '../../src/watch/live-finding.ts';
import { type TestContext, testContext } from './test-context.ts';

let folder: string;
let context: TestContext;
let store: IncidentStore;
let sink: AlertSink;
let server: Server;
let received: { subject: string; text: string }[];
let seq = 0;

const startMs = Date.parse('2026-03-01T12:00:00.000Z');
const settings = (more: object = {}): AlertSettings =>
  alertSettings({
    level: 'medium',
    repeat: '4h',
    resolve: '30m',
    escalate: '15m',
    per_hour: 5,
    ...more,
  });

beforeEach(async () => {
  seq = 0;
  received = [];
  folder = mkdtempSync(join(tmpdir(), 'ir-alerts-'));
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-days', '9000', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
      ...['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'ca.pem')],
    ],
    { stdio: 'ignore' },
  );
  const tls = {
    key: readFileSync(join(folder, 'key.pem')),
    cert: readFileSync(join(folder, 'ca.pem')),
  };
  server = createServer(tls, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      received.push(JSON.parse(Buffer.concat(parts).toString()) as never);
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, 'localhost', resolve);
  });
  const { port } = server.address() as AddressInfo;
  mkdirSync(join(folder, 'config/ir'), { recursive: true });
  writeFileSync(
    join(folder, 'config/ir/config.yml'),
    `channels:
  hook: { type: webhook, url: "https://localhost:${port}/", ca_file: "${join(folder, 'ca.pem')}", per_hour: 1000, on: [alert, alert_escalated, alert_resolved, alert_digest] }
`,
  );
  context = testContext({
    cwd: folder,
    store: join(folder, '.ir'),
    env: { XDG_CONFIG_HOME: join(folder, 'config') },
  });
  store = await openStore(join(folder, '.ir'), { create: true });
  sink = await begin();
});
afterEach(async () => {
  await sink.finish();
  await store.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const begin = (more: object = {}, options: object = {}): Promise<AlertSink> =>
  createAlertSink(context, {
    store,
    watch: 'main',
    withReplayed: false,
    settings: settings(more),
    ...options,
  });
const nowMs = (): number => context.now().getTime();
const live = (
  title: string,
  level: Level,
  ip: string,
  more: Partial<LiveFinding> = {},
  count = 1,
): LiveFinding => ({
  seq: (seq += 1),
  ...{ state: 'open', notedMs: nowMs(), isReplayed: false },
  finding: {
    id: `${title}${ip}`.padEnd(16, '0').slice(0, 16),
    ...{
      rule: { title, id: title },
      level,
      firstUs: nowMs() * 1000,
      lastUs: nowMs() * 1000,
      count,
    },
    ...{ entities: { 'source.ip': [ip] }, event: {} },
    evidence: [
      {
        file: 'auth.log',
        sha256: '',
        line: 7,
        offset: 0,
        raw: `line of ${ip} <b>`,
        timeUs: undefined,
      },
    ],
  } as unknown as Finding,
  ...more,
});
const pass = async (minutes: number): Promise<void> => {
  context.tick(minutes * 60_000);
  await sink.tick?.(nowMs());
};
/** Subjects of what is in the outbox, without the name of the channel. */
const told = async (): Promise<string[]> =>
  (await store.items(STORE_JOURNAL, 'notices')).map(({ subject }) =>
    subject.replace(/^ALERT /, ''),
  );
const states = async (): Promise<string[]> =>
  (await listAlerts(context, { all: true })).rows.map(([, state, level]) => `${state} ${level}`);

describe('an alert', () => {
  it('is told at once with its lines, goes on without a word, and is over when nothing more comes', async () => {
    await sink.take([live('Guessing', 'high', '203.0.113.7')], nowMs());
    expect(await told()).toEqual(['high: Guessing: 203.0.113.7']);
    const [notice] = await store.items(STORE_JOURNAL, 'notices');
    expect(notice!.text).toContain('auth.log:7: line of 203.0.113.7');
    expect(notice!.text).toContain('ir alerts ack L-');
    await sink.take([live('Guessing', 'high', '203.0.113.7', { state: 'going-on' }, 9)], nowMs());
    await pass(10);
    expect(await told()).toHaveLength(1);
    expect((await listAlerts(context, {})).rows[0]).toMatchObject({ 4: 9 });
    await pass(21);
    expect(await states()).toEqual(['resolved high']);
    expect((await told()).slice(1)).toEqual(
      ['nobody has taken on: Guessing: 203.0.113.7', 'over: Guessing: 203.0.113.7'].slice(1),
    );
    await sink.finish();
    expect(received.map(({ subject }) => subject)).toEqual(
      (await told()).map((text) => `ALERT ${text}`),
    );
  });

  it('waits, where it is asked to, and is dropped when it is over by then', async () => {
    sink = await begin({ wait: '1m', resolve: '2m' });
    await sink.take([live('Guessing', 'high', '203.0.113.7')], nowMs());
    expect([await told(), await states()]).toEqual([[], ['pending high']]);
    await pass(1);
    expect(await told()).toHaveLength(1);
    await sink.take([live('Other', 'high', '203.0.113.8')], nowMs());
    await pass(2);
    expect(await told()).toEqual(['high: Guessing: 203.0.113.7', 'over: Guessing: 203.0.113.7']);
  });

  it('is told further up when nobody takes it on, again after hours, and no more once somebody has', async () => {
    const again = async (): Promise<void> =>
      sink.take([live('Guessing', 'high', '203.0.113.7', { state: 'going-on' }, seq + 1)], nowMs());
    await again();
    await pass(16);
    expect(await told()).toEqual([
      'high: Guessing: 203.0.113.7',
      'nobody has taken on: Guessing: 203.0.113.7',
    ]);
    for (let at = 0; at < 12; at++) {
      await again();
      await pass(20);
    }
    expect((await told()).slice(2)).toEqual(['high: Guessing: 203.0.113.7']);
    const [[number]] = (await listAlerts(context, {})).rows as [[string]];
    await acknowledgeAlerts(context, [number], { reason: 'looking' });
    await expect(acknowledgeAlerts(context, [number], {})).rejects.toMatchObject({ exit: 6 });
    for (let at = 0; at < 30; at++) {
      await again();
      await pass(20);
    }
    expect(await told()).toHaveLength(3);
    const shown = (await showAlert(context, number)).lines
      .map((line) => line.map((cell) => String(cell)).join(''))
      .join('\n');
    expect(shown).toContain('Taken on by alex');
    expect(shown).toContain('line of 203.0.113.7');
  });

  it('of events that are older than the watch wakes nobody, unless asked for', async () => {
    await sink.take([live('Guessing', 'high', '203.0.113.7', { isReplayed: true })], nowMs());
    expect(await states()).toEqual([]);
    sink = await begin({}, { withReplayed: true });
    await sink.take([live('Guessing', 'high', '203.0.113.7', { isReplayed: true })], nowMs());
    expect(await states()).toEqual(['firing high']);
  });

  it('below the level is listed, and not told', async () => {
    await sink.take([live('Ports', 'low', '203.0.113.7')], nowMs());
    expect([await told(), await states()]).toEqual([[], ['firing low']]);
  });
});

describe('what keeps it quiet', () => {
  it('a graver alert about the same address silences its parts, and only while it stands', async () => {
    await sink.take(
      [
        live('Break-in', 'critical', '203.0.113.7'),
        live('Guessing', 'high', '203.0.113.7'),
        live('Guessing', 'high', '203.0.113.9'),
      ],
      nowMs(),
    );
    expect(await told()).toEqual([
      'critical: Break-in: 203.0.113.7',
      'high: Guessing: 203.0.113.9',
    ]);
    expect((await states()).sort()).toEqual(
      ['firing critical', 'firing high', 'part of L-002 high'].sort(),
    );
  });

  it.each([
    [{ entity: '203.0.113.7' }, ['high: Guessing: 203.0.113.9']],
    [{ entity: '203.0.113.0/29' }, ['high: Guessing: 203.0.113.9']],
    [{ rule: 'guess*' }, []],
    [{ rule: 'other*' }, ['high: Guessing: 203.0.113.7', 'high: Guessing: 203.0.113.9']],
    [{ level: 'high' }, []],
    [{ level: 'medium' }, ['high: Guessing: 203.0.113.7', 'high: Guessing: 203.0.113.9']],
    [{ rule: 'guess*', entity: '203.0.113.9' }, ['high: Guessing: 203.0.113.7']],
  ])('a silence about %j', async (about, expected) => {
    await addSilence(context, { ...about, for: '2h', reason: 'our own scanner' });
    await sink.take(
      [live('Guessing', 'high', '203.0.113.7'), live('Guessing', 'high', '203.0.113.9')],
      nowMs(),
    );
    expect(await told()).toEqual(expected);
    expect(await states()).toHaveLength(2);
  });

  it('a silence ends by itself, or is withdrawn with a reason; a bad one is refused', async () => {
    await addSilence(context, { entity: '203.0.113.7', for: '10m', reason: 'scanner' });
    await sink.take([live('Guessing', 'high', '203.0.113.7')], nowMs());
    await pass(11);
    expect(await told()).toEqual(['high: Guessing: 203.0.113.7']);
    await addSilence(context, { entity: '203.0.113.9', for: '1h', reason: 'scanner' });
    const [[number]] = (await listSilences(context, {})).rows as [[string]];
    await expect(withdrawSilence(context, number, {})).rejects.toMatchObject({ exit: 2 });
    await withdrawSilence(context, number, { reason: 'done' });
    await sink.take([live('Guessing', 'high', '203.0.113.9')], nowMs());
    expect(await told()).toHaveLength(2);
    for (const bad of [
      {},
      { entity: 'x', reason: 'y' },
      { entity: 'x', for: '2h' },
      { entity: 'x', for: '-2h', reason: 'y' },
      { entity: 'x', for: '60d', reason: 'y' },
      { entity: '1.2.3.4/99', for: '1h', reason: 'y' },
      { entity: 'x', until: 'yesterday', reason: 'y' },
    ])
      await expect(addSilence(context, bad)).rejects.toMatchObject({ exit: 2 });
  });

  it('quiet hours hold back what is less grave, and tell of it when they are over', async () => {
    sink = await begin({
      resolve: '12h',
      escalate: '24h',
      quiet: { from: '11:00', to: '14:00', below: 'critical', zone: 'UTC' },
    });
    await sink.take(
      [live('Guessing', 'high', '203.0.113.7'), live('Break-in', 'critical', '203.0.113.9')],
      nowMs(),
    );
    expect(await told()).toEqual(['critical: Break-in: 203.0.113.9']);
    await pass(119);
    expect(await told()).toHaveLength(1);
    await pass(2);
    expect((await told()).slice(1)).toEqual(['1 further alerts, from the quiet hours']);
    await pass(5);
    expect(await told()).toHaveLength(2);
  });

  it('beyond the budget of an hour a digest tells of the rest, once', async () => {
    const many = Array.from({ length: 12 }, (_, at) => live('Guessing', 'high', `203.0.113.${at}`));
    await sink.take([...many, live('Break-in', 'critical', '198.51.100.1')], nowMs());
    const subjects = await told();
    expect(subjects[0]).toBe('critical: Break-in: 198.51.100.1');
    expect(subjects.filter((text) => text.startsWith('high: '))).toHaveLength(4);
    expect(subjects.filter((text) => text.includes('further alerts'))).toEqual([
      '8 further alerts, more than are told in an hour',
    ]);
    await pass(1);
    expect(await told()).toHaveLength(6);
  });

  it.each([
    ['22:00', '07:00', '2026-03-01T23:30:00Z', 'UTC', true],
    ['22:00', '07:00', '2026-03-01T06:59:00Z', 'UTC', true],
    ['22:00', '07:00', '2026-03-01T07:00:00Z', 'UTC', false],
    ['12:00', '13:00', '2026-03-01T11:30:00Z', 'Europe/Berlin', true],
  ])('from %s to %s, at %s in %s: %s', (from, to, at, zone, expected) => {
    const { quiet } = settings({ quiet: { from, to, below: 'high', zone } });
    expect(isQuiet(quiet!, Date.parse(at))).toBe(expected);
  });
});

it('a channel that is down for an hour is said once, and told all of it once it is back, each once', async () => {
  const { port } = server.address() as AddressInfo;
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  const said: string[] = [];
  const say = context.say;
  context.say = (text) => said.push(text);
  for (let minute = 0; minute < 60; minute += 1) {
    if (minute % 30 === 0)
      await sink.take([live(`Guessing ${minute}`, 'high', `203.0.113.${minute + 1}`)], nowMs());
    await pass(1);
    await sink.finish();
  }
  expect(received).toEqual([]);
  const attempts = (await store.items(STORE_JOURNAL, 'notices')).map((one) => one.attempts);
  expect(
    attempts.flat().every(({ outcome }) => outcome === 'failed' || outcome === 'unsettled'),
  ).toBe(true);
  expect(attempts.flat().length).toBeGreaterThan(2);
  expect(said).toEqual(['channel hook: nobody listens there. Nothing is lost: it is tried again.']);
  await new Promise<void>((done) => {
    server.listen(port, 'localhost', done);
  });
  for (let minute = 0; minute < 75; minute += 5) {
    await pass(5);
    await sink.finish();
  }
  context.say = say;
  expect(said.slice(1)).toEqual(['channel hook: works again']);
  const subjects = received.map(({ subject }) => subject);
  expect(new Set(subjects).size).toBe(subjects.length);
  for (const title of ['Guessing 0:', 'Guessing 30:'])
    expect(
      subjects.filter((one) => one.startsWith('ALERT high') && one.includes(title)),
    ).toHaveLength(1);
});

it('tells nothing twice over a restart, and takes nothing twice', async () => {
  const findings = [
    live('Guessing', 'high', '203.0.113.7', {}, 3),
    live('Guessing', 'high', '203.0.113.7', { state: 'going-on' }, 6),
  ];
  await sink.take(findings, nowMs());
  expect(await sink.position()).toBe(2);
  sink = await begin();
  await sink.take(findings, nowMs());
  await pass(1);
  expect(await told()).toEqual(['high: Guessing: 203.0.113.7']);
  expect((await listAlerts(context, {})).rows[0]).toMatchObject({ 4: 6 });
  await store.rebuild();
  expect(await store.verify()).toMatchObject({ isIntact: true, incidents: 0 });
  expect(await states()).toEqual(['firing high']);
});

it('an acknowledgement sets the time of the incident that was opened for it', async () => {
  const { incident } = await openIncident(context, { title: 'Guessing' });
  sink = await begin({}, { open: () => Promise.resolve(incident.key) });
  await sink.take([live('Guessing', 'high', '203.0.113.7')], nowMs());
  await pass(1);
  const [[number]] = (await listAlerts(context, {})).rows as [[string]];
  context.tick(60_000);
  await acknowledgeAlerts(context, [number], {});
  expect((await store.load(incident.id)).incident.times.acknowledged).toBe(
    context.now().toISOString(),
  );
});

describe('figures', () => {
  it('every bundled trigger fires beyond its bound after its time, and is over when the figure is', async () => {
    const { figures } = await loadTriggers({});
    expect(readdirSync('templates/alerts').length).toBeGreaterThan(figures.length);
    expect(figures.length).toBeGreaterThan(8);
    for (const trigger of figures) {
      rmSync(join(folder, 'one'), { recursive: true, force: true });
      const own = await openStore(join(folder, 'one'), { create: true });
      let value = trigger.above === undefined ? trigger.below! - 1 : trigger.above + 1;
      const samples = () => ({ [trigger.figure]: { value, of: 1e6, about: '' } });
      const one = await createAlertSink(context, {
        store: own,
        watch: 'main',
        withReplayed: false,
        samples,
        settings: settings(),
        channels: [],
        triggers: { findings: [], figures: [trigger] },
      });
      const state = async () =>
        (await own.items(STORE_JOURNAL, 'alerts')).map((alert) => alert.state);
      await one.tick?.(nowMs());
      expect(await state()).toEqual(['pending']);
      for (let ms = 0; ms <= trigger.forMs; ms += 30_000) {
        context.tick(30_000);
        await one.tick?.(nowMs());
      }
      expect(await state()).toEqual(['firing']);
      value = trigger.above === undefined ? trigger.below! + 1 : 0;
      for (let at = 0; at < 5; at++) {
        context.tick(30_000);
        await one.tick?.(nowMs());
      }
      expect(await state()).toEqual(['resolved']);
      await own.close();
    }
  });

  it('are counted of the last minute', () => {
    let ms = startMs;
    const figures = createFigures(() => ms);
    const request = (status: number, duration: number) =>
      figures.event({
        'http.response.status_code': status,
        'http.response.body.bytes': 1000,
        'event.duration': duration * 1e6,
      } as never);
    for (let at = 0; at < 90; at++) request(200, 10);
    for (let at = 0; at < 10; at++) request(at < 5 ? 503 : 403, 900);
    figures.event({ 'event.category': ['authentication'], 'event.outcome': 'failure' } as never);
    expect(figures.samples(ms)).toMatchObject({
      'http.requests': { value: 100 },
      'http.error_ratio': { value: 0.05 },
      'http.refused_ratio': { value: 0.05 },
      'http.latency_p95_ms': { value: 900 },
      'bytes.out': { value: 100_000 },
      'logins.failed': { value: 1 },
    });
    ms += 120_000;
    expect(figures.samples(ms)).toMatchObject({ 'http.requests': { value: 0 } });
    expect(figures.samples(ms)['http.error_ratio']).toBeUndefined();
  });

  it('of this machine are there and within their bounds', () => {
    const samples = createHostFigures(['/', '/nowhere'], ['/nowhere.pem']).samples(startMs);
    for (const name of ['memory.used', 'disk.used'] satisfies FigureName[]) {
      expect(samples[name]!.value).toBeGreaterThan(0);
      expect(samples[name]!.value).toBeLessThanOrEqual(1);
    }
    expect(samples['certificate.days']).toBeUndefined();
    expect(Object.keys(FIGURES)).toEqual(expect.arrayContaining(Object.keys(samples)));
  });

  it('a trigger with a mistake is told with its place', async () => {
    mkdirSync(join(folder, 'config/ir/alerts'), { recursive: true });
    writeFileSync(
      join(folder, 'config/ir/alerts/x.yml'),
      'id: x\ntitle: X\nlevel: high\nfigure: nothing\nabove: 1\nnext: y\n',
    );
    await expect(loadTriggers({ XDG_CONFIG_HOME: join(folder, 'config') })).rejects.toMatchObject({
      exit: 3,
    });
    expect(readFileSync('templates/alerts/rule-findings.yml', 'utf8')).toContain(
      'id: rule-findings',
    );
  });
});
