/** The pattern language: what a pattern takes, and which patterns are refused and where. */
import { describe, expect, it } from 'vitest';
import type { Event } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { checkPattern } from '../../../src/logs/pattern/check-pattern.ts';
import { compilePattern } from '../../../src/logs/pattern/compile-pattern.ts';
import { parsePattern } from '../../../src/logs/pattern/parse-pattern.ts';
import { PatternError } from '../../../src/logs/pattern/pattern-node.ts';

const clock = createClock({ zone: 'UTC', firstYear: 2026 });

const KEYS = {
  keys: { u: 'user.name', s: 'source', p: 'source.port', t: '@timestamp', d: '@date', c: '@time' },
  'keys.columns': { 1: 'user.name', 2: 'source' },
};

function read(pattern: string, text: string): Record<string, unknown> | undefined {
  const compiled = compilePattern(parsePattern(pattern), { keys: KEYS });
  if (!compiled.match(text)) return undefined;
  const event: Event = { timeUs: undefined, timeConfidence: 'none', format: 'x' };
  compiled.apply(event, clock);
  const { timeConfidence: _, format: __, ...fields } = event;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const TIME = Date.UTC(2026, 10, 24, 10, 0, 1) * 1000;
const A = '203.0.113.9';

// biome-ignore format: a table
const READS: readonly (readonly [pattern: string, text: string, fields: Record<string, unknown> | undefined])[] = [
  ['plain', 'plain', {}],
  ['plain', 'plainer', undefined],
  ['\\(a\\|b\\) \\{x\\}', '(a|b) {x}', {}],
  ['user {user.name} in', 'user a in b in', undefined],
  ['user {user.name:text>} in', 'user a in b in', { 'user.name': 'a in b' }],
  ['user {user.name} in {group.name}', 'user a in b in', { 'user.name': 'a', 'group.name': 'b in' }],
  ['user {user.name}( from {source})?', `user bob from ${A}`, { 'user.name': 'bob', 'source.ip': A, 'source.address': A }],
  ['user {user.name}( from {source})?', 'user bob', { 'user.name': 'bob' }],
  ['{user.name:word}: {message}', 'a:b: c: d', { 'user.name': 'a:b', message: 'c: d' }],
  ['(Accepted|Failed) {event.reason:word}', 'Failed password', { 'event.reason': 'password' }],
  ['(Accepted|Failed) {event.reason:word}', 'Refused password', undefined],
  ['from {source:endpoint}', 'from 2001:db8::9:50111', { 'source.ip': '2001:db8::9', 'source.address': '2001:db8::9', 'source.port': 50111 }],
  ['from {source}', 'from host.example.com', { 'source.address': 'host.example.com' }],
  ['{source.ip} {source.port}', `${A} 99999`, { 'source.ip': A }],
  ['{user.name:[^/]}/{-}', 'a/b/c', { 'user.name': 'a' }],
  ['{user.name:[^/]*}/{-}', '/b', {}],
  ['"{user.name:[^"]}"', '"a b"', { 'user.name': 'a b' }],
  ['{url.original:quoted} end', '"a \\"b\\" \\x41" end', { 'url.original': 'a "b" A' }],
  ['{process.thread.name:bracketed} {message}', '[main 1] x', { 'process.thread.name': 'main 1', message: 'x' }],
  ['{request} {http.response.status_code}', 'GET /a.php?b HTTP/1.1 200', undefined],
  ['{request:request>} {http.response.status_code}', 'GET /a.php?b HTTP/1.1 200', { 'http.request.method': 'GET', 'http.version': '1.1', 'url.original': '/a.php?b', 'url.path': '/a.php', 'url.query': 'b', 'url.extension': 'php', 'http.response.status_code': 200 }],
  ['took {event.duration:duration}', 'took 1.5ms', { 'event.duration': 1_500_000 }],
  ['{event.code:/AH\\d{5}/}: {message}', 'AH01234: x', { 'event.code': 'AH01234', message: 'x' }],
  ['{event.code:/(?:a+)+/}!', `${'a'.repeat(5000)}?`, undefined],
  ['%{IP:source.ip} %{GREEDYDATA:message} %{INT:process.pid}', `${A} a b 7`, { 'source.ip': A, message: 'a b', 'process.pid': 7 }],
  ['{@timestamp} {message}', 'Nov 24 10:00:01 x', { timeUs: TIME, message: 'x' }],
  ['{@timestamp} {message}', '2026-11-24T10:00:01Z x', { timeUs: TIME, message: 'x' }],
  ['{@timestamp} {message}', '2026/11/24 10:00:01 x', { timeUs: TIME, message: 'x' }],
  ['[{@timestamp}] {message}', '[24/Nov/2026:11:00:01 +0100] x', { timeUs: TIME, message: 'x' }],
  ['[{@timestamp}] {message}', '[24-Nov-2026 10:00:01.500] x', { timeUs: TIME + 500_000, message: 'x' }],
  ['[{@timestamp}] {message}', '[24/Nov/2026 25:00:01] x', undefined],
  ['{@timestamp:%d.%m.%y %I:%M:%S %p} {message}', '24.11.26 10:00:01 AM x', { timeUs: TIME, message: 'x' }],
  ['date={@timestamp:%F time=%T} {keys}', 'date=2026-11-24 time=10:00:01 u="a \\"b" s=203.0.113.9 p=5', { timeUs: TIME, 'user.name': 'a "b', 'source.ip': A, 'source.address': A, 'source.port': 5 }],
  ['{@timestamp:%F %T} {message}', '2026-13-24 10:00:01 x', undefined],
  ['CEF:{keys:extension}', 'CEF:s=203.0.113.9 u=jo smith p=5', { 'source.ip': A, 'source.address': A, 'user.name': 'jo smith', 'source.port': 5 }],
  ['{keys.columns:csv}', '1,"jo ""x"" smith",203.0.113.9', { 'user.name': 'jo "x" smith', 'source.ip': A, 'source.address': A }],
  ['{keys.columns:tabs}', '1\tbob\t-', { 'user.name': 'bob' }],
  ['{keys:json}', '{"a":1,"u":"bob","p":5}', { 'user.name': 'bob', 'source.port': 5 }],
  ['{event.action:(in|into)} {-}', 'into x', { 'event.action': 'into' }],
  ['{@timestamp:number} {message}', '1795514401.000 x', { timeUs: TIME, message: 'x' }],
  // A value that is damaged takes nothing from the others.
  ['{@timestamp:number} {message}', '2026 x', { message: 'x' }],
  ['CEF:{keys:extension}', 'CEF:s=1::2::3 u=jo p=abc t=noon d=2026-11-24 c=25:00:00', { 'user.name': 'jo' }],
];

describe('a pattern', () => {
  it.each(READS)('%s reads %s', (pattern, text, fields) => {
    expect(read(pattern, text)).toEqual(fields);
  });

  it('is linear: a long line of what it looks for takes no time', () => {
    const pattern = compilePattern(parsePattern('a{-}b{-:text>}c( {-}d)?( {-}e)?{-:[^x]}f'));
    expect(pattern.match('ab c d'.repeat(200_000))).toBe(false);
  });
});

// biome-ignore format: a table
const REFUSED: readonly (readonly [pattern: string, at: number, message: RegExp])[] = [
  ['a {user.nme} b', 3, /no field "user.nme"/],
  ['a {user.name:wrd}', 13, /no kind "wrd"/],
  ['a {user.name', 2, /a field is/],
  ['a {}', 2, /a field is/],
  ['a {x:[z-a]}', 3, /no field "x"/],
  ['a {-:[z-a]}', 5, /no class/],
  ['(a b', 0, /never closed/],
  ['(a)', 0, /alternatives/],
  ['a) b', 1, /closes nothing/],
  ['a\\', 1, /backslash/],
  ['%{NOPE:user.name}', 0, /grok's NOPE/],
  ['{@timestamp:%Q}', 12, /no %Q/],
  ['{-:/(?=a)b/}', 4, /not linear/],
  ['{-:/(a)\\1/}', 4, /not linear/],
  ['{user.name}{group.name}', 0, /both take the same text/],
  ['{user.name:word}{process.pid}', 0, /both take the same text/],
  ['{group.name} {group.name}', 13, /filled twice/],
  ['for {user.name} from {source}', 4, /whoever chooses/],
  ['for {user.name:text>} from {source} {-}', 36, /cannot be known/],
  ['for {user.name:text>} {source} via {-:[a-z]}', 30, /cannot be known/],
  ['for {user.name:word} from {source} {-}', 35, /cannot be known/],
  [`${'(a|b)'.repeat(13)}`, 60, /too many ways/],
];

describe('the checks of a pattern', () => {
  it.each(REFUSED)('refuse %s at %i', (pattern, at, message) => {
    let error: unknown;
    try {
      checkPattern(parsePattern(pattern), new Set(['user.name']));
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(PatternError);
    expect((error as PatternError).message).toMatch(message);
    expect((error as PatternError).at).toBe(at);
  });

  it.each([
    "for '{user.name:text>}' from {source}",
    'for {user.name:word} {-}',
    'for {user.name}',
    'user {user.name:quoted} did {-} from {source}',
    '{source} for {user.name:text>}: done',
    '{user.name:[^/]}/{-:text>}] {event.outcome:name}',
  ])('take %s', (pattern) => {
    expect(() => checkPattern(parsePattern(pattern), new Set(['user.name']))).not.toThrow();
  });
});
