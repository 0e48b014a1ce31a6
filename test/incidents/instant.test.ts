import { describe, expect, it } from 'vitest';
import { instantUs, parseInstant } from '../../src/incidents/instant.ts';

const options = {
  now: new Date('2026-03-02T12:00:00.000Z'),
  offsetMinutesAt: () => 60,
  flag: '--detected-at',
};

describe('parseInstant', () => {
  it.each([
    ['now', '2026-03-02T12:00:00.000Z'],
    ['2h', '2026-03-02T10:00:00.000Z'],
    ['1d12h', '2026-03-01T00:00:00.000Z'],
    ['90s', '2026-03-02T11:58:30.000Z'],
    ['2026-03-01T14:05:00Z', '2026-03-01T14:05:00.000Z'],
    ['2026-03-01t14:05:00.5z', '2026-03-01T14:05:00.500Z'],
    ['2026-03-01T14:05:00.123456789+02:00', '2026-03-01T12:05:00.123456Z'],
    ['2026-03-01T14:05:00-0330', '2026-03-01T17:35:00.000Z'],
    ['2026-03-01 14:05', '2026-03-01T13:05:00.000Z'],
    ['2026-03-01', '2026-02-28T23:00:00.000Z'],
    ['2028-02-29 00:00Z', '2028-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(parseInstant(text, options)).toBe(instant);
  });

  it.each([
    '',
    'yesterday',
    '2026-02-29',
    '2026-13-01',
    '2026-03-01T24:01:00Z',
    '2026-03-01T10:60:00Z',
    '2x',
    '1772352000',
  ])('refuses %j', (text) => {
    expect(() => parseInstant(text, options)).toThrow('is not a time');
  });
});

it('instantUs keeps microseconds', () => {
  expect(instantUs('2026-03-01T00:00:00.000Z')).toBe(1_772_323_200_000_000);
  expect(instantUs('2026-03-01T00:00:00.000001Z')).toBe(1_772_323_200_000_001);
});
