/** Scores the auditd format on the records and expectations of other projects, where they are present. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import type { Event } from '../../../src/events/event.ts';
import { format } from '../../../src/logs/formats/auditd.ts';
import { readRecord } from '../../../src/logs/formats/auditd-record.ts';
import { joinRecords } from './join-records.ts';
import { createScore } from './score.ts';

const DATA = '../shared/data';
const isPresent = existsSync(`${DATA}/go-libaudit`);
if (!isPresent) process.stdout.write(`auditd peers: ${DATA} is absent, skipped\n`);

type Json = Record<string, unknown>;
const read = (path: string): string => readFileSync(`${DATA}/${path}`, 'utf8');
const linesOf = (path: string): string[] =>
  read(path)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
const rowsOf = (path: string): Json[] => linesOf(path).map((line) => JSON.parse(line) as Json);
const at = (value: unknown, ...keys: string[]): unknown =>
  keys.reduce<unknown>((inner, key) => (inner as Json | undefined)?.[key], value);

/** What a peer calls unset or writes as a bare number, in our form. */
const plain = (value: unknown): unknown => (value === 'unset' ? undefined : value);
const rfc3339 = (event: Event | undefined): string =>
  new Date(Math.floor((event?.timeUs ?? 0) / 1000)).toISOString();

describe.skipIf(!isPresent)('auditd against its peers', () => {
  test('go-libaudit: fields of single records', () => {
    const score = createScore('go-libaudit records');
    const folder = 'go-libaudit/auparse/testdata';
    for (const file of readdirSync(`${DATA}/${folder}`).filter((name) => name.endsWith('.log'))) {
      const lines = linesOf(`${folder}/${file}`);
      const golden = JSON.parse(read(`${folder}/${file}.golden`)) as (Json | null)[];
      for (const want of golden) {
        if (want === null) continue;
        const line = lines.find((text) => text.endsWith(String(want['raw_msg'])));
        const record = readRecord(line ?? '');
        score.add('record', record !== undefined, true, String(want['raw_msg']));
        score.add('type', record?.type.toLowerCase(), want['record_type'], line);
        score.add('serial', Number(record?.id.split(':')[1]), want['sequence']);
        score.add(
          'time',
          record && new Date(record.timeUs / 1000).toISOString(),
          new Date(String(want['@timestamp'])).toISOString(),
        );
        for (const [key, value] of Object.entries((want['data'] ?? {}) as Json)) {
          if (['arch', 'syscall', 'result', 'family', 'addr', 'port', 'path'].includes(key))
            continue;
          if (/^(?:socket|subj|obj)_/.test(key) || value === 'unset') continue;
          score.add(
            'field',
            record?.fields.get(key.replace('_', '-')) ?? record?.fields.get(key),
            value,
            `${file} ${key}`,
          );
        }
      }
    }
    const shares = score.shares();
    for (const what of ['record', 'type', 'serial', 'time']) expect(shares[what], what).toBe(1);
    expect(shares['field']).toBeGreaterThan(0.97);
  });

  test('go-libaudit: joined events', () => {
    const score = createScore('go-libaudit events');
    const folder = 'go-libaudit/aucoalesce/testdata';
    for (const file of readdirSync(`${DATA}/${folder}`).filter((name) => name.endsWith('.yaml'))) {
      const { tests } = parseYaml(read(`${folder}/${file}`)) as { tests: Record<string, string> };
      const golden = JSON.parse(
        read(`${folder}/${file.replace('.yaml', '.json.golden')}`),
      ) as Json[];
      for (const { test_name: name, event: want } of golden) {
        const text = tests[String(name)] ?? '';
        const { events } = joinRecords(
          format,
          text.split('\n').filter((line) => line !== ''),
        );
        const event = events[0];
        const context = `${file} ${name}`;
        score.add('one event', events.length, 1, context);
        score.add('type', event?.['event.code']?.toLowerCase(), at(want, 'record_type'), context);
        score.add(
          'time',
          rfc3339(event),
          new Date(String(at(want, '@timestamp'))).toISOString(),
          context,
        );
        const action = at(want, 'summary', 'action');
        if (action !== undefined) score.add('action', event?.['event.action'], action, context);
        score.add(
          'category',
          event?.['event.category'],
          at(want, 'ecs', 'event', 'category') ?? [],
          context,
        );
        const outcomes: Json = { success: 'success', fail: 'failure' };
        const outcome = outcomes[String(at(want, 'result'))];
        if (outcome !== undefined) score.add('outcome', event?.['event.outcome'], outcome, context);
        const fields: [string, unknown, unknown][] = [
          ['pid', event?.['process.pid'], Number(at(want, 'process', 'pid'))],
          ['executable', event?.['process.executable'], at(want, 'process', 'exe')],
          ['comm', event?.['process.name'], at(want, 'process', 'name')],
          ['title', event?.['process.title'], at(want, 'process', 'title')],
          ['args', event?.['process.args'], at(want, 'process', 'args')],
          ['cwd', event?.['process.working_directory'], at(want, 'process', 'cwd')],
          ['file.path', event?.['file.path'], at(want, 'file', 'path')],
          ['file.mode', event?.['file.mode'], at(want, 'file', 'mode')],
          ['source.ip', event?.['source.ip'], at(want, 'source', 'ip')],
          ['destination.ip', event?.['destination.ip'], at(want, 'destination', 'ip')],
        ];
        for (const [what, got, wanted] of fields) {
          if (wanted !== undefined && !Number.isNaN(wanted)) score.add(what, got, wanted, context);
        }
        score.add('session', event?.['session.id'], plain(at(want, 'session')), context);
      }
    }
    const shares = score.shares();
    for (const what of ['one event', 'time', 'pid', 'args', 'executable', 'title', 'source.ip']) {
      expect(shares[what], what).toBe(1);
    }
    expect(shares['action']).toBeGreaterThan(0.95);
    expect(shares['type']).toBeGreaterThan(0.95);
  });

  test.each([
    ['go-libaudit/testdata/out_of_order.log'],
    ['go-libaudit/testdata/normal.log'],
    ['go-libaudit/testdata/lost_messages.log'],
    ['laurel/src/testdata/record-execve-long.txt'],
    ['laurel/src/testdata/record-perl-reverse-shell.txt'],
    ['laurel/src/testdata/record-syscall-nullkey.txt'],
    ['laurel/src/testdata/record-connect.txt'],
    ['laurel/src/testdata/record-uringop.txt'],
    ['laurel/src/testdata/record-ptrace.txt'],
    ['laurel/src/testdata/shell-proc-trace.txt'],
    ['laurel/src/testdata/shell-proc-trace-reordered.txt'],
    ['laurel/src/testdata/shell-proc-trace-confusion.txt'],
    ['otrf/datasets/atomic/linux/discovery/host/sh_arp_cache/sh_arp_cache_2020-11-10074812.log'],
  ])('%s: one event per audit id, no line lost', (path) => {
    const lines = linesOf(path).filter((line) => line.includes('audit('));
    const ids = new Set(lines.map((line) => /audit\(([^)]+)\)/.exec(line)?.[1]));
    const { events, skips } = joinRecords(format, lines);
    expect(skips).toEqual([]);
    expect(new Set(events.map((event) => event['event.id'])).size).toBe(ids.size);
    expect(events.length).toBe(ids.size);
  });

  test('laurel: command lines', () => {
    const [long] = joinRecords(
      format,
      linesOf('laurel/src/testdata/record-execve-long.txt'),
    ).events;
    expect(long?.['process.args']?.[1]?.length).toBe(8192);
    expect(long?.['process.args']?.[1]).toMatch(/^ba+/);
    const [shell] = joinRecords(
      format,
      linesOf('laurel/src/testdata/record-perl-reverse-shell.txt'),
    ).events;
    expect(shell?.['process.command_line']).toContain('use Socket;$i="10.0.0.1";$p=1234;socket(');
    expect(shell?.['user.name']).toBe('root');
  });

  test('elastic-integrations: auditd.log', () => {
    const score = createScore('elastic auditd.log');
    for (const row of rowsOf('elastic-integrations/truth.jsonl')) {
      if (row['package'] !== 'auditd' || row['input'] === null) continue;
      const want = row['expected'] as Json;
      const event = joinRecords(format, [String(row['input'])]).events[0];
      const one = (value: unknown): unknown =>
        Array.isArray(value) && value.length === 1 ? value[0] : value;
      for (const field of [
        ...[
          'event.action',
          'event.category',
          'event.outcome',
          'source.ip',
          'user.name',
          'process.name',
        ],
        ...[
          'process.pid',
          'process.executable',
          'process.args',
          'process.working_directory',
          'user.id',
        ],
        ...['user.effective.name', 'process.parent.pid'],
      ]) {
        const wanted = want[field];
        if (wanted === undefined || wanted === '4294967295') continue;
        score.add(
          field,
          one((event as Json | undefined)?.[field]),
          one(wanted),
          String(row['input']).slice(0, 60),
        );
      }
      score.add('@timestamp', rfc3339(event), want['@timestamp']);
    }
    const shares = score.shares();
    for (const field of ['@timestamp', 'event.outcome', 'source.ip', 'user.name', 'process.pid']) {
      expect(shares[field], field).toBe(1);
    }
  });

  test('elastic-integrations: auditd_manager', () => {
    const score = createScore('elastic auditd_manager');
    for (const row of rowsOf('elastic-integrations/truth.jsonl')) {
      if (row['package'] !== 'auditd_manager') continue;
      const original = at(row['input'], 'event', 'original');
      if (!Array.isArray(original)) continue;
      const want = row['expected'] as Json;
      const event = joinRecords(format, original as string[]).events[0];
      for (const field of [
        ...[
          'event.action',
          'event.category',
          'event.outcome',
          'source.ip',
          'user.id',
          'process.pid',
        ],
        ...['process.executable', 'process.name', 'process.title', 'process.working_directory'],
        ...['user.target.id', 'process.parent.pid'],
      ]) {
        const wanted = want[field];
        if (wanted === undefined) continue;
        score.add(
          field,
          (event as Json | undefined)?.[field],
          wanted,
          String(original[0]).slice(0, 140),
        );
      }
    }
    const shares = score.shares();
    expect(shares['event.action']).toBeGreaterThan(0.95);
    expect(shares['process.pid']).toBe(1);
  });

  test('plaso: header rules', () => {
    const { events, skips } = joinRecords(format, linesOf('plaso/test_data/selinux.log'));
    expect(skips).toHaveLength(4);
    // Two of its seven records belong to one event.
    expect(events).toHaveLength(6);
    expect(events.map((event) => event['event.code'])).toContain('UNDER_SCORE');
    const enriched = joinRecords(format, linesOf('plaso/test_data/audit_enriched.log'));
    expect(enriched.skips).toEqual([]);
    expect(enriched.events.map((event) => event['process.executable'])).toContain('/usr/bin/id');
  });
});
