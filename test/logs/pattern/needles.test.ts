/** Texts of which every line of a format holds one. */
import { describe, expect, it } from 'vitest';
import { bundledFormats } from '../../../src/logs/load-formats.ts';
import { needlesOf, needleTest } from '../../../src/logs/pattern/needles.ts';
import { phraseReader } from '../../../src/logs/pattern/read-phrases.ts';

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

  it('keep no phrase from a text that it fits', () => {
    let fitted = 0;
    for (const document of bundledFormats()) {
      const texts = document.samples
        .flatMap(({ lines }) => lines)
        .flatMap((line) => [line, line.slice(line.indexOf(': ') + 2)]);
      for (const phrases of [document.lines, document.phrases]) {
        const bare = phrases.map(({ needles: _, ...phrase }) => phrase);
        const [late, atOnce] = [phraseReader(phrases, document), phraseReader(bare, document)];
        const found = texts.filter(atOnce.matches);
        expect(texts.filter(late.matches), document.name).toEqual(found);
        fitted += found.length;
      }
    }
    expect(fitted).toBeGreaterThan(300);
    const known = bundledFormats().flatMap((each) => each.phrases.filter((one) => one.needles));
    expect(known.length).toBeGreaterThan(100);
  });
});
