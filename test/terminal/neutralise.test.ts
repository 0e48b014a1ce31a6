import { describe, expect, it } from 'vitest';
import { csvRecord } from '../../src/terminal/csv.ts';
import { safeJson } from '../../src/terminal/neutralise.ts';

describe('safeJson', () => {
  it.each([
    '\u001b[2J',
    '\u009b31m',
    '\u202eevil',
    '\u2028',
    '\u200b',
    '\u{e0001}',
    'plain gr\u00fcn \u{1f600}',
  ])('escapes %j so that it reads back the same', (text) => {
    const json = safeJson(JSON.stringify({ [text]: text }, null, 2));
    expect(json).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e\u200b]|\u{e0001}/u,
    );
    expect(JSON.parse(json)).toEqual({ [text]: text });
    if (text.startsWith('plain')) expect(json).toContain(text);
  });
});

describe('csvRecord', () => {
  it.each(['=1', '+1', '-1', '@x', '\uff1d1', '\uff0b1', '\uff0d1', '\uff20x'])(
    'disarms %s',
    (text) => {
      expect(csvRecord([text])).toBe(`'${text}\r\n`);
    },
  );
});
