import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  folderKey,
  formatRuleCache,
  packDocuments,
  parseRuleCache,
  unpackDocuments,
} from '../../src/detect/rule-cache.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';
import type { SigmaRule } from '../../src/sigma/rule.ts';
import { ensureBuilt, ROOT } from '../program.ts';

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

describe('the rule cache of an installation', () => {
  const RULE = 'templates/rules/linux/ssh-probing.yml';
  const OLD = new Date('1985-10-26T08:15:00Z');
  let folder = '';

  beforeAll(() => {
    ensureBuilt();
    folder = mkdtempSync(join(tmpdir(), 'ir-installed-'));
    for (const path of ['dist', 'templates/rules', 'package.json'])
      cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Bundled rules, and whether each came from the cache: only there parts of it are read when they are asked for. */
  const load = async (): Promise<{ cached: SigmaRule[]; parsed: SigmaRule[] }> => {
    const { loadDocuments, ruleFolders } = await import(
      pathToFileURL(join(folder, 'dist', 'detect', 'load-rules.js')).href
    );
    const { documents, problems } = await loadDocuments(ruleFolders({ HOME: folder }));
    expect(problems).toEqual([]);
    const rules = (documents as SigmaRule[]).filter(({ kind }) => kind === 'rule');
    const isCached = (rule: SigmaRule): boolean =>
      Object.getOwnPropertyDescriptor(rule, 'searches')?.get !== undefined;
    return { cached: rules.filter(isCached), parsed: rules.filter((rule) => !isCached(rule)) };
  };

  it('is used whatever the times of the files, which npm sets to one date in 1985', async () => {
    utimesSync(join(folder, RULE), OLD, OLD);
    const { cached, parsed } = await load();
    expect(parsed).toEqual([]);
    expect(cached.length).toBeGreaterThan(100);
  });

  it('leaves out a rule whose content changed, though its size and time did not', async () => {
    const path = join(folder, RULE);
    const before = readFileSync(path, 'utf8');
    const title = /^title: (.*)$/m.exec(before)?.[1] as string;
    const changed = `X${title.slice(1)}`;
    writeFileSync(path, before.replace(title, changed));
    utimesSync(path, OLD, OLD);
    const { cached, parsed } = await load();
    expect(parsed.map((rule) => rule.title)).toEqual([changed]);
    expect(cached.some((rule) => rule.title === title)).toBe(false);
  });
});

describe('the key of a folder', () => {
  const files = [
    { path: 'a.yml', text: 'title: a' },
    { path: 'b.yml', text: 'title: b' },
  ] as const;
  it.each([
    ['another text', [files[0], { path: 'b.yml', text: 'title: c' }]],
    ['another name', [files[0], { path: 'c.yml', text: 'title: b' }]],
    ['a file more', [...files, { path: 'c.yml', text: '' }]],
    ['a file less', [files[0]]],
    ['one file that holds the other', [{ path: 'a.yml', text: 'title: a\nb.yml\n8\ntitle: b' }]],
  ])('tells %s', (_, others) => {
    expect(folderKey(others)).not.toBe(folderKey(files));
    expect(folderKey([...files])).toBe(folderKey(files));
  });
});
