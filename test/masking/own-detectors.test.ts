/** Detectors of the user's own: taken where they do what their samples say, refused at the place where not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

  it('need not be there', () => expect(() => useOwnDetectors(join(folder, 'none'))).not.toThrow());

  it.each([
    ['a key that is none', `${BADGE}colour: red\n`, 'colour', 9],
    ['an expression that is none', BADGE.replace('{6}(', '{6}(['), 'cannot be used', undefined],
    [
      'a sample that is not found',
      BADGE.replace('by badge-123456', 'by badge-12345x'),
      'finds nothing',
      undefined,
    ],
    [
      'a sample that is found',
      BADGE.replace("['badge-12']", "['badge-123456 x']"),
      'must not find',
      undefined,
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
    expect(error).toMatchObject({ source: line === undefined ? { path } : { path, line } });
  });
});
