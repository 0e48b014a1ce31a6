/** Mappings as data: the bundled ones, those of users, and what is wrong with them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyse } from '../../src/detect/analyse.ts';
import { parseMapping } from '../../src/detect/fields/parse-mapping.ts';
import { createResolver } from '../../src/detect/fields/resolver.ts';
import { TRANSFORMS } from '../../src/detect/fields/transforms.ts';
import { loadMappings } from '../../src/detect/load-mappings.ts';
import { problemLine } from '../../src/errors.ts';
import type { Event } from '../../src/events/event.ts';
import { mappings } from './bundled-mappings.ts';

describe('bundled mappings', () => {
  it('are plain data', () => {
    expect(JSON.parse(JSON.stringify(mappings.bundled))).toEqual(mappings.bundled);
    expect(mappings.bundled.length).toBeGreaterThan(5);
  });

  it('use transforms that there are, and every one of them', () => {
    const used = mappings.bundled.flatMap(({ fields }) =>
      Object.values(fields).flatMap(({ transform, all }) => [
        transform,
        ...all.map((source) => source.transform),
      ]),
    );
    expect(new Set(used.filter((name) => name !== undefined))).toEqual(new Set(TRANSFORMS.keys()));
  });

  it('extend mappings that there are', () => {
    const names = new Set(mappings.bundled.map(({ name }) => name));
    const unknown = mappings.bundled.flatMap((mapping) =>
      mapping.extends.filter((name) => !names.has(name)),
    );
    expect(unknown).toEqual([]);
  });
});

const HEAD = 'logsource: [{ service: [shop] }]\nfields:\n';

it.each([
  ['  ok: source.ip\n', ['ok'], []],
  [
    '  client: source.ipp\n  ok: user.name\n',
    ['ok'],
    ['own.yml:3:11: there is no field "source.ipp". Did you mean "source.ip"?'],
  ],
  [
    '  client: [source.ip, nothing.like]\n  ok: user.name\n',
    ['ok'],
    [
      'own.yml:3:23: there is no field "nothing.like". Use an ECS field, or record.NAME for what the source itself calls NAME.',
    ],
  ],
  [
    '  a: { path: source.ip, transform: networks }\n  ok: user.name\n',
    ['ok'],
    ['own.yml:3:36: there is no transform "networks". Did you mean "network"?'],
  ],
  [
    '  a: { path: url.path, transform: target-view }\n  ok: user.name\n',
    ['ok'],
    [expect.stringMatching(/^own\.yml:3:35: there is no transform "target-view"/)],
  ],
  [
    '  a: { path: user.name, if: x }\n  ok: user.name\n',
    ['ok'],
    [expect.stringMatching(/^own\.yml:3:25: unknown key "if"/)],
  ],
  [
    '  ir.source.network: source.ip\n  ok: user.name\n',
    ['ok'],
    ['own.yml:3:3: "ir.source.network": names that begin with "ir." are taken'],
  ],
  ['  a, ok: user.name\n  a: user.id\n', ['a', 'ok'], ['own.yml:4:3: "a" is mapped twice']],
  ['  a:\n  ok: user.name\n', ['ok'], [expect.stringMatching(/^own\.yml:3:\d+: .*fields\.a/)]],
  ['  __proto__: user.name\n  ok: user.id\n', ['__proto__', 'ok'], []],
])('%j', (fields, names, problems) => {
  const parsed = parseMapping(HEAD + fields, 'own.yml', false);
  expect(parsed.problems.map(problemLine)).toEqual(problems);
  expect(Object.keys(parsed.mapping?.fields ?? {})).toEqual(names);
  // The line that the caret stands under.
  for (const { source } of parsed.problems) expect(source?.text).not.toBe('');
});

it.each([
  ['', 'own.yml:1:1: '],
  ['- a\n', 'own.yml:1:1: the file must be a map'],
  ['fields: {a: user.name}\n', 'own.yml:1:1: the mapping has no logsource'],
  ['fields: {a: [}\n', 'own.yml:1:14: not valid YAML'],
  ['logsource: [{products: [x]}]\nfields: {}\n', 'own.yml:1:14: unknown key "products"'],
])('a file that cannot be used: %j', (text, problem) => {
  const parsed = parseMapping(text, 'own.yml', false);
  expect(parsed.mapping).toBeUndefined();
  expect(parsed.problems.map(problemLine).join('\n')).toContain(problem);
});

describe('the mappings of a user', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ir-mappings-'));
    for (const name of ['rules', 'mappings'])
      mkdirSync(join(folder, 'ir', name), { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('come before the bundled ones, for their log sources alone', async () => {
    const parsed = parseMapping(
      'logsource: [{ category: [webserver] }]\nfields:\n  cs-uri: http.request.referrer\n  Agent: user_agent.original\n  Shop: record.shop.name\n',
      'own.yml',
      false,
    );
    const resolve = createResolver(mappings.bundled, [parsed.mapping!]);
    const event = {
      'url.original': '/a',
      'http.request.referrer': 'b',
      'user_agent.original': 'c',
      raw: { shop: { name: 'd' } },
    } as unknown as Event;
    const web = { category: 'webserver' };
    const names = ['cs-uri', 'Agent', 'Shop', 'c-uri'];
    expect(names.map((name) => resolve(name, web)(event))).toEqual(['b', 'c', 'd', '/a']);
    expect(names.map((name) => resolve(name, { category: 'proxy' })(event))).toEqual([
      ...['/a', undefined, undefined, '/a'],
    ]);
  });

  it('serve rules in every reader, and a mistake in one leaves the rest', async () => {
    writeFileSync(
      join(folder, 'ir', 'mappings', 'shop.yml'),
      'logsource: [{ category: [webserver] }]\nfields:\n  request_target: { path: url.original, transform: decoded }\n  broken: url.orignal\n  cs-uri-query: user_agent.original\n',
    );
    const rule = (title: string, detection: string): string =>
      `title: ${title}\nlevel: high\nlogsource: {category: webserver}\ndetection:\n  a: {${detection}}\n  condition: a\n`;
    writeFileSync(
      join(folder, 'ir', 'rules', 'shop.yml'),
      [
        rule('mapped', 'request_target|contains: "/shop cart/"'),
        rule('moved', 'cs-uri-query|contains: curl-shop'),
        rule('broken', 'broken: x'),
      ].join('---\n'),
    );
    const log = join(folder, 'access.log');
    const line = (target: string, agent: string): string =>
      `192.0.2.1 - - [01/Jan/2026:00:00:00 +0000] "GET ${target} HTTP/1.1" 200 1 "-" "${agent}"\n`;
    writeFileSync(log, line('/shop%20cart/7', 'x') + line('/y', 'curl-shop/1') + line('/z', 'x'));
    for (const entities of [[], ['192.0.2.1']]) {
      const timeline = await analyse([log], {
        cwd: folder,
        zone: 'UTC',
        env: { XDG_CONFIG_HOME: folder },
        filter: { sinceUs: -Infinity, untilUs: Infinity, entities, grep: undefined },
        level: 'high',
        ruleNames: ['mapped', 'moved', 'broken'],
        ruleFolders: [],
        referenceMs: undefined,
        workers: 0,
        stdin: Readable.from([]),
      });
      expect(timeline.findings.map(({ rule, count }) => [rule.title, count])).toEqual([
        ['mapped', 1],
        ['moved', 1],
      ]);
      expect(timeline.brokenRules.map(({ message }) => message)).toEqual([
        'there is no field "url.orignal"',
      ]);
    }
  });

  it('have a key of their own, so that what was compiled with others is compiled anew', async () => {
    const alone = await loadMappings({ XDG_CONFIG_HOME: '/nonexistent' }, undefined);
    const { key, bundled } = alone;
    const kept = { key, mappings: bundled };
    expect((await loadMappings({ XDG_CONFIG_HOME: '/nonexistent' }, kept)).bundled).toBe(bundled);
    const own = await loadMappings({ XDG_CONFIG_HOME: folder }, kept);
    expect(own.bundled).toBe(bundled);
    expect(own.own.map(({ name }) => name)).toEqual(['shop']);
    expect(own.key).not.toBe(key);
  });
});
