import { describe, expect, it } from 'vitest';
import {
  ANY,
  DASH,
  parsePattern,
  plainPattern,
  STAR,
  spreadDashes,
  textOf,
} from '../../src/sigma/pattern.ts';

/** Marks as letters that do not occur in the texts. */
const shown = (pattern: readonly number[]): string =>
  pattern
    .map((unit) =>
      unit === STAR ? '<star>' : unit === ANY ? '<any>' : unit === DASH ? '<dash>' : textOf([unit]),
    )
    .join('');

describe('parsePattern', () => {
  // The escapes section of the specification, case by case.
  it.each([
    ['a*b', 'a<star>b'],
    ['a?b', 'a<any>b'],
    ['a**b', 'a<star>b'],
    [String.raw`\*`, '*'],
    [String.raw`\?`, '?'],
    [String.raw`a\b`, String.raw`a\b`],
    [String.raw`a\\b`, String.raw`a\b`],
    [String.raw`a\\*`, String.raw`a\<star>`],
    [String.raw`a\\\*`, String.raw`a\*`],
    [String.raw`a\\\\b`, String.raw`a\\b`],
    [String.raw`a\\\b`, String.raw`a\\b`],
    [String.raw`end\ `, String.raw`end\ `],
    ['end\\', 'end\\'],
    ['', ''],
    ['\ud83d\ude00*', '\ud83d\ude00<star>'],
  ])('%j', (text, pattern) => {
    expect(shown(parsePattern(text))).toBe(pattern);
  });
});

describe('spreadDashes', () => {
  it.each([
    ['-a', '<dash>a'],
    ['/a', '<dash>a'],
    ['\u2013a \u2014b \u2015c', '<dash>a <dash>b <dash>c'],
    ['cmd -param-name', 'cmd <dash>param-name'],
    ['http://x', 'http:/<dash>x'],
    ['- a', '- a'],
  ])('%j', (text, pattern) => {
    expect(shown(spreadDashes(plainPattern(text)))).toBe(pattern);
  });
});
