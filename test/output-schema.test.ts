/**
 * docs/output.md is the contract of the machine output: its tables are read here, and every line of a real
 * run must satisfy them. Evidence is checked against the bytes of the files.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ECS_FIELD_NAMES } from '../src/events/ecs-field-names.ts';
import { LEVELS } from '../src/events/level.ts';
import { createWorkplace, thinOut, type Workplace } from './practice-breach.ts';

type Document = Record<string, unknown>;

const DOCUMENTATION = readFileSync('docs/output.md', 'utf8');
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(?:\d{3}|\d{6})Z$/;
const isInstant = (value: unknown): boolean => typeof value === 'string' && INSTANT.test(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isRecord = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a word in the column "Type" stands for. */
const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  instant: isInstant,
  'instant or null': (value) => value === null || isInstant(value),
  string: isText,
  strings: isTexts,
  integer: (value) => Number.isSafeInteger(value),
  boolean: (value) => typeof value === 'boolean',
  'lists by field': (value) => isRecord(value) && Object.values(value).every(isTexts),
  evidence: (value) => Array.isArray(value) && value.length > 0 && value.length <= 5,
  'numbers by field': (value) =>
    isRecord(value) && Object.values(value).every(Number.isSafeInteger),
  indicators: (value) => Array.isArray(value) && value.length > 0 && value.length <= 20,
  'folded findings': (value) => Array.isArray(value) && value.length > 0 && value.length <= 50,
  'place or null': (value) => value === null || isRecord(value),
  'own to Windows': (value) => isText(value) || isTexts(value) || Number.isSafeInteger(value),
};

/** Fields and types of the first table below a line that begins with `heading`. */
function tableBelow(heading: string): Map<string, string> {
  const from = DOCUMENTATION.indexOf(`\n${heading}`);
  const lines = DOCUMENTATION.slice(from + 1).split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const rows = lines.slice(first);
  const fields = new Map<string, string>();
  for (const row of rows.slice(2)) {
    if (!row.startsWith('|')) break;
    const [, name = '', type = ''] =
      row.split(' | ').length > 1 ? [row, ...row.split(' | ')] : [row];
    fields.set(name.replace(/[|`\s]/g, ''), type.trim());
  }
  return fields;
}

const common = tableBelow('### In every document');
const said = tableBelow('### What the line says');
const alertOnly = tableBelow('### In a finding only');
const evidenceFields = tableBelow('Each item of `ir.evidence`');
const foldedFields = tableBelow('Each item of `ir.folded`');
const eventTable = new Map([...common, ...said]);
const alertTable = new Map([...eventTable, ...alertOnly]);
const REQUIRED = [
  'event.kind',
  'log.file.path',
  'log.offset',
  'ir.line',
  'ir.format',
  'ir.time_confidence',
];
/** Fields of findings that lead others. */
const OF_ACTS = ['ir.folded', 'ir.folded_count', 'ir.further_values'];
const OFTEN_ABSENT = new Set([
  'ir.count_is_least',
  'ir.indicators',
  'ir.noise',
  'ir.doubt',
  'ir.raised',
  'threat.tactic.id',
  'threat.technique.subtechnique.id',
]);
/** Their members are no fields of the document. */
const LEAVES = new Set([
  'ir.entities',
  'ir.evidence',
  'ir.folded',
  'ir.further_values',
  'ir.noise',
]);

function* leavesOf(document: Document, prefix = ''): Iterable<[string, unknown]> {
  for (const [key, value] of Object.entries(document)) {
    const field = `${prefix}${key}`;
    if (isRecord(value) && !LEAVES.has(field)) yield* leavesOf(value, `${field}.`);
    else yield [field, value];
  }
}

/** What is wrong with a document, one text each. */
function problemsOf(document: Document, table: ReadonlyMap<string, string>): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const [field, value] of leavesOf(document)) {
    seen.add(field);
    const type = table.get(field) ?? (/^winlog\./.test(field) ? 'own to Windows' : undefined);
    if (type === undefined) problems.push(`${field} is not documented`);
    else if (TYPES[type]?.(value) !== true) {
      problems.push(`${field} is no ${type}: ${JSON.stringify(value).slice(0, 80)}`);
    }
  }
  for (const field of REQUIRED) if (!seen.has(field)) problems.push(`${field} is missing`);
  return problems;
}

const at = (document: Document, field: string): unknown =>
  field
    .split('.')
    .reduce<unknown>((value, key) => (value as Document | undefined)?.[key], document);

let workplace: Workplace;
let alerts: Document[];
let events: Document[];
beforeAll(() => {
  workplace = createWorkplace();
  const { status } = workplace.shell('ir drill logs webshop --output practice --scale 0.05');
  expect(status).toBe(0);
  thinOut(join(workplace.folder, 'practice'));
  alerts = read('ir timeline practice --level low --format jsonl');
  events = read('ir timeline practice --all --format jsonl');
}, 180_000);
afterAll(() => workplace.remove());

function read(command: string): Document[] {
  const { status, stdout, stderr } = workplace.shell(command);
  expect(status, stderr).toBe(0);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Document);
}

/** Each problem once, with how often it occurs. */
function tally(problems: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const problem of problems) counts[problem] = (counts[problem] ?? 0) + 1;
  return counts;
}

describe('the tables of docs/output.md', () => {
  it('name every ECS field of an event, and use known words for types', () => {
    expect(ECS_FIELD_NAMES.filter((field) => !eventTable.has(field))).toEqual([]);
    const types = [...alertTable.values(), ...evidenceFields.values(), ...foldedFields.values()];
    expect(types.length).toBeGreaterThan(ECS_FIELD_NAMES.length);
    expect(types.filter((type) => TYPES[type] === undefined)).toEqual([]);
  });

  it('describe nothing that an event cannot have', () => {
    const known = new Set<string>(ECS_FIELD_NAMES);
    expect([...said.keys()].filter((field) => !known.has(field))).toEqual([]);
  });
});

describe('events', () => {
  it('satisfy the tables', () => {
    expect(events.length).toBeGreaterThan(9_000);
    expect(tally(events.flatMap((event) => problemsOf(event, eventTable)))).toEqual({});
    expect(tally(events.map((event) => String(at(event, 'event.kind'))))).toEqual({
      event: events.length,
    });
  });

  it('come in the order of time', () => {
    const times = events.map((event) => event['@timestamp']).filter((time) => time !== undefined);
    expect(times.length).toBeGreaterThan(9_000);
    const micros = times.map((time) => String(time).replace(/\.(\d{3})Z$/, '.$1000Z'));
    expect(micros.filter((time, index) => index > 0 && time < (micros[index - 1] ?? ''))).toEqual(
      [],
    );
  });

  it('stand in their files where they say', () => {
    const wrong = events.filter((event) => !isInPlace(event));
    expect(wrong.slice(0, 3)).toEqual([]);
  });
});

describe('findings', () => {
  it('satisfy the tables', () => {
    expect(alerts.length).toBeGreaterThan(30);
    expect(tally(alerts.flatMap((alert) => problemsOf(alert, alertTable)))).toEqual({});
  });

  it('carry every field of a finding', () => {
    const missing = alerts.flatMap((alert) =>
      [...alertOnly.keys()].filter(
        (field) => !OFTEN_ABSENT.has(field) && at(alert, field) === undefined,
      ),
    );
    const alone = alerts.filter((alert) => at(alert, 'ir.folded') === undefined).length;
    expect(alone).toBeLessThan(alerts.length);
    expect(tally(missing)).toEqual(Object.fromEntries(OF_ACTS.map((field) => [field, alone])));
  });

  it('name those that they lead, which --fold none gives one by one', () => {
    const every = new Map(
      read('ir timeline practice --level low --fold none --format jsonl').map((alert) => [
        at(alert, 'ir.id'),
        alert,
      ]),
    );
    let named = 0;
    for (const alert of alerts) {
      expect(every.has(at(alert, 'ir.id'))).toBe(true);
      const folded = (at(alert, 'ir.folded') ?? []) as Document[];
      expect(at(alert, 'ir.folded_count') ?? 0).toBe(folded.length);
      for (const item of folded) {
        expect(Object.keys(item)).toEqual([...foldedFields.keys()]);
        for (const [field, type] of foldedFields) {
          expect(TYPES[type]?.(item[field]), `${field}: ${item[field]}`).toBe(true);
        }
        const whole = every.get(item['id']) as Document;
        expect(item['rule_id']).toBe(at(whole, 'rule.id'));
        for (const field of ['level', 'first_seen', 'last_seen', 'count']) {
          expect(item[field]).toBe(at(whole, `ir.${field}`));
        }
        expect(item['evidence']).toEqual((at(whole, 'ir.evidence') as Document[])[0]);
        named += 1;
      }
    }
    expect(named).toBeGreaterThan(10);
    expect(named + alerts.length).toBe(every.size);
  });

  it('are alerts with a level of Sigma, an id of their own and ordered times', () => {
    for (const alert of alerts) {
      expect(at(alert, 'event.kind')).toBe('alert');
      expect(LEVELS).toContain(at(alert, 'ir.level'));
      expect(at(alert, 'ir.id')).toMatch(/^[0-9a-f]{16}$/);
      expect(at(alert, 'ir.count')).toBeGreaterThan(0);
      expect(String(at(alert, 'ir.last_seen')) >= String(at(alert, 'ir.first_seen'))).toBe(true);
      expect(String(alert['@timestamp']) >= String(at(alert, 'ir.first_seen'))).toBe(true);
      expect(String(alert['@timestamp']) <= String(at(alert, 'ir.last_seen'))).toBe(true);
    }
    expect(new Set(alerts.map((alert) => at(alert, 'ir.id'))).size).toBe(alerts.length);
  });

  it('cite lines that anyone can check', () => {
    let checked = 0;
    for (const alert of alerts) {
      for (const item of at(alert, 'ir.evidence') as Document[]) {
        expect(Object.keys(item)).toEqual([...evidenceFields.keys()]);
        for (const [field, type] of evidenceFields) {
          expect(TYPES[type]?.(item[field]), `${field}: ${item[field]}`).toBe(true);
        }
        const { file, sha256, line, offset, raw } = item;
        expect(sha256).toBe(fileOf(String(file)).sha256);
        expect(standsAt(String(file), Number(offset), Number(line), String(raw)), String(raw)).toBe(
          true,
        );
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(alerts.length);
  });
});

describe('the object of --json', () => {
  it('has the documented members, the same findings, and accounts for every line', () => {
    const { stdout } = workplace.shell('ir timeline practice --level low --json');
    const object = JSON.parse(stdout) as Document;
    const from = DOCUMENTATION.indexOf('## The object of `--json`');
    const section = DOCUMENTATION.slice(from, DOCUMENTATION.indexOf('\n## ', from + 5));
    const table = section.slice(0, section.indexOf('\nEach item of `story`'));
    const documented = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect(Object.keys(object).sort()).toEqual(documented.sort());
    expect(object['schema']).toBe('ir.timeline/v1');
    expect(object['findings']).toEqual(alerts);
    const files = object['files'] as Record<'lines' | 'parsed' | 'joined' | 'skipped', number>[];
    expect(files.length).toBeGreaterThan(5);
    for (const { lines, parsed, joined, skipped } of files) {
      expect(parsed + joined + skipped).toBe(lines);
    }
  });
});

describe('csv', () => {
  it.each([
    ['Findings', 13, 'ir timeline practice/web01/auth.log --format csv'],
    ['Events', 12, 'ir timeline practice --all --until 2026-11-16T01:00:00Z --format csv'],
  ])('of %s has the %i documented columns', (title, count, command) => {
    const from = DOCUMENTATION.indexOf(`- ${title}: `);
    const text = DOCUMENTATION.slice(from).split(/\.\n/)[0] ?? '';
    const columns = [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    const header = workplace.shell(command).stdout.split('\r\n')[0];
    expect(columns.length).toBe(count);
    expect(header).toBe(columns.join(','));
  });
});

/** Logs of other projects, of nearly every format and with many oddities. */
const SHARED = resolve('../shared/data');
const FOLDERS = [
  'loghub',
  'elastic-beats',
  'elastic-integrations',
  'crowdsec-hub',
  'plaso',
  'lnav',
];
const shared = FOLDERS.map((name) => join(SHARED, name)).filter((path) => existsSync(path));
if (shared.length === 0) process.stdout.write('skipped: ../shared/data is not there\n');

/** For the shell: the checkout may lie in a folder with blanks in its name. */
const quoted = shared.map((path) => `'${path}'`).join(' ');

describe.skipIf(shared.length === 0)('logs of other projects', () => {
  it('give documents that satisfy the tables and stand where they say', () => {
    const all = read(`ir timeline ${quoted} --all --format jsonl`);
    // Neighbours are much alike.
    const found = all.filter((_, index) => index % 3 === 0);
    expect(found.length).toBeGreaterThan(1000);
    expect(tally(found.flatMap((event) => problemsOf(event, eventTable)))).toEqual({});
    const wrong = found.filter((event) => !isOfACopy(event) && !isInPlace(event));
    expect(wrong.slice(0, 3)).toEqual([]);
  }, 120_000);

  it('give findings that satisfy the tables', () => {
    const found = read(`ir timeline ${quoted} --level low --format jsonl`);
    expect(found.length).toBeGreaterThan(10);
    expect(tally(found.flatMap((alert) => problemsOf(alert, alertTable)))).toEqual({});
  }, 120_000);
});

interface SourceFile {
  bytes: Buffer;
  sha256: string;
  /** Offset of the first byte of each line. */
  starts: readonly number[];
}
const sources = new Map<string, SourceFile>();

function fileOf(path: string): SourceFile {
  let source = sources.get(path);
  if (source === undefined) {
    const bytes = readFileSync(resolve(workplace.folder, path));
    const starts = [0];
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, end + 1)) {
      starts.push(end + 1);
    }
    source = { bytes, sha256: createHash('sha256').update(bytes).digest('hex'), starts };
    sources.set(path, source);
  }
  return source;
}

/** Do the bytes at the offset read as the text, and are they on that line? */
function standsAt(path: string, offset: number, line: number, raw: string): boolean {
  const { bytes, starts } = fileOf(path);
  // A byte that is not UTF-8 became a character of three.
  const text = bytes.toString('utf8', offset, offset + Buffer.byteLength(raw) + 4);
  if (raw === '' || !text.startsWith(raw)) return false;
  // Records of a document, and a first line behind a byte order mark, begin later on their line.
  const start = starts[line - 1] ?? Number.POSITIVE_INFINITY;
  return start <= offset && !bytes.subarray(start, offset).includes(10);
}

/** Offsets in what was packed, or is UTF-16, are those of its copy (docs/formats.md). */
const isOfACopy = (event: Document): boolean => {
  const path = String(at(event, 'log.file.path'));
  return (
    path.endsWith('.gz') ||
    ['\xff\xfe', '\xfe\xff'].includes(fileOf(path).bytes.toString('latin1', 0, 2))
  );
};

/** Does the event's line stand where the event says? */
const isInPlace = (event: Document): boolean =>
  standsAt(
    String(at(event, 'log.file.path')),
    Number(at(event, 'log.offset')),
    Number(at(event, 'ir.line')),
    String(at(event, 'event.original')),
  );
