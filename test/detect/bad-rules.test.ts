/** Rules and events that are meant to hold a run up: each is said or borne, and everything else is still found. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { analyse } from '../../src/detect/analyse.ts';
import { chooseRules } from '../../src/detect/choose-rules.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-bad-rules-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const rule = (id: number, detection: string, more = ''): string => `title: Bad ${id}
id: 00000000-0000-4000-8000-00000000010${id}
${more}logsource: { category: webserver }
detection:
${detection}
level: medium
ir: { entities: [source.ip] }
`;
const access = (address: string, hour: number, target: string): string =>
  `${address} - - [14/Mar/2026:${String(hour).padStart(2, '0')}:00:00 +0000] "GET ${target} HTTP/1.1" 200 1 "-" "M"`;

it('bears hostile rules, keys, fields and stamps, and finds the rest', async () => {
  put(
    'catastrophic.yml',
    rule(1, "  a: { cs-uri|re: '^/(([a-z])+.)+[A-Z]([a-z])+$' }\n  condition: a"),
  );
  put('huge.yml', rule(2, "  a: { cs-uri|re: '((a{1,1000}){1,1000}){1,1000}b' }\n  condition: a"));
  const values = Array.from({ length: 100_000 }, (_, index) => `      - /evil${index}x`).join('\n');
  put('many.yml', rule(3, `  a:\n    cs-uri|contains:\n${values}\n  condition: a`));
  put(
    'groups.yml',
    `${rule(4, "  a: { cs-uri|contains: '/key' }\n  condition: a", 'name: keys\n')}---
title: Bad 5
id: 00000000-0000-4000-8000-000000000105
correlation: { type: event_count, rules: [keys], group-by: [url.path, source.ip], timespan: 1d, condition: { gte: 3 } }
level: medium
ir: { entities: [source.ip] }
`,
  );
  const keys = Array.from({ length: 50_000 }, (_, at) =>
    access('192.0.2.10', 23 - (at % 24), `/key${at}`),
  );
  put(
    'access.log',
    [
      ...keys,
      access('203.0.113.7', 4, '/evil99999x'),
      ...[9, 1, 5].map((hour) => access('203.0.113.8', hour, '/key')),
      access('203.0.113.9', 5, `/${'a'.repeat(300_000)}!`),
      '',
    ].join('\n'),
  );
  const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`f${at}`, at]));
  put(
    'wide.jsonl',
    [
      JSON.stringify({
        time: '2026-03-14T10:00:00Z',
        method: 'GET',
        path: '/evil7x',
        status: 200,
        remote_addr: '203.0.113.5',
        ...wide,
      }),
      '{"time":"2026-03-14T10:00:01Z","__proto__":{"polluted":true},"constructor":{"prototype":{"x":1}},"method":"GET","path":"/evil8x","status":200,"remote_addr":"203.0.113.6"}',
      `{"time":"2026-03-14T10:00:02Z","a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      '',
    ].join('\n'),
  );
  const options = {
    ...{ cwd: folder, zone: 'UTC', env: { XDG_CONFIG_HOME: join(folder, 'none') }, workers: 0 },
    filter: { sinceUs: -Infinity, untilUs: Infinity, entities: [], grep: undefined },
    ...{ level: 'low' as const, isFolded: false, isHashed: false, ruleFolders: [folder] },
    ...{ ruleNames: ['Bad 1', 'Bad 3', 'Bad 5'], referenceMs: Date.UTC(2026, 3, 1) },
    stdin: (async function* nothing() {})(),
  };
  const rules = await chooseRules(options);
  expect(rules.problems.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^the regular expression .* cannot be used: .*too large/),
  ]);
  const { findings, files } = await analyse(['access.log', 'wide.jsonl'], options, rules);
  const found = findings.map(({ rule: { title }, entities }) => [
    title,
    entities['source.ip']?.[0],
  ]);
  expect(found.sort()).toEqual([
    ['Bad 3', '203.0.113.5'],
    ['Bad 3', '203.0.113.6'],
    ['Bad 3', '203.0.113.7'],
    ['Bad 5', '203.0.113.8'],
  ]);
  expect(files.map(({ lines, parsed }) => [lines, parsed])).toEqual([
    [50_005, 50_005],
    [3, 3],
  ]);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
}, 60_000);
