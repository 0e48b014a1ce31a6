/** What every detector promises, from the samples that its file carries. */
import { describe, expect, it } from 'vitest';
import { readDetectors } from '../../src/masking/detector.ts';
import { createSpanFinder } from '../../src/masking/find-spans.ts';

const files = readDetectors();
const all = createSpanFinder(files.filter(({ on_demand }) => !on_demand));

describe('detectors', () => {
  it('are there', () => expect(files.length).toBeGreaterThan(50));

  it.each(files.map((file) => [file.name, file] as const))('%s', (name, file) => {
    const alone = createSpanFinder([file]);
    for (const { text, masks } of file.samples.match) {
      const found = alone.find(text).map(({ start, end }) => text.slice(start, end));
      expect(found, text).toEqual(masks);
    }
    for (const near of file.samples.near) {
      const found = alone.find(near).map(({ start, end }) => near.slice(start, end));
      expect(found, near).toEqual([]);
    }
    // Beside all others it still says what it is, unless a wider value holds it.
    if (file.on_demand) return;
    for (const { text, masks } of file.samples.match) {
      const found = all.find(text).map(({ start, end }) => text.slice(start, end));
      for (const one of masks)
        expect(
          found.some((value) => value.includes(one)),
          `${name}: ${text}`,
        ).toBe(true);
    }
  });

  it.each(files.map((file) => [file.name, file] as const))(
    '%s knows no class of bytes that ends inside a character',
    (_, { pattern, before }) => {
      // \s and \S take the byte 0xA0, which is a part of many letters in UTF-8.
      expect(`${pattern}${before}`).not.toMatch(/\\s|\\S/);
    },
  );
});
