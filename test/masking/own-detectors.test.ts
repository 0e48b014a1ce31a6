/** Detectors of the user's own: taken where they do what their samples say, refused at the place where not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DetectorFile, readDetector } from '../../src/masking/detector.ts';
import { createSpanFinder } from '../../src/masking/find-spans.ts';
import { createMasker, useOwnDetectors } from '../../src/masking/masker.ts';
import { redacting } from '../../src/masking/naming.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-own-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const BADGE = `name: badge
title: Badges of our doors
kind: badge
words: ['badge-']
pattern: 'badge-\\d{6}(?!\\d)'
samples:
  match: [{ text: 'door opened by badge-123456', masks: [badge-123456] }]
  near: ['badge-12']
`;
const put = (text: string): string => {
  const path = join(folder, 'badge.yml');
  writeFileSync(path, text);
  return path;
};

describe('own detectors', () => {
  it('are used beside the bundled ones', () => {
    put(BADGE);
    useOwnDetectors(folder);
    const masker = createMasker(redacting);
    expect(masker.text('badge-654321 password=hunter2')).toBe(
      'masked-badge password=masked-password',
    );
  });

  it('take the place of a bundled one of their name', () => {
    put(BADGE.replace('name: badge', 'name: card'));
    useOwnDetectors(folder);
    expect(createMasker(redacting).text('badge-654321 4111111111111111')).toBe(
      'masked-badge 4111111111111111',
    );
  });

  it('look at the character before and behind, and mask the group `value`', () => {
    const path = put(
      BADGE.replace(/pattern: .*/, "pattern: '(?<!\\w)badge-(?<value>\\d{6})(?!\\d)'"),
    );
    const finder = createSpanFinder([{ ...readDetector(path), isOwn: true }]);
    const spans = finder.find('badge-654321 xbadge-654321 badge-6543210');
    expect(spans.map(({ start, end }) => [start, end])).toEqual([[6, 12]]);
  });

  it.each([
    "'badge-(a+)+(?!\\d)'",
    "'badge-(a|a)*b'",
    "'badge-(?:a?){60}a{60}b'",
    "'badge-(.*)*x'",
  ])('end in linear time with %s', (pattern) => {
    put(
      `name: badge\ntitle: x\nkind: badge\nwords: ['badge-']\npattern: ${pattern}\nnever: ['(a+)+']\n` +
        `samples: { match: [{ text: 'a', masks: ['a'] }], near: ['c'] }\n`,
    );
    const file: DetectorFile = { ...readDetector(join(folder, 'badge.yml')), isOwn: true };
    const finder = createSpanFinder([file]);
    const spent = (count: number): number => {
      const before = process.cpuUsage();
      finder.find(`badge-${'a'.repeat(100)}!`.repeat(count));
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    spent(5);
    expect(spent(200)).toBeLessThan(20 * 8 * Math.max(20, spent(10)));
  });

  it('need not be there', () => expect(() => useOwnDetectors(join(folder, 'none'))).not.toThrow());

  it.each([
    ['a key that is none', `${BADGE}colour: red\n`, 'colour', 9],
    ['an expression that is none', BADGE.replace('{6}(', '{6}(['), 'cannot be used', 5],
    [
      'a sample that is not found',
      BADGE.replace('by badge-123456', 'by badge-12345x'),
      'finds nothing',
      7,
    ],
    [
      'a sample that is found',
      BADGE.replace("['badge-12']", "['badge-123456 x']"),
      'must not find',
      8,
    ],
    ['a reference back', BADGE.replace('(?!\\d)', '(x)\\1'), 'cannot be used', 5],
    ['a look at more than a character', BADGE.replace('(?!\\d)', '(?!\\d+)'), 'cannot be used', 5],
    [
      'a value that is none in another syntax',
      `${BADGE}never: ['x', '(?=x)y']\n`,
      'cannot be used',
      9,
    ],
    ['no samples', BADGE.slice(0, BADGE.indexOf('samples:')), 'samples', 1],
    ['no YAML', 'name: [', '', 1],
  ])('with %s are refused at the place', (_, text, message, line) => {
    const path = put(text);
    let error: unknown;
    try {
      useOwnDetectors(folder);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ exit: 3, message: expect.stringContaining(message) });
    expect(error).toMatchObject({ source: { path, line } });
  });
});
