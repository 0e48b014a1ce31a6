/** Texts of which every line of a format holds one. */
import { describe, expect, it } from 'vitest';
import { bundledFormats } from '../../../src/logs/load-formats.ts';
import { needlesOf, needleTest } from '../../../src/logs/pattern/needles.ts';

const needles = (patterns: readonly string[], ignoresCase = false) =>
  needlesOf({ lines: [{ patterns, set: [], by: [], cases: [] }], ignoresCase });

describe('the needles of patterns', () => {
  it.each([
    [['CEF:{message}'], ['CEF:'], true],
    [['(a|b){message}', 'c{message}'], ['a', 'b', 'c'], true],
    [['(<)?{-:int} x {message}'], [' x '], false],
    [['(<1>)?CEF:{message}'], ['<1>', 'CEF:'], true],
    [['{@timestamp} [{log.level:(INFO|WARN)}] {message}'], ['INFO', 'WARN'], false],
    [['{@timestamp} {message}'], [], false],
    [['{@timestamp} {message}', 'CEF:{message}'], [], false],
    [['{@timestamp}( \\| {user.name:name})? => {message}'], [' => '], false],
  ])('%j: %j', (patterns, texts, areAtStart) => {
    expect(needles(patterns)).toEqual({ texts, areAtStart });
  });

  it('are none where case does not count', () => {
    expect(needles(['CEF:{message}'], true)).toEqual({ texts: [], areAtStart: false });
  });

  it('stand in every sample of their format', () => {
    const lines = bundledFormats().filter((document) => document.lines.length > 0);
    const known = lines.filter((document) => document.needles.texts.length > 0);
    expect(known.length).toBeGreaterThan(lines.length / 2);
    const missed = known.flatMap(({ name, needles: of, samples, header }) =>
      header === undefined
        ? samples.filter(({ lines: [line = ''] }) => !needleTest(of)(line)).map(() => name)
        : [],
    );
    expect(missed).toEqual([]);
  });
});
