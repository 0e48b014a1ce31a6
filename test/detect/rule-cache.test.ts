import { describe, expect, it } from 'vitest';
import {
  formatRuleCache,
  packDocuments,
  parseRuleCache,
  unpackDocuments,
} from '../../src/detect/rule-cache.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';

const TEXT = `title: Zwölf "Anmeldungen" \\ 登录
name: one
description: two lines
falsepositives: [tests]
logsource: {product: linux}
detection:
  a: {user.name: ['ä*', '登录', 3, null, true]}
  b: ['key', 'word']
  condition: a and not 1 of b
---
title: Many
correlation:
  type: value_count
  rules: [one]
  group-by: [who]
  timespan: 5m
  condition: {gte: 3, field: source.ip}
  aliases: {who: {one: user.name}}
`;

const documents = parseSigma(TEXT, 'a.yml').documents;
const text = formatRuleCache([{ key: 'k', documents }], undefined);

describe('the rule cache', () => {
  it('gives the documents as they were parsed, also what is read late', () => {
    expect(documents).toHaveLength(2);
    const cache = parseRuleCache(text);
    expect(cache.documents).toEqual(documents);
    expect(cache.byKey.get('k')).toEqual(documents);
  });

  it('is ASCII, so that it can be read byte by byte', () => {
    expect(text).toMatch(/^[\n -~]*$/);
  });

  it('refuses the file of another version', () => {
    expect(() => parseRuleCache(text.replace(/"version":\d+/, '"version":0'))).toThrow(/version/);
  });

  it('packs documents for another thread, from the cache or parsed, in their order', () => {
    const [rule, correlation] = parseRuleCache(text).documents as typeof documents;
    const [own] = parseSigma(TEXT, 'own.yml').documents;
    const mixed = [correlation!, own!, rule!];
    const packed = packDocuments(mixed);
    expect(packed.list).toEqual([1, own, 0]);
    expect(unpackDocuments(structuredClone(packed))).toEqual(mixed);
    expect(unpackDocuments(packDocuments([own!]))).toEqual([own]);
    expect(unpackDocuments(packDocuments([]))).toEqual([]);
  });
});
