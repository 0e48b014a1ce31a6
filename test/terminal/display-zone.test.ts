import { Chalk } from 'chalk';
import { expect, it } from 'vitest';
import { rfc3339At } from '../../src/events/rfc3339.ts';
import { buildSettings } from '../../src/settings.ts';
import { showInstant, showMicros, timeWidth } from '../../src/terminal/layout.ts';
import { view as events } from '../../src/terminal/views/events.ts';
import { accountLines } from '../../src/terminal/views/timeline-account.ts';

const offsetIn = (displayTz: string) => buildSettings({ displayTz }, {}, '/').displayOffsetAt;

it.each<[string, string, string]>([
  ['UTC', '2026-07-01T22:30:00.000Z', '2026-07-01 22:30:00Z'],
  ['Europe/Berlin', '2026-07-01T22:30:00.000Z', '2026-07-02 00:30:00+02:00'],
  ['Europe/Berlin', '2026-10-25T00:30:00.000Z', '2026-10-25 02:30:00+02:00'],
  ['Europe/Berlin', '2026-10-25T01:30:00.000Z', '2026-10-25 02:30:00+01:00'],
  ['America/St_Johns', '2026-01-01T00:00:00.000Z', '2025-12-31 20:30:00-03:30'],
  ['Asia/Kolkata', '2026-01-01T00:00:00.000Z', '2026-01-01 05:30:00+05:30'],
])('in %s %s is %s', (zone, instant, text) => {
  const offsetAt = offsetIn(zone);
  expect(showInstant(instant, offsetAt)).toBe(text);
  expect(showMicros(Date.parse(instant) * 1000, offsetAt)).toBe(text);
  expect(timeWidth(offsetAt)).toBe(text.length);
});

it('keeps microseconds', () => {
  const timeUs = Date.parse('2026-07-01T22:30:00Z') * 1000 + 123_456;
  expect(rfc3339At(timeUs, 120)).toBe('2026-07-02T00:30:00.123456+02:00');
  expect(rfc3339At(timeUs, 0)).toBe('2026-07-01T22:30:00.123456Z');
});

it('shows every event in it', async () => {
  const event = { timeUs: Date.UTC(2026, 6, 1, 22) * 1000, timeConfidence: 'exact', format: 'x' };
  const stream = {
    events: (async function* () {
      yield { event, file: 'a.log', line: 1, raw: 'text', document: {} };
    })(),
    files: [],
    brokenRules: [],
  };
  const style = {
    paint: new Chalk({ level: 0 }),
    width: 100,
    isTerminal: false,
    isUnicode: true,
    offsetAt: offsetIn('Asia/Tokyo'),
  };
  let text = '';
  for await (const part of events.text({ events: stream } as never, style) as AsyncIterable<string>)
    text += part;
  expect(text).toContain('2026-07-02T07:00:00.000+09:00 - x: text');
});

it('refuses a zone that there is not, with the option that named it', () => {
  expect(() => offsetIn('Mars/Olympus')).toThrow('--display-tz: unknown time zone "Mars/Olympus"');
  expect(() => buildSettings({ tz: 'Mars' }, {}, '/')).toThrow('--tz: unknown time zone "Mars"');
});

it('the account of the files says in which zone times are', () => {
  const style = { paint: new Chalk({ level: 0 }), width: 100, isTerminal: false };
  const text = (zone: object): string =>
    [...accountLines({ files: [], brokenRules: [], rulesRun: 2 }, { ...style, ...zone })].join('');
  expect(text({})).toContain('times are UTC');
  expect(text({ zone: 'Asia/Tokyo' })).toContain('times are Asia/Tokyo');
});
