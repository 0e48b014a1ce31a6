/** JSON that is not one record a line: arrays, lists inside an object, pretty-printed objects, cut ones. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { streamEvents } from '../../../src/detect/event-stream.ts';
import { detectFormat } from '../../../src/logs/detect-format.ts';
import { jsonSplitter } from '../../../src/logs/formats/json-records.ts';
import { FORMATS } from '../../../src/logs/formats/list.ts';
import type { TextRecord } from '../../../src/logs/formats/log-format.ts';

const folder = mkdtempSync(join(tmpdir(), 'ir-records-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Splits a text that comes in pieces of a size. */
function split(text: string, size = text.length || 1): TextRecord[] {
  const splitter = jsonSplitter(false);
  const found: TextRecord[] = [];
  for (let at = 0; at < text.length; at += size)
    found.push(...splitter.push(text.slice(at, at + size)));
  return [...found, ...splitter.end()];
}

const record = (minute: number, extra: object = {}) => ({
  time: `2026-11-24T10:0${minute}:00Z`,
  action: 'login',
  actor: { email: `user${minute}@example.com`, ip: '203.0.113.9' },
  items: [{ note: 'a } ] " \\ { [' }],
  ...extra,
});
const three = [record(1), record(2), record(3)];

/** The events of a text as `ir timeline --all` reads them: line, account, and how lines were accounted for. */
async function read(text: string) {
  const path = join(folder, 'a.log');
  writeFileSync(path, text);
  const { events, files } = await streamEvents([path], {
    cwd: folder,
    zone: 'UTC',
    env: {},
    filter: { sinceUs: -Infinity, untilUs: Infinity, entities: [], grep: undefined },
    level: 'informational',
    ruleNames: [],
    ruleFolders: [],
    referenceMs: undefined,
    workers: 0,
    stdin: (async function* nothing() {})(),
  } as Parameters<typeof streamEvents>[1]);
  const found: { line: number; user: string | undefined; time: number | undefined }[] = [];
  for await (const { line, event } of events) {
    found.push({ line, user: event['user.name'], time: event.timeUs });
  }
  const { parsed, joined, skipped, lines, format } = files[0]!;
  expect(parsed + joined + skipped).toBe(lines);
  return { found, parsed, skipped, format };
}

describe('documents', () => {
  it.each<[string, string, readonly number[]]>([
    ['an array on one line', JSON.stringify(three), [1, 1, 1]],
    ['an array, pretty-printed', JSON.stringify(three, undefined, 2), [2, 15, 28]],
    [
      'a list inside an object',
      JSON.stringify({ kind: 'x', value: three, next: { a: ['b', {}] } }),
      [1, 1, 1],
    ],
    [
      'the same, pretty-printed',
      JSON.stringify({ etag: 'x', items: three }, undefined, '\t'),
      [4, 17, 30],
    ],
    [
      'pretty-printed objects',
      three.map((one) => JSON.stringify(one, undefined, 2)).join('\n'),
      [1, 14, 27],
    ],
    [
      'a pretty-printed one after one on a line',
      `${JSON.stringify(record(1))}\n${JSON.stringify(record(2), undefined, 2)}\n${JSON.stringify(record(3))}\n`,
      [1, 2, 15],
    ],
    [
      'with a byte order mark and line ends of Windows',
      `\ufeff${JSON.stringify(three, undefined, 2).replaceAll('\n', '\r\n')}`,
      [2, 15, 28],
    ],
    [
      'records that hold lists of events themselves',
      JSON.stringify(
        three.map((one) => ({
          actor: one.actor,
          id: { time: one.time },
          events: [{ name: 'login', parameters: [{ name: 'a', value: 'b' }] }],
        })),
        undefined,
        1,
      ).replace(/^\[\n/, '[\n'),
      [2, 22, 42],
    ],
  ])('%s', async (_name, text, lines) => {
    const { found, skipped, format } = await read(text);
    expect(format).toBe('json-lines');
    expect(skipped).toBe(0);
    expect(found.map(({ user }) => user)).toEqual(three.map(({ actor }) => actor.email));
    expect(found.map(({ time }) => time)).toEqual(three.map(({ time }) => Date.parse(time) * 1000));
    expect(found.map(({ line }) => line)).toEqual(lines);
  });

  it("reads journalctl's pretty records as the journal's", async () => {
    const entry = {
      __REALTIME_TIMESTAMP: '1795514400000000',
      _HOSTNAME: 'web01',
      SYSLOG_IDENTIFIER: 'sshd',
      MESSAGE: 'Failed password for root from 203.0.113.9 port 50111 ssh2',
    };
    const { found, format } = await read(`${JSON.stringify(entry, undefined, '\t')}\n`);
    expect([format, found]).toEqual([
      'journald',
      [{ line: 1, user: 'root', time: 1_795_514_400_000_000 }],
    ]);
  });

  it('loses nothing when records are cut: what is left of them is skipped and counted', async () => {
    const pretty = JSON.stringify(record(1), undefined, 2);
    const text = `${pretty.slice(0, 60)}\n${pretty.slice(0, 14)}\n${pretty}\n${pretty.slice(0, 40)}`;
    const { found, skipped } = await read(text);
    expect(found.map(({ user }) => user)).toEqual(['user1@example.com']);
    expect(skipped).toBe(3);
  });

  it.each([
    [
      'settings are no log',
      JSON.stringify({ name: 'shop', version: '1.0', files: ['a'] }, undefined, 2),
    ],
    ['nor is a list of them', JSON.stringify([{ name: 'a', value: 1 }])],
    [
      'a stamp in brackets is no list',
      '[2026-11-24T10:00:00,536][x][WARN ] source[{"@timestamp":"2026-11-24T09:00:00Z","a":1}]\n',
    ],
    ['an Apache error log begins with a bracket too', '[Mon Nov 24 10:00:00 2026] [error] x\n[{'],
  ])('%s', (_name, text) => {
    expect(detectFormat(text, FORMATS)?.name).not.toBe('json-lines');
  });
});

describe('the splitter', () => {
  const values = fc.array(
    fc.object({ maxDepth: 3 }).map((value) => ({ ...value })),
    { maxLength: 6 },
  );
  const texts = fc
    .tuple(values, fc.constantFrom(undefined, 1, '\t'), fc.boolean())
    .map(([records, indent, isArray]) => ({
      records: records.map((one) => JSON.stringify(one)),
      text: isArray
        ? JSON.stringify(records, undefined, indent)
        : records.map((one) => JSON.stringify(one, undefined, indent)).join('\n'),
    }));

  it('finds each element, whatever strings hold, and in pieces what it finds at once', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 50 }), ({ records, text }, size) => {
        // Objects may have keys that only lists have.
        fc.pre(!/"(?:records|events|value|items|entries|results|logs|logevents)"/i.test(text));
        const whole = split(text);
        expect(whole.map((one) => JSON.stringify(JSON.parse(one.text)))).toEqual(records);
        expect(split(text, size)).toEqual(whole);
        for (const one of whole) {
          expect(text.slice(one.offset, one.offset + one.text.length)).toBe(one.text);
          expect(text.slice(0, one.offset).split('\n')).toHaveLength(one.line);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('holds no more of an endless record than its limit', () => {
    const splitter = jsonSplitter(false);
    const piece = '"a":"b",'.repeat(1 << 15);
    expect(splitter.push('{')).toEqual([]);
    for (let count = 0; count < 80; count += 1) expect(splitter.push(piece)).toEqual([]);
    const [cut] = splitter.end();
    expect(cut?.skip).toBe('a record longer than 16 MiB');
    expect(cut?.text.length).toBe(200);
  });

  it.each([
    '{',
    '[',
    '[[[',
    '{"a":',
    '"',
    '{"a":"\\',
    ']',
    '}}',
    '{"value":[',
    '{"value":[]',
    '{"value":[],"x":"',
  ])('ends on %j', (text) => {
    expect(split(text).length).toBeLessThanOrEqual(3);
  });
});
