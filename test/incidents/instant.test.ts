import { describe, expect, it } from 'vitest';
import { instantUs, parseInstant } from '../../src/incidents/instant.ts';
import { TIME_EXAMPLES } from '../../src/incidents/time-examples.ts';

/** A Monday, one o'clock where the wall clock is an hour ahead of UTC. */
const options = {
  now: new Date('2026-03-02T12:00:00.000Z'),
  offsetMinutesAt: () => 60,
  flag: '--detected-at',
};

describe('parseInstant', () => {
  it.each([
    ['now', '2026-03-02T12:00:00.000Z'],
    [' Now ', '2026-03-02T12:00:00.000Z'],
    ['2h', '2026-03-02T10:00:00.000Z'],
    ['1d12h', '2026-03-01T00:00:00.000Z'],
    ['90s', '2026-03-02T11:58:30.000Z'],
    ['2h ago', '2026-03-02T10:00:00.000Z'],
    ['2 hours ago', '2026-03-02T10:00:00.000Z'],
    ['20 minutes ago', '2026-03-02T11:40:00.000Z'],
    ['20 min', '2026-03-02T11:40:00.000Z'],
    ['an hour ago', '2026-03-02T11:00:00.000Z'],
    ['half an hour ago', '2026-03-02T11:30:00.000Z'],
    ['a week ago', '2026-02-23T12:00:00.000Z'],
    ['1 day and 2 hours ago', '2026-03-01T10:00:00.000Z'],
    ['1 day, 2 hours ago', '2026-03-01T10:00:00.000Z'],
    ['2026-03-01T14:05:00Z', '2026-03-01T14:05:00.000Z'],
    ['2026-03-01t14:05:00.5z', '2026-03-01T14:05:00.500Z'],
    ['2026-03-01T14:05:00.123456789+02:00', '2026-03-01T12:05:00.123456Z'],
    ['2026-03-01T14:05:00-0330', '2026-03-01T17:35:00.000Z'],
    ['2026-03-01 14:05', '2026-03-01T13:05:00.000Z'],
    ['2026-03-01 at 14:05', '2026-03-01T13:05:00.000Z'],
    ['2026-03-01 14:05:07 +0100', '2026-03-01T13:05:07.000Z'],
    ['2026-03-01 14:05 UTC', '2026-03-01T14:05:00.000Z'],
    ['2026-03-01 14:05 CEST', '2026-03-01T12:05:00.000Z'],
    ['2026-03-01', '2026-02-28T23:00:00.000Z'],
    ['2028-02-29 00:00Z', '2028-02-29T00:00:00.000Z'],
    // The latest that is not to come.
    ['02:50', '2026-03-02T01:50:00.000Z'],
    ['2:50', '2026-03-02T01:50:00.000Z'],
    ['13:00', '2026-03-02T12:00:00.000Z'],
    ['13:01', '2026-03-01T12:01:00.000Z'],
    ['at 02:50:07', '2026-03-02T01:50:07.000Z'],
    ['2:50 pm', '2026-03-01T13:50:00.000Z'],
    ['2pm', '2026-03-01T13:00:00.000Z'],
    ['12 am', '2026-03-01T23:00:00.000Z'],
    ['noon', '2026-03-02T11:00:00.000Z'],
    ['11:30 UTC', '2026-03-02T11:30:00.000Z'],
    ['11:30Z', '2026-03-02T11:30:00.000Z'],
    ['12:30Z', '2026-03-01T12:30:00.000Z'],
    ['02:50+02:00', '2026-03-02T00:50:00.000Z'],
    ['today', '2026-03-01T23:00:00.000Z'],
    ['today 9:15', '2026-03-02T08:15:00.000Z'],
    ['yesterday', '2026-02-28T23:00:00.000Z'],
    ['yesterday 14:00', '2026-03-01T13:00:00.000Z'],
    ['Yesterday at 2pm', '2026-03-01T13:00:00.000Z'],
    ['14:00 yesterday', '2026-03-01T13:00:00.000Z'],
    ['yesterday 14:00 UTC', '2026-03-01T14:00:00.000Z'],
    // A part of a day without a time of day: its beginning.
    ['last night', '2026-03-01T17:00:00.000Z'],
    ['Last  Night at 23:30', '2026-03-01T22:30:00.000Z'],
    ['last night 02:50', '2026-03-02T01:50:00.000Z'],
    ['02:50 last night', '2026-03-02T01:50:00.000Z'],
    ['last night midnight', '2026-03-01T23:00:00.000Z'],
    ['last night 2am UTC', '2026-03-02T02:00:00.000Z'],
    ['last evening', '2026-03-01T17:00:00.000Z'],
    ['this morning', '2026-03-02T05:00:00.000Z'],
    ['this morning 09:15', '2026-03-02T08:15:00.000Z'],
    ['this afternoon', '2026-03-02T11:00:00.000Z'],
    ['yesterday morning', '2026-03-01T05:00:00.000Z'],
    ['yesterday evening at 7pm', '2026-03-01T18:00:00.000Z'],
    ['midnight', '2026-03-01T23:00:00.000Z'],
    ['friday 08:00', '2026-02-27T07:00:00.000Z'],
    ['on Fri at 08:00', '2026-02-27T07:00:00.000Z'],
    ['monday 08:00', '2026-03-02T07:00:00.000Z'],
    ['last monday 08:00', '2026-02-23T07:00:00.000Z'],
    ['1772352000', '2026-03-01T08:00:00.000Z'],
    ['29.11.2025 14:00', '2025-11-29T13:00:00.000Z'],
    ['1.2.2026', '2026-01-31T23:00:00.000Z'],
    ['11/29/2025 14:00', '2025-11-29T13:00:00.000Z'],
    ['29/11/2025 14:00:07 UTC', '2025-11-29T14:00:07.000Z'],
    ['05/05/2025 14:00', '2025-05-05T13:00:00.000Z'],
    ['monday 23:50', '2026-02-23T22:50:00.000Z'],
    ['1 Mar 14:05', '2026-03-01T13:05:00.000Z'],
    ['Mar  1 14:05:59', '2026-03-01T13:05:59.000Z'],
    ['24 Nov 10:00', '2025-11-24T09:00:00.000Z'],
    ['November 24th, 2024 10:00', '2024-11-24T09:00:00.000Z'],
    ['29 Feb 10:00', '2024-02-29T09:00:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(parseInstant(text, options)).toBe(instant);
  });

  it.each([
    '',
    'ago',
    'soon',
    'tomorrow',
    'half a day ago',
    'tonight',
    'this night',
    'this morning 14:00',
    'yesterday afternoon 08:00',
    'last morning',
    '2026-02-29',
    '2026-13-01',
    '2026-03-01T24:01:00Z',
    '2026-03-01T10:60:00Z',
    '25:00',
    '13:00 pm',
    '2x',
    '3 fortnights ago',
    '01/03/2026',
    'mayday 10:00',
    '177235200',
    '05/04/2026 14:00',
    '31.02.2026',
    '13/13/2026',
    `yesterday ${'x'.repeat(100_000)}`,
  ])('refuses %j', (text) => {
    expect(() => parseInstant(text, options)).toThrow('is not a time');
  });

  it('at two in the morning, last night is the one that is not over', () => {
    const early = { ...options, now: new Date('2026-03-02T01:00:00.000Z') };
    expect(parseInstant('last night', early)).toBe('2026-03-01T17:00:00.000Z');
    expect(parseInstant('last night 23:30', early)).toBe('2026-03-01T22:30:00.000Z');
    expect(parseInstant('last night 01:30', early)).toBe('2026-03-02T00:30:00.000Z');
    expect(parseInstant('last night 03:00', early)).toBe('2026-03-01T02:00:00.000Z');
  });

  it.each(TIME_EXAMPLES)('reads %s, which help and errors name', (text) => {
    const later = { ...options, now: new Date('2026-12-01T12:00:00.000Z') };
    expect(parseInstant(text, later) <= '2026-12-01T12:00:00.000Z').toBe(true);
  });

  it('refuses what has two meanings or lies before all logs', () => {
    expect(() => parseInstant('14:00 CST', options)).toThrow('CST may be one of several zones');
    expect(() => parseInstant('999999w', options)).toThrow('lies before 1970');
  });
});

it('instantUs keeps microseconds', () => {
  expect(instantUs('2026-03-01T00:00:00.000Z')).toBe(1_772_323_200_000_000);
  expect(instantUs('2026-03-01T00:00:00.000001Z')).toBe(1_772_323_200_000_001);
});
