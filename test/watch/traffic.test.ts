/** What goes through a watch, by the minute: counted right, in bounded memory, and neither lost nor twice over a crash. */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import { sumWithin } from '../../src/serve/partial-sums.ts';
import { countsPanel, seriesPanel, topPanel } from '../../src/serve/traffic-panels.ts';
import { createTop } from '../../src/watch/top.ts';
import { createTraffic, percentileOf, sumOf } from '../../src/watch/traffic.ts';
import { addTraffic, foldOld, followTraffic, readTraffic } from '../../src/watch/traffic-file.ts';
import { begin, clockAt, keepingSink } from './live.ts';

const START = '2026-03-01T12:00:30Z';
const eventOf = (fields: object): Event => fields as Event;

it('counts requests, answers, times, logins, users, bytes and countries', () => {
  const clock = clockAt(START);
  const traffic = createTraffic(clock.ms, undefined, (one) => (one === 'a' ? 'DE' : undefined));
  for (let ms = 1; ms <= 100; ms += 1)
    traffic.event(
      eventOf({
        ...{ 'http.response.status_code': ms > 98 ? 503 : 200, 'http.response.body.bytes': ms },
        ...{ 'event.duration': ms * 1e6, 'source.ip': ms > 90 ? 'b' : 'a', 'url.path': '/x' },
      }),
    );
  const login = { 'event.category': ['authentication'], 'event.action': 'ssh_login' };
  traffic.event(eventOf({ ...login, 'event.outcome': 'failure', 'user.name': 'root' }));
  traffic.event(eventOf({ ...login, 'event.outcome': 'success', 'user.name': 'alex' }));
  traffic.event(eventOf({ 'event.category': ['iam'], 'event.action': 'user_added' }));
  expect(traffic.turn(clock.ms + 29_000)).toEqual([]);
  const [minute] = traffic.turn(clock.ms + 30_000, () => ({ cpu: 0.5 }));
  expect(minute).toMatchObject({
    ...{ span: 1, events: 103, requests: 100, status: [0, 98, 0, 0, 2], bytes: 5050 },
    ...{ loginsOk: 1, loginsFailed: 1, changes: 1, host: { cpu: 0.5 }, hasMoreUsers: false },
    addresses: [
      ['a', 90, 4095],
      ['b', 10, 955],
    ],
    ...{ users: [['alex', 1, 0]], paths: [['/x', 100, 5050]], countries: [['DE', 90, 4095]] },
    actions: [
      ['ssh_login', 2, 0],
      ['user_added', 1, 0],
    ],
  });
  for (const [part, ms] of [
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
  ] as const)
    expect(Math.abs(percentileOf(minute!, part)! / ms - 1)).toBeLessThan(0.05);
  // A clock that was set back begins no minute again.
  expect(traffic.turn(clock.ms - 3_600_000)).toEqual([]);
});

it('finds who has most among 200,000 values in bounded memory', () => {
  const top = createTop();
  for (let at = 0; at < 200_000; at += 1) {
    top.add(`once-${at}`, 1);
    if (at % 100 === 0) top.add('often', 1);
    if (at % 50_000 === 0) top.add('large', 1e9);
  }
  expect(top.all().length).toBeLessThanOrEqual(4096);
  const best = top.best(10);
  expect(best[0]).toEqual(['often', 2000, 2000]);
  expect(best.find(([value]) => value === 'large')?.[2]).toBe(4e9);
});

it('makes hours of the minutes of yesterday, and forgets those of a month ago', () => {
  const traffic = createTraffic(0, undefined);
  traffic.event(eventOf({ 'http.response.status_code': 200 }));
  const [one] = traffic.turn(60_000);
  const now = 40 * 1440;
  const minutes = [0, now - 3000, now - 2999, now - 100, now].map((at) => ({ ...one!, at }));
  const folded = foldOld(minutes, now);
  expect(folded.map(({ at, span, requests }) => [at, span, requests])).toEqual([
    [now - 3000, 60, 2],
    [now - 100, 1, 1],
    [now, 1, 1],
  ]);
  expect(foldOld(folded, now)).toEqual(folded);
  expect(sumOf([])).toBeUndefined();
});

it('loses no minute and counts none twice over crashes and restarts', async () => {
  const root = mkdtempSync(join(tmpdir(), 'ir-traffic-'));
  const [folder, log] = [join(root, 'watch'), join(root, 'access.log')];
  const clock = clockAt(START);
  const line = (at: number): string =>
    `198.51.100.${at % 5} - - [01/Mar/2026:12:00:${String(at % 60).padStart(2, '0')} +0000] "GET /p HTTP/1.1" 200 10 "-" "x"\n`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(log, '');
  const options = { now: clock.now, sinks: [keepingSink()] };
  let running = await begin(folder, [log], options);
  let written = 0;
  for (let round = 0; round < 12; round += 1) {
    for (let count = 0; count < 7; count += 1) appendFileSync(log, line((written += 1)));
    await running.watch.step();
    clock.ms += 25_000;
    await running.watch.step();
    if (round % 3 === 1) running.crash();
    else if (round % 3 === 2) running.close();
    if (round % 3 > 0) running = await begin(folder, [log], options);
  }
  await running.watch.step();
  running.close();
  const open = running.watch.counters().minute;
  const closed = readTraffic(folder);
  expect(closed.length).toBeGreaterThan(3);
  const all = sumOf([...closed, open])!;
  expect([all.requests, all.bytes]).toEqual([written, written * 10]);
  expect(closed.map(({ at }) => at)).toEqual([...new Set(closed.map(({ at }) => at))].sort());
  rmSync(root, { recursive: true });
});

it('shows figures, how they went, and who has most', () => {
  const traffic = createTraffic(0, undefined);
  const minutes = [1, 2, 3].flatMap((at) => {
    for (let count = 0; count < at * 10; count += 1)
      traffic.event(
        eventOf({
          ...{ 'http.response.status_code': 200, 'http.response.body.bytes': 2048 },
          'source.ip': `192.0.2.${count % 3}`,
        }),
      );
    return traffic.turn(at * 60_000);
  });
  const known = { closed: minutes, open: traffic.current() };
  const all = { fromMs: 0, toMs: 240_000 };
  const names = ['http.requests', 'http.p95', 'bytes.out'] as const;
  const linesOf = (name: string): string => `/lines/${name}`;
  expect(countsPanel(names, known, all, linesOf)).toMatchObject({
    figures: [
      { label: 'requests', value: '60', href: '/lines/http.requests' },
      { label: 'sent', value: '120 KiB' },
    ],
  });
  expect(countsPanel(names, known, { fromMs: 60_000, toMs: 119_999 }, linesOf)).toMatchObject({
    figures: [{ value: '20' }, { value: '40 KiB' }],
  });
  expect(countsPanel(names, known, { fromMs: 9e9, toMs: 9e9 }, linesOf)).toMatchObject({
    figures: [],
  });
  const stretch = { fromMs: 0, toMs: 179_999 };
  const whole = [...known.closed, ...(known.open === undefined ? [] : [known.open])];
  // Asked again, with what was kept, and with the open minute as one that is over.
  for (const one of [known, known, { closed: whole, open: undefined }])
    expect(seriesPanel(['http.requests'], one, stretch)).toEqual(
      seriesPanel(['http.requests'], { closed: [...known.closed], open: known.open }, stretch),
    );
  const series = seriesPanel(['http.requests'], known, { fromMs: 0, toMs: 179_999 });
  expect(series).toMatchObject({ rows: [{ values: [10, 20, 30] }] });
  const hrefOf = (value: string): string => `/x?entity=${value}`;
  const top = (entity: string) =>
    topPanel({ of: 'addresses', by: 'bytes' }, known, all, { entity, hrefOf });
  expect(top('')).toMatchObject({
    rows: [
      { value: '192.0.2.0', count: 43_008, text: '42 KiB', href: '/x?entity=192.0.2.0' },
      { value: '192.0.2.1', count: 40_960 },
      { value: '192.0.2.2', count: 38_912 },
    ],
  });
  expect(top('0.2.2')).toMatchObject({ rows: [{ value: '192.0.2.2' }] });
});

it('adds a stretch up from hours and tens of minutes to what its minutes are', () => {
  const traffic = createTraffic(0, undefined);
  const minutes = Array.from({ length: 300 }, (_, at) => at)
    .filter((at) => at % 61 !== 7)
    .flatMap((at) => {
      for (let count = 0; count <= at % 5; count += 1)
        traffic.event(
          eventOf({
            ...{ 'http.response.status_code': 200 + 100 * (at % 4), 'event.duration': at * 1e6 },
            ...{ 'http.response.body.bytes': at, 'source.ip': `192.0.2.${(at * count) % 40}` },
          }),
        );
      return traffic.turn((at + 1) * 60_000, () => ({ cpu: (at % 10) / 10, disk: 0.5 }));
    });
  const sorted = (sum: ReturnType<typeof sumOf>) =>
    sum && {
      ...{ ...sum, times: [...sum.times].sort(([a], [b]) => a - b) },
      host: { cpu: sum.host?.cpu?.toFixed(2), disk: sum.host?.disk?.toFixed(2) },
    };
  for (const [first, end] of [
    [0, minutes.length],
    [0, 1],
    [5, 5],
    [3, 64],
    [58, 125],
    [60, 120],
    [117, minutes.length],
    [200, 290],
  ] as const)
    expect(sorted(sumWithin(minutes, first, end))).toEqual(
      sorted(sumOf(minutes.slice(first, end))),
    );
});

it('keeps a minute that it has read the same object, whatever is added or replaced', () => {
  const root = mkdtempSync(join(tmpdir(), 'ir-traffic-'));
  const traffic = createTraffic(0, undefined);
  const minuteAt = (at: number) => {
    traffic.event(eventOf({ 'http.response.status_code': 200 }));
    return traffic.turn((at + 1) * 60_000).map((one) => ({ ...one, at }));
  };
  const look = followTraffic(root);
  expect(look()).toEqual([]);
  addTraffic(root, minuteAt(0));
  const first = look();
  expect(look()).toBe(first);
  appendFileSync(join(root, 'traffic.jsonl'), '{"at":1,');
  expect(look()).toBe(first);
  writeFileSync(
    join(root, 'traffic.jsonl'),
    `${readFileSync(join(root, 'traffic.jsonl'), 'utf8').split('\n')[0]!}\n`,
  );
  addTraffic(root, minuteAt(2));
  expect(look().map(({ at }) => at)).toEqual([0, 2]);
  expect(look()[0]).toBe(first[0]);
  // The end of the hour replaces the file.
  addTraffic(root, minuteAt(59));
  expect(look().map(({ at }) => at)).toEqual([0, 2, 59]);
  expect(look()[0]).toBe(first[0]);
  rmSync(root, { recursive: true });
});
