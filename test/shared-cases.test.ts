/**
 * Small inputs with right answers that nobody here wrote (`../shared/cases`, its README has the form): each is
 * read and searched with all bundled rules.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnalyseOptions } from '../src/detect/analyse.ts';
import { analyse } from '../src/detect/analyse.ts';
import { type StreamedEvent, streamEvents } from '../src/detect/event-stream.ts';
import { createReplayer, type Replayer } from './rules/replay.ts';

const CASES = resolve(import.meta.dirname, '../../shared/cases');
const names = existsSync(CASES)
  ? readdirSync(CASES)
      .filter((name) => name.endsWith('.expected.json'))
      .map((name) => name.replace('.expected.json', ''))
      .sort()
  : [];
if (names.length === 0)
  process.stderr.write('../shared/cases is absent: its inputs are not read\n');

interface Expected {
  tz?: string;
  reference_time?: string;
  events?: readonly Readonly<Record<string, unknown>>[];
  findings?: readonly string[];
  findings_absent?: readonly string[];
}

let replayer: Replayer;
beforeAll(async () => {
  replayer = await createReplayer();
}, 60_000);
afterAll(() => replayer.close());

const optionsOf = ({ tz = 'UTC', reference_time }: Expected): AnalyseOptions => {
  const options = {
    cwd: CASES,
    zone: tz,
    env: {},
    filter: {
      sinceUs: Number.NEGATIVE_INFINITY,
      untilUs: Number.POSITIVE_INFINITY,
      entities: [],
      grep: undefined,
    },
    level: 'informational',
    // Every hit counts, also one that a stronger finding of the same act would lead.
    isFolded: false,
    ruleNames: [],
    ruleFolders: [],
    referenceMs: reference_time === undefined ? undefined : Date.parse(reference_time),
    workers: 0,
    stdin: (async function* nothing() {})(),
  };
  return options as AnalyseOptions;
};

/** The value of an ECS field in a nested document. */
function valueAt(document: unknown, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>(
      (value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key],
      document,
    );
}

/** What is not as it should be, in one line each. */
async function differences(name: string): Promise<string[]> {
  const expected = JSON.parse(readFileSync(`${CASES}/${name}.expected.json`, 'utf8')) as Expected;
  const path = `${CASES}/${name}.log`;
  const options = optionsOf(expected);
  const events: StreamedEvent[] = [];
  for await (const event of (await streamEvents([path], options)).events) events.push(event);
  events.sort((one, other) => one.line - other.line);
  const wrong = (expected.events ?? []).flatMap((wanted, index) =>
    eventDifferences(wanted, eventOf(events, wanted['ir.line'], index)),
  );
  const { findings } = await analyse([path], options, replayer.choice);
  const fired = new Set(findings.map(({ rule }) => rule.title));
  for (const title of expected.findings ?? []) {
    if (!fired.has(title)) wrong.push(`not found: ${title}; found: ${[...fired].join(', ')}`);
  }
  for (const title of expected.findings_absent ?? []) {
    if (fired.has(title)) wrong.push(`found: ${title}`);
  }
  return wrong;
}

const eventOf = (
  events: readonly StreamedEvent[],
  line: unknown,
  index: number,
): StreamedEvent | undefined =>
  line === undefined ? events[index] : events.find((event) => event.line === line);

function eventDifferences(
  wanted: Readonly<Record<string, unknown>>,
  event: StreamedEvent | undefined,
): string[] {
  const place = `line ${wanted['ir.line'] ?? '?'}`;
  if (event === undefined) return [`${place}: no event`];
  return Object.entries(wanted).flatMap(([field, value]) => {
    const got = valueAt(event.document, field);
    return isAsWanted(got, value)
      ? []
      : [`${place}: ${field} is ${JSON.stringify(got)}, not ${JSON.stringify(value)}`];
  });
}

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

function isAsWanted(got: unknown, wanted: unknown): boolean {
  if (wanted === null) return got === undefined;
  if (Array.isArray(wanted)) return Array.isArray(got) && wanted.every((one) => got.includes(one));
  if (typeof wanted === 'string' && wanted.startsWith('ANY:')) {
    return wanted.slice(4).split('|').includes(String(got));
  }
  if (typeof wanted === 'string' && INSTANT.test(wanted)) {
    return Date.parse(String(got)) === Date.parse(wanted);
  }
  return got === wanted;
}

describe.skipIf(names.length === 0)('inputs with right answers', () => {
  it.each(names)('%s', async (name) => {
    expect(await differences(name)).toEqual([]);
  });
});
