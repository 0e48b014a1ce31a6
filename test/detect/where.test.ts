/** The language of `--where`: what each expression says of an event, and what is wrong with those that are none. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileWhere } from '../../src/detect/where/compile.ts';
import { FIELD_NAMES, isField } from '../../src/detect/where/fields.ts';
import { parseWhere } from '../../src/detect/where/parse.ts';
import { type IrError, usageError } from '../../src/errors.ts';
import type { Event } from '../../src/events/event.ts';

const readTime = (text: string): number => {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw usageError(`--where: "${text}" is not a time`, 'Write 2h.');
  return ms * 1000;
};
const parse = (text: string) => parseWhere(text, { option: '--where', readTime });

const RAW =
  '203.0.113.7 - bob [17/Nov/2026:02:31:00 +0000] "GET /A/b.php?x=1 HTTP/1.1" 503 5000000';
const EVENT: Event = {
  timeUs: Date.UTC(2026, 10, 17, 2, 31) * 1000,
  timeConfidence: 'exact',
  format: 'access',
  'event.category': ['web', 'network'],
  'event.duration': 2_500_000_000,
  'event.code': '4625',
  'source.ip': '203.0.113.7',
  'source.address': '203.0.113.7',
  'source.port': 51_234,
  'destination.ip': '2001:db8::1',
  'user.name': 'Bob',
  'user.id': '0',
  'url.path': '/A/b.php',
  'url.query': '',
  'http.response.status_code': 503,
  'http.response.body.bytes': 5_000_000,
  'related.ip': ['192.0.2.1', '198.51.100.9'],
  message: 'say "hi" \\ it\'s * (all)',
  raw: { requestParameters: { bucketName: 'backups' }, count: '17', tags: ['a', 'b'], flag: false },
  winlog: { event_data: { LogonType: '3' } },
};

describe('an expression', () => {
  it.each<[string, boolean]>([
    ['user.name = bob', true],
    ['user.name == "BOB"', true],
    ['user.name != bob', false],
    ['user.name = bo', false],
    ['USER.NAME = bob', true],
    ['user.id = 0', true],
    ['user.id = 00', false],
    ['not user.name = root', true],
    ['! user.name = root && user.id = 0', true],
    ['user.domain = corp', false],
    ['user.domain != corp', true],
    ['user.domain < z', false],
    ['user.domain exists', false],
    ['user.domain not exists', true],
    ['url.query exists', false],
    ['url.query = ""', false],
    ['source.ip exists', true],
    ['http.response.status_code >= 500', true],
    ['http.response.status_code > 503', false],
    ['http.response.status_code <= 503.0', true],
    ['http.response.status_code < 1000', true],
    ['http.response.status_code in (404, 503)', true],
    ['http.response.status_code not in [404, 503]', false],
    ['http.response.status_code ~ ^5', true],
    ['http.response.status_code startswith 50', true],
    ['http.response.body.bytes = 5MB', true],
    ['http.response.body.bytes >= 5MiB', false],
    ['http.response.body.bytes > 4.5mb', true],
    ['event.duration > 2s and event.duration < 2501ms', true],
    ['event.duration = 2500000000', true],
    ['source.ip in 203.0.113.0/24', true],
    ['source.ip = 203.0.113.0/24', true],
    ['source.ip in (192.0.2.0/24, 203.0.113.7)', true],
    ['source.ip not in 203.0.113.0/24', false],
    ['source.ip = ::ffff:203.0.113.7', true],
    ['source.ip = ::ffff:cb00:7107', true],
    ['source.ip in ::ffff:203.0.113.0/120', true],
    ['source.ip = 203.000.113.007', true],
    ['source.address = ::ffff:cb00:7107', true],
    ['destination.ip = 2001:0DB8:0:0:0:0:0:1', true],
    ['destination.ip in 2001:db8::/32', true],
    ['destination.ip in 0.0.0.0/0', false],
    ['related.ip = 198.51.100.9', true],
    ['related.ip != 198.51.100.9', false],
    ['related.ip in 198.51.100.0/24', true],
    ['event.category = web', true],
    ['event.category in (process, network)', true],
    ['event.code = 4625', true],
    ['event.code >= 4624', true],
    ['user.name > alice', true],
    ['url.path contains B.PHP', true],
    ['url.path startswith /a/', true],
    ['url.path endswith .php', true],
    ['url.path not endswith .php', false],
    ['url.path ~ b.php$', true],
    ['url.path ~ B.PHP$', false],
    ['url.path ~ "(?i)B\\\\.PHP$"', true],
    ["url.path ~ '(?i)B\\.PHP$'", true],
    ['url.path = /A/b.*', false],
    ['message = "say \\"hi\\" \\\\ it\'s * (all)"', true],
    ['message contains "(ALL)"', true],
    ['@timestamp >= 2026-11-17T02:31:00Z', true],
    ['@timestamp < 2026-11-17T02:31:00Z', false],
    ['@timestamp = "2026-11-17T02:31:00Z"', true],
    ['event.original contains "GET /a/b"', true],
    ['event.original ~ "\\\\[17/Nov"', true],
    ['ir.format = access', true],
    ['ir.time_confidence in (exact, zone-assumed)', true],
    ['record.requestParameters.bucketName = backups', true],
    ['record.count > 16', true],
    ['record.tags = b', true],
    ['record.flag = false', true],
    ['record.__proto__.x exists', false],
    ['record.constructor exists', false],
    ['winlog.event_data.LogonType = 3', true],
    ['winlog.event_data.Absent = 3', false],
    ['user.name = bob or user.name = root and user.id = 1', true],
    ['(user.name = bob or user.name = root) and user.id = 1', false],
    ['not (user.name = bob and user.id = 1)', true],
    ['not not user.name = bob', true],
    ['NOT user.name = bob OR user.id IN (0)', true],
    ['user.name = "and" or user.name = "bob"', true],
    ['user.name=bob and source.port>=51234', true],
  ])('%s: %s', (text, expected) => {
    expect(compileWhere(structuredClone(parse(text))).test(EVENT, RAW)).toBe(expected);
  });
});

describe('a mistake', () => {
  it.each<[string, number, string, string?]>([
    ['', 1, 'empty'],
    ['   ', 1, 'empty'],
    ['user.nmae = root', 1, 'there is no field "user.nmae"', 'Did you mean "user.name"?'],
    [
      'user.id = 0 and sorce.ip = 192.0.2.1',
      17,
      'no field "sorce.ip"',
      'Did you mean "source.ip"?',
    ],
    ['status_code = 200', 1, 'no field', 'Did you mean "http.response.status_code"?'],
    ['frobnicate = 1', 1, 'no field "frobnicate"', 'docs/where.md'],
    ['record. = 1', 1, 'no field "record."'],
    ['user.name root', 11, 'expected a comparison after "user.name", not "root"', 'Write ='],
    ['user.name', 10, 'not the end'],
    ['user.name =', 12, 'expected a value, not the end'],
    ['user.name = (a, b)', 13, 'expected a value, not "("'],
    ['user.name in (a, b', 19, 'expected "," or ")" in the list, not the end'],
    ['user.name in (a b)', 17, 'in the list, not "b"'],
    ['(user.name = a', 15, 'expected ")" for the one at character 1'],
    ['user.name = a user.id = 0', 15, 'expected "and", "or" or the end, not "user.id"'],
    ['user.name = a)', 14, 'expected "and", "or" or the end'],
    ['user.name = "a', 13, 'a quote that is never closed'],
    ['user.name & a', 11, '"&" means nothing here'],
    ['user.name not = a', 15, 'expected a comparison'],
    ['and user.name = a', 1, 'no field "and"'],
    ['"user.name" = a', 1, 'expected a field'],
    ['source.port = https', 15, '"https" is not a number'],
    ['http.response.body.bytes > 10 MB', 31, 'expected "and"'],
    ['http.response.body.bytes > 10XB', 28, 'is not a number of bytes'],
    ['event.duration > 2 fortnights', 20, 'expected "and"'],
    ['event.duration > 2y', 18, 'is not a duration'],
    ['source.ip in 203.0.113.0/33', 14, 'is not an address or network'],
    ['source.ip = evil.example', 13, 'is not an address or network'],
    ['source.ip > 192.0.2.1', 13, 'has no order'],
    ['@timestamp > nonsense', 14, '"nonsense" is not a time', 'Write 2h.'],
    ['@timestamp ~ 2026', 14, 'is a time: compare it'],
    ['url.path ~ "(unclosed"', 12, 'no valid expression'],
    ['url.path ~ "(?=x)"', 12, 'no valid expression', 'RE2'],
    [`${'('.repeat(200)}user.name = a${')'.repeat(200)}`, 101, 'nested too deep'],
    [`user.name = ${'a'.repeat(30_000)}`, 1, 'longer than'],
  ])('%s', (text, column, message, hint) => {
    let found: IrError | undefined;
    try {
      parse(text);
    } catch (error) {
      found = error as IrError;
    }
    expect(found?.message).toContain(message);
    expect(found).toMatchObject({ exit: 2, source: { path: '--where', column } });
    if (hint !== undefined) expect(found?.hint).toContain(hint);
  });
});

it('lists every field in its document', () => {
  const text = readFileSync('docs/where.md', 'utf8');
  expect(FIELD_NAMES.length).toBeGreaterThan(90);
  expect(FIELD_NAMES.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  const named = [...text.matchAll(/`([a-z_@]+(?:\.[a-z_]+)+)`/g)].map(([, name = '']) => name);
  expect(named.filter((name) => !isField(name) && !name.startsWith('.'))).toEqual([]);
});
