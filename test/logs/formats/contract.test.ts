/** What every log format promises, replayed for each from the samples it carries. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Event, isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { detectFormat, saidOf } from '../../../src/logs/detect-format.ts';
import { FORMATS } from '../../../src/logs/formats/list.ts';
import type { LogFormat, Sample } from '../../../src/logs/formats/log-format.ts';
import { type HeaderMark, sampleHeaders } from '../../../src/logs/headers.ts';
import { createAccount } from '../../../src/logs/line-account.ts';
import { bundledFormats } from '../../../src/logs/load-formats.ts';
import { createEventReader } from '../../../src/logs/read-events.ts';
import { readSample as readWhole } from '../../../src/logs/read-sample.ts';
import { silenceOf } from './silent-events.ts';

const FOLDER = new URL('../../../src/logs/', import.meta.url);

const clock = (headers: readonly HeaderMark[] = []) =>
  createClock({ zone: 'UTC', firstYear: 2026, headers });

/** What names the columns of a sample's lines. */
const headersOf = ({ header }: LogFormat, { lines }: Sample): readonly HeaderMark[] =>
  sampleHeaders(header, lines.join('\n'));

/** The first event of a sample. */
function readSample(format: LogFormat, sample: Sample): Event {
  const event = readWhole(format, sample, FORMATS);
  if (isSkip(event))
    throw new Error(`${format.name} skipped its own sample: ${event.skip}: ${sample.lines}`);
  return event;
}

/** RFC 3339 in UTC with microseconds, as samples write their expected time. */
function timeText(timeUs: number | undefined): string | undefined {
  if (timeUs === undefined) return undefined;
  const micros = ((timeUs % 1_000_000) + 1_000_000) % 1_000_000;
  const seconds = new Date((timeUs - micros) / 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(micros).padStart(6, '0')}Z`;
}

/** The first line of each of a format's samples; what `detect` sees at the head of a file. */
const firstLines = (format: LogFormat): string[] =>
  format.samples
    .filter((sample) => headersOf(format, sample).length === 0)
    .map((sample) => sample.lines[0] ?? '');

const isLongDocument = (format: LogFormat, line: string): boolean =>
  format.records?.detect(line) === true;

/**
 * The samples of a format that another would read as its own: two that claim a line are told apart by how much of it
 * each says, never by their order. What wraps lines of others claims them by right.
 */
function stolen(format: LogFormat): string[] {
  if (format.isGeneric === true) return [];
  const plain = firstLines(format).filter((line) => format.unwrap?.(line, clock()) === undefined);
  return plain.flatMap((line) =>
    FORMATS.filter(
      (other) =>
        other !== format &&
        other.isGeneric !== true &&
        other.detect(line) &&
        other.unwrap?.(line, clock()) === undefined &&
        saidOf(other, [line]) >= saidOf(format, [line]),
    ).map((other) => `${other.name}: ${line}`),
  );
}

test('there are formats to check', () => {
  expect(FORMATS.length).toBeGreaterThan(0);
  expect(new Set(FORMATS.map((format) => format.name)).size).toBe(FORMATS.length);
});

test('the last resort reads no file in which another format claims a line', () => {
  const unknown = '2026-11-24 10:00:01 nobody knows\n'.repeat(20);
  const taken = FORMATS.filter(({ isGeneric }) => isGeneric !== true).filter((format) =>
    firstLines(format).some(
      (line) => detectFormat(`${unknown}${line}\n`, FORMATS)?.isGeneric === true,
    ),
  );
  expect(taken.map(({ name }) => name)).toEqual([]);
  expect(detectFormat(unknown, FORMATS)?.name).toBe('generic');
});

test('lines that the last resort reads are counted apart', () => {
  const account = createAccount();
  const sink = (): void => {};
  const reader = createEventReader({
    format: undefined,
    formats: FORMATS,
    clock: clock(),
    account,
    sink,
  });
  reader.line('2026-11-24 10:00:01 nobody knows', 0);
  reader.line('Nov 24 10:00:02 web1 sshd[7]: Connection closed by 203.0.113.9 port 41000', 40);
  reader.end();
  expect(account).toMatchObject({ lines: 2, parsed: 2, generic: 1 });
});

test('a line that says nothing, and a login of nobody, are told from those that say something', () => {
  const of = (fields: Partial<Event>): string | undefined => silenceOf(fields as Event, '');
  expect(of({ 'process.name': 'sshd', 'host.name': 'web1' })).toBe('says nothing');
  expect(of({ 'event.action': 'ssh_login', 'user.name': 'bob' })).toMatch(/outcome/);
  expect(of({ 'event.action': 'ssh_login', 'event.outcome': 'failure' })).toMatch(/nobody/);
  expect(
    of({ 'event.action': 'ssh_login', 'event.outcome': 'failure', 'source.ip': '192.0.2.7' }),
  ).toBe(undefined);
});

test('every format in the folder is listed', async () => {
  const files = ['formats', 'envelopes'].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, FOLDER))
      .filter((file) => file.endsWith('.ts') && file !== 'list.ts' && file !== 'log-format.ts')
      .map((file) => `${folder}/${file}`),
  );
  const listed = new Set(FORMATS);
  const unlisted: string[] = [];
  let found = 0;
  for (const file of files) {
    const module: Record<string, unknown> = await import(new URL(file, FOLDER).href);
    for (const [name, value] of Object.entries(module)) {
      if (name !== 'format' && !name.endsWith('Format')) continue;
      if (typeof value !== 'object' || value === null || !('samples' in value)) continue;
      found += 1;
      if (!listed.has(value as LogFormat)) unlisted.push(`${file}: ${name}`);
    }
  }
  expect(unlisted).toEqual([]);
  const declared = bundledFormats().filter(({ programs }) => programs.length === 0);
  expect(found + declared.length).toBe(FORMATS.length);
});

describe.each(FORMATS.map((format) => [format.name, format] as const))('%s', (name, format) => {
  test('has a stable name, a title, a specification and samples', () => {
    expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect(format.title).not.toBe('');
    expect(format.url).toMatch(/^https:\/\//);
    expect(format.samples.length).toBeGreaterThanOrEqual(2);
  });

  test.each(format.samples.map((sample) => [sample.lines[0] ?? '', sample] as const))(
    'reads %s',
    (_line, sample) => {
      const event = readSample(format, sample);
      const { time, ...fields } = sample.expect;
      expect(Object.keys(sample.expect).length).toBeGreaterThan(0);
      if (time !== undefined) expect(timeText(event.timeUs)).toBe(time);
      expect(event).toMatchObject(fields);
      expect(silenceOf(event, sample.lines.join(' '))).toBeUndefined();
      // What wraps a line reads it as what it is.
      if (format.unwrap === undefined) expect(event.format).toBe(name);
    },
  );

  test('detects its own samples and none of another format', () => {
    const own = firstLines(format).filter(
      (line) => !format.detect(line) && !isLongDocument(format, line),
    );
    expect(own).toEqual([]);
    expect(stolen(format)).toEqual([]);
  });

  test('survives hostile lines', () => {
    const lines = [
      '',
      ' ',
      '\0',
      '<',
      '<1>',
      '{',
      '[',
      '"',
      '\u001b[31mred\u001b]0;title\u0007',
      '__proto__=1 constructor=2',
      '{"__proto__":{"polluted":true}}',
      '\u202e\ufeff\ud800',
      'a '.repeat(50_000),
      '['.repeat(50_000),
      ' '.repeat(50_000),
      'Nov 24 10:00:01 '.repeat(5_000),
      'Nov 24 10:00:01 h sshd[1]: Failed password for invalid user '.concat(
        ' from '.repeat(20_000),
      ),
    ];
    for (const line of [...lines, ...firstLines(format).flatMap(truncations)]) {
      const start = performance.now();
      format.detect(line);
      format.continues?.(line);
      format.group?.key(line);
      format.parse(line, clock());
      expect(performance.now() - start, `slow on ${line.slice(0, 60)}`).toBeLessThan(1000);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

/** A line cut at every place, as a full disk or a killed writer leaves it. */
const truncations = (line: string): string[] =>
  Array.from({ length: Math.min(line.length, 400) }, (_, length) => line.slice(0, length));
