/**
 * The literals that a rule needs are found in every event that the rule matches: for every sample of every
 * format, and for hostile lines, under rules on each field and on pieces of its value.
 */
import { expect, it } from 'vitest';
import { createBurstCollector } from '../../src/detect/bursts.ts';
import { createKinds, ruleFits } from '../../src/detect/fields/log-sources.ts';
import { createMatcher } from '../../src/detect/matcher.ts';
import { createPlan } from '../../src/detect/plan.ts';
import { createRowCollector } from '../../src/detect/rows/rows.ts';
import { ECS_FIELD_NAMES } from '../../src/events/ecs-field-names.ts';
import type { Event } from '../../src/events/event.ts';
import { createClock } from '../../src/logs/clock.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import type { LogFormat } from '../../src/logs/formats/log-format.ts';
import { createAccount } from '../../src/logs/line-account.ts';
import { createEventReader } from '../../src/logs/read-events.ts';
import { compileRuleSet } from '../../src/sigma/compile-rule-set.ts';
import type { Search, SigmaLogSource, SigmaRule } from '../../src/sigma/rule.ts';
import { MAPPED_NAMES, resolveField } from './bundled-mappings.ts';
import { accessLog, createDraw, type Draw, syslogLog } from './hostile-logs.ts';

interface Read {
  event: Event;
  raw: string;
}

/** The events of lines, as a run reads them. */
function read(text: string, format: LogFormat): Read[] {
  const events: Read[] = [];
  const clock = createClock({ zone: 'UTC', firstYear: 2026 });
  const account = createAccount();
  const sink = (event: Event, raw: string): void => void events.push({ event, raw });
  const latin1 = Buffer.from(text, 'utf8').toString('latin1');
  const reader = createEventReader({ format, formats: FORMATS, clock, account, sink });
  reader.lines(latin1, 0);
  reader.end();
  return events;
}

const SOURCES: readonly SigmaLogSource[] = [
  { category: 'webserver' },
  { product: 'linux' },
  { product: 'linux', service: 'auditd' },
  { product: 'linux', category: 'process_creation' },
  { product: 'linux', category: 'file_event' },
  { product: 'linux', category: 'network_connection' },
  { product: 'aws', service: 'cloudtrail' },
  { category: 'application' },
  { category: 'any' },
];

/** Dotted paths of the source's own record. */
function pathsOf(record: unknown, prefix = '', depth = 0): string[] {
  if (typeof record !== 'object' || record === null || depth > 4) return [];
  return Object.entries(record).flatMap(([key, value]) => [
    prefix + key,
    ...pathsOf(value, `${prefix}${key}.`, depth + 1),
  ]);
}

const kindOf = createKinds(FORMATS);

function rulesFor({ event }: Read, draw: Draw): SigmaRule[] {
  const rules: SigmaRule[] = [];
  const paths = pathsOf(event.raw);
  for (const logsource of SOURCES.filter((source) => ruleFits(source, kindOf(event).source))) {
    for (const field of new Set([...ECS_FIELD_NAMES, ...MAPPED_NAMES, ...paths])) {
      const found = resolveField(field, logsource)(event);
      for (const value of new Set([found].flat())) {
        if (typeof value !== 'string' && typeof value !== 'number') continue;
        const text = String(value).replace(/[\\*?]/g, '\\$&');
        const at = draw.below(String(value).length);
        const piece = String(value)
          .slice(at, at + 2 + draw.below(12))
          .replace(/[\\*?]/g, '\\$&');
        rules.push(rule(rules.length, logsource, field, [], text));
        if (piece !== '') rules.push(rule(rules.length, logsource, field, ['contains'], piece));
      }
    }
  }
  return rules;
}

function rule(
  index: number,
  logsource: SigmaLogSource,
  field: string,
  modifiers: readonly string[],
  value: string,
): SigmaRule {
  const search: Search = { kind: 'field', field, match: { modifiers, values: [value] } };
  return {
    kind: 'rule',
    title: `${field}|${modifiers.join('|')}: ${value} (${JSON.stringify(logsource)})`,
    id: '',
    name: `r${index}`,
    description: '',
    status: 'test',
    level: 'low',
    tags: [],
    falsepositives: [],
    references: [],
    place: { path: 'test' },
    custom: {},
    logsource,
    searches: new Map([['a', search]]),
    condition: { kind: 'search', name: 'a' },
    fields: [],
  };
}

/** Rules that match the event but are not among its candidates, and how many match. */
function missed(one: Read, draw: Draw): { matching: number; missed: string[] } {
  const { ruleSet, problems } = compileRuleSet(rulesFor(one, draw), resolveField);
  expect(problems).toEqual([]);
  const matcher = createMatcher(
    createPlan(ruleSet),
    FORMATS,
    [],
    createBurstCollector(),
    createRowCollector(),
  );
  const candidates = new Set(matcher.candidatesOf(one.event, one.raw));
  const matching = ruleSet.rules.flatMap(({ test }, index) =>
    test(one.event, one.raw) ? [index] : [],
  );
  return {
    matching: matching.length,
    missed: matching
      .filter((index) => !candidates.has(index))
      .map((index) => ruleSet.rules[index]?.rule.title ?? ''),
  };
}

function expectSound(events: readonly Read[], least: number): void {
  const draw = createDraw(1);
  let matching = 0;
  const all = new Set<string>();
  for (const one of events) {
    const result = missed(one, draw);
    matching += result.matching;
    for (const title of result.missed) all.add(`${title} in ${one.raw.slice(0, 120)}`);
  }
  expect([...all].slice(0, 20)).toEqual([]);
  expect(matching).toBeGreaterThan(least);
}

it.each(FORMATS.map((format) => [format.name, format] as const))('samples of %s', (_, format) => {
  const events = format.samples.flatMap(({ lines }) => read(`${lines.join('\n')}\n`, format));
  expect(events.length).toBeGreaterThan(1);
  expectSound(events, events.length * 5);
});

it.each([
  [
    'cloudtrail',
    '{"Records": [ {"eventVersion": "1.08", "eventTime": "2024-06-10T06:13:20Z", "eventSource": "iam.amazonaws.com", "eventName": "PutUserPolicy", "sourceIPAddress": "198.51.100.77", "requestParameters": { "a": true, "list": [ 1, 2 ], "n": 1e3 } } ]}',
  ],
  [
    'json-lines',
    '{"time": "2026-03-05T00:00:00Z", "level": "error", "msg": "x", "details": { "a": { "b": [ 1, { "c": 2.0 } ] } }, "n": 1E5}',
  ],
  [
    'json-lines',
    String.raw`{"time":"2026-03-05T00:00:00Z","level":"error","msg":"say \"no\"\nor\tC:\\temp","uri":"\/a%20b\/\u0063?x=\u00252e\u0022","headers":{"user-agent":"a \"b\" %22c\\d"},"list":["e\\f",{"g":"\u0022h"}]}`,
  ],
] as const)('%s that is spaced out, escaped, with numbers in odd spellings', (name, text) => {
  const format = FORMATS.find((each) => each.name === name) as LogFormat;
  const events = read(`${text}\n`, format);
  expect(events.length).toBe(1);
  expectSound(events, 10);
});

// What is in no line as it stands: the program of a bare line of the kernel, and a logger that is known by the layout alone.
it.each([
  [
    'kernel-ring',
    '[  101.123456] device eth0 entered promiscuous mode',
    ['process.name', 'kernel'],
  ],
  [
    'django',
    '[24/Nov/2026 10:00:01] "GET /admin/ HTTP/1.1" 200 1024',
    ['log.logger', 'django.server'],
  ],
] as const)('the value of %s that its lines do not hold', (name, line, [field, value]) => {
  const [one] = read(`${line}\n`, FORMATS.find((each) => each.name === name) as LogFormat);
  expect(one?.event[field]).toBe(value);
  const rules = compileRuleSet(
    [
      rule(0, { category: 'any' }, field, [], value),
      rule(1, { category: 'any' }, field, ['contains'], value.slice(1, -1)),
      rule(2, { category: 'any' }, field, [], `${value}2`),
    ],
    resolveField,
  ).ruleSet;
  const plan = createPlan(rules);
  const matcher = createMatcher(plan, FORMATS, [], createBurstCollector(), createRowCollector());
  const { event, raw } = one as Read;
  const candidates = matcher.candidatesOf(event, raw);
  expect(rules.rules.map(({ test }) => test(event, raw))).toEqual([true, true, false]);
  expect(candidates).toEqual(expect.arrayContaining([0, 1]));
});

it.each([
  ['access', accessLog],
  ['syslog', syslogLog],
] as const)('hostile lines of %s', (name, log) => {
  const format = FORMATS.find((each) => each.name === name) as LogFormat;
  expectSound(read(`${log(createDraw(9), 120).join('\n')}\n`, format), 500);
});

/** A value that the raw line has as its bytes only: in hex, as in an audit log, or as a list of numbers, as in the journal. */
function isWrittenAsBytes({ event, raw }: Read): boolean {
  const values = Object.values(event)
    .flat()
    .filter((value) => typeof value === 'string' && value.length > 3 && !raw.includes(value));
  return values.some((value) => {
    const bytes = Buffer.from(value as string, 'utf8');
    return raw.includes(bytes.toString('hex').toUpperCase()) || raw.includes([...bytes].join(','));
  });
}

it('formats that write values as bytes say so: all their rules are tried, which is cheaper than looking each value up', () => {
  const samplesOf = (format: LogFormat): Read[] =>
    format.samples.flatMap(({ lines }) => read(`${lines.join('\n')}\n`, format));
  const names = (formats: readonly LogFormat[]): string[] => formats.map(({ name }) => name).sort();
  expect(names(FORMATS.filter((format) => samplesOf(format).some(isWrittenAsBytes)))).toEqual(
    names(FORMATS.filter(({ isEncoded }) => isEncoded === true)),
  );
});
