/** What rows become for other programs holds what each of them demands, whatever the log. */
import { describe, expect, it } from 'vitest';
import { ecsDocument } from '../../src/detect/ecs-document.ts';
import { isSkip } from '../../src/events/event.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { readSample } from '../../src/logs/read-sample.ts';
import { ROW_FORMATS } from '../../src/settings.ts';
import { EXPORTS } from '../../src/terminal/exports/list.ts';
import { ocsfEvent } from '../../src/terminal/exports/ocsf.ts';
import type { Row } from '../../src/terminal/exports/row.ts';

/** An event of every sample of every format. */
const EVENTS: readonly Row[] = FORMATS.flatMap((format) =>
  format.samples.flatMap((sample) => {
    const event = readSample(format, sample, FORMATS);
    const origin = {
      file: `logs/${format.name}.log`,
      offset: 7,
      line: 3,
      raw: sample.lines[0] ?? '',
    };
    return isSkip(event) ? [] : [ecsDocument(event, origin)];
  }),
);

const HOSTILE = '=cmd|"/c calc"!A1,\u001b[2J\u202e\r\nforged';
const ODD: readonly Row[] = [
  { event: { kind: 'event' }, message: HOSTILE, ir: { format: 'text', time_confidence: 'none' } },
  {
    '@timestamp': '2026-11-17T02:31:00.000001Z',
    event: { kind: 'alert', category: ['web'] },
    message: HOSTILE,
    rule: { id: 'r-1', name: 'Case rule' },
    user: { name: '@SUM(1)' },
    ir: {
      ...{ id: 'f00d', level: 'high', first_seen: '2026-11-17T02:31:00Z', count: 3 },
      evidence: [{ file: 'a.log', line: 9, offset: 1, raw: 'raw', sha256: 'x' }],
    },
  },
];
const ROWS = [...EVENTS, ...ODD];

async function written(name: (typeof ROW_FORMATS)[number], rows = ROWS): Promise<string> {
  let text = '';
  for await (const piece of EXPORTS[name](rows)) text += piece;
  return text;
}

/** Fields of RFC 4180. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g,
  )) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end !== ',') rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}

const jsonOf = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

it('has rows to export', () => {
  expect(EVENTS.length).toBeGreaterThan(300);
});

it.each(ROW_FORMATS)('%s holds nothing that acts on a terminal', async (name) => {
  const text = await written(name);
  expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202e]/);
});

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/;

describe('timesketch', () => {
  it('has what its importer demands, in every document', async () => {
    const documents = jsonOf(await written('timesketch'));
    expect(documents).toHaveLength(ROWS.length);
    for (const { message, datetime, timestamp, timestamp_desc } of documents) {
      expect([typeof message, typeof timestamp_desc]).toEqual(['string', 'string']);
      expect(datetime).toMatch(ISO);
      expect(Date.parse(String(datetime))).toBe(Math.floor(Number(timestamp) / 1000));
    }
    expect(documents.at(-1)).toMatchObject({
      ...{ timestamp_desc: 'First Seen', datetime: '2026-11-17T02:31:00.000001+00:00' },
      ...{ timestamp: Date.UTC(2026, 10, 17, 2, 31) * 1000 + 1, tag: ['Case rule', 'high'] },
    });
    expect(documents.at(-2)).toMatchObject({ timestamp_desc: 'Not a time', timestamp: 0 });
  });

  it('has it in every record of its table, and no formula', async () => {
    const [header = [], ...records] = csvRows(await written('timesketch-csv'));
    expect(header.slice(0, 4)).toEqual(['message', 'datetime', 'timestamp', 'timestamp_desc']);
    expect(records).toHaveLength(ROWS.length);
    for (const record of records) {
      expect(record).toHaveLength(header.length);
      expect(record[1]).toMatch(ISO);
      for (const cell of record) expect(cell).not.toMatch(/^[=+@\t]/);
    }
  });
});

it('bulk: an action with an id of its own, then a document with a time', async () => {
  const lines = jsonOf(await written('bulk'));
  expect(lines).toHaveLength(ROWS.length * 2);
  const ids = new Set<string>();
  for (let index = 0; index < lines.length; index += 2) {
    const { create } = lines[index] as { create: { _index: string; _id: string } };
    expect(Object.keys(lines[index] ?? {})).toEqual(['create']);
    expect(create._id).toMatch(/^[\da-f]{4,64}$/);
    ids.add(create._id);
    expect(Date.parse(String(lines[index + 1]?.['@timestamp']))).not.toBeNaN();
    expect(lines[index + 1]?.['ecs']).toEqual({ version: '8.17.0' });
  }
  expect(ids.size).toBeGreaterThan(ROWS.length * 0.95);
  expect(await written('bulk')).toBe(await written('bulk'));
  const moved = EVENTS.slice(0, 1).map((row) => ({
    ...row,
    log: { offset: 8, file: { path: 'x' } },
  }));
  expect(await written('bulk', moved)).not.toContain([...ids][0]);
});

it('l2tcsv: seventeen fields, none of which is quoted or a formula', async () => {
  const [header = '', ...lines] = (await written('l2tcsv')).trimEnd().split('\n');
  expect(header).toBe(
    'date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,version,filename,inode,notes,format,extra',
  );
  expect(lines).toHaveLength(ROWS.length);
  for (const line of lines) {
    const cells = line.split(',');
    expect(cells, line).toHaveLength(17);
    expect(cells[0]).toMatch(/^\d\d\/\d\d\/\d{4}$/);
    expect(cells[1]).toMatch(/^(?:\d\d:\d\d:\d\d|--:--:--)$/);
    expect(cells.slice(2, 4)).toEqual(['UTC', '....']);
    for (const cell of cells.slice(4)) expect(cell).toMatch(/^(?:-$|[^=+\-@])/);
  }
});

/** Of version 1.3: what each class must have, and of which of these at least one. */
const DEMANDS: Readonly<Record<number, { all: readonly string[]; any?: readonly string[] }>> = {
  0: { all: [] },
  1007: { all: ['actor', 'device', 'process'] },
  2004: { all: ['finding_info'] },
  3002: { all: ['user'], any: ['service', 'dst_endpoint'] },
  4001: { all: [], any: ['src_endpoint', 'dst_endpoint'] },
  4002: { all: [], any: ['http_request', 'http_response'] },
  6003: { all: ['actor', 'api', 'src_endpoint'] },
};
/** Objects: what they must have, all or one of it. */
const OBJECTS: Readonly<Record<string, { all: readonly string[]; any?: readonly string[] }>> = {
  metadata: { all: ['product', 'version'] },
  actor: { all: [], any: ['process', 'user'] },
  user: { all: [], any: ['name', 'uid'] },
  device: { all: ['type_id'], any: ['name', 'hostname', 'ip', 'uid'] },
  process: { all: [], any: ['pid', 'name', 'file'] },
  src_endpoint: { all: [], any: ['ip', 'hostname', 'name'] },
  dst_endpoint: { all: [], any: ['ip', 'hostname', 'name'] },
  api: { all: ['operation'] },
  service: { all: [], any: ['name', 'uid'] },
  finding_info: { all: ['title', 'uid'] },
  connection_info: { all: ['direction_id'] },
  cloud: { all: ['provider'] },
};

function expectDemands(
  value: Readonly<Record<string, unknown>>,
  { all, any = [] }: { all: readonly string[]; any?: readonly string[] },
  what: string,
): void {
  for (const name of all) expect(value[name], `${what}.${name}`).toBeDefined();
  if (any.length > 0)
    expect(
      any.some((name) => value[name] !== undefined),
      what,
    ).toBe(true);
  for (const [name, inner] of Object.entries(value)) {
    expect(inner, `${what}.${name}`).not.toBeNull();
    const demands = OBJECTS[name];
    if (demands !== undefined)
      expectDemands(inner as Record<string, unknown>, demands, `${what}.${name}`);
  }
}

it('ocsf: what the class of each event demands', async () => {
  const events = jsonOf(await written('ocsf'));
  const classes = new Set<number>();
  for (const [index, event] of events.entries()) {
    const { class_uid, activity_id, type_uid, category_uid, time, severity_id } = event as Record<
      string,
      number
    >;
    const what = `${index} ${String(event['message']).slice(0, 80)}`;
    classes.add(class_uid as number);
    expect(type_uid, what).toBe((class_uid as number) * 100 + (activity_id as number));
    expect(category_uid, what).toBe(Math.floor((class_uid as number) / 1000));
    expect(Number.isInteger(time), what).toBe(true);
    expect([0, 1, 2, 3, 4, 5, 6, 99]).toContain(severity_id);
    expect(DEMANDS, what).toHaveProperty([String(class_uid)]);
    expectDemands(event, { all: ['metadata'] }, what);
    expectDemands(event, DEMANDS[class_uid as number] ?? { all: [] }, what);
  }
  expect([...classes].sort()).toEqual(Object.keys(DEMANDS).map(Number).sort());
});

it.each<[string, Row, object]>([
  [
    'a failed login',
    {
      '@timestamp': '2026-11-17T02:31:00.000Z',
      event: { kind: 'event', category: ['authentication'], type: ['info'], outcome: 'failure' },
      user: { name: 'root' },
      source: { ip: '192.0.2.1', address: '192.0.2.1', port: 40_001 },
      process: { name: 'sshd' },
    },
    {
      ...{ class_uid: 3002, activity_id: 1, type_uid: 300_201, status_id: 2, category_uid: 3 },
      ...{ user: { name: 'root' }, service: { name: 'sshd' }, time: Date.UTC(2026, 10, 17, 2, 31) },
      src_endpoint: { ip: '192.0.2.1', port: 40_001 },
    },
  ],
  [
    'a request',
    {
      event: { kind: 'event', category: ['web'], outcome: 'success' },
      source: { ip: '192.0.2.1' },
      http: { request: { method: 'POST' }, response: { status_code: 200 } },
      url: { original: '/a?b=1', path: '/a', query: 'b=1' },
    },
    {
      ...{ class_uid: 4002, activity_id: 6, status_id: 1, http_response: { code: 200 } },
      http_request: { http_method: 'POST', url: { url_string: '/a?b=1', query_string: 'b=1' } },
    },
  ],
  ['a finding', ODD[1] as Row, { class_uid: 2004, severity_id: 4, finding_info: { uid: 'f00d' } }],
])('ocsf: %s', (_, row, expected) => {
  expect(ocsfEvent(row)).toMatchObject(expected);
});
