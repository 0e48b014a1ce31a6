/**
 * Measures the syslog format against test suites of other projects. The data is not ours and stays
 * outside the repository; without it these tests are skipped.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Event, isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { format } from '../../../src/logs/formats/syslog.ts';

const DATA = '../shared/data';
const hasData = existsSync(DATA);
if (!hasData) process.stdout.write(`skipped: ${DATA} is absent, peers' log lines were not read\n`);

const readRows = <T>(path: string): T[] =>
  readFileSync(`${DATA}/${path}`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);

const parseLine = (line: string, zone: string, year: number): Event | undefined => {
  const parsed = format.parse(line, createClock({ zone, firstYear: year }));
  return isSkip(parsed) ? undefined : parsed;
};

const isFailedLogin = (event: Event): boolean =>
  event['event.outcome'] === 'failure' &&
  event['event.category']?.includes('authentication') === true;

const rate = (hits: number, all: number): number => (all === 0 ? 1 : hits / all);
const percent = (hits: number, all: number): string =>
  `${(100 * rate(hits, all)).toFixed(1)} % (${hits}/${all})`;

const print = (title: string, rows: readonly (readonly [string, string])[]): void => {
  process.stdout.write(
    `\n${title}\n${rows.map(([name, text]) => `  ${name.padEnd(34)} ${text}\n`).join('')}`,
  );
};

const verbose = process.env['PEERS_VERBOSE'] === '1';
const complain = (text: string): void => {
  if (verbose) process.stdout.write(`    ${text.slice(0, 260)}\n`);
};

interface Fail2banRow {
  file: string;
  line: string;
  match: boolean;
  time: string | null;
  host: string | null;
  host_in_line?: boolean;
  user?: string | null;
}

/** Lines of programs that write through syslog or in its shape; the others have formats of their own. */
const readFail2ban = () => {
  const rows = readRows<Fail2banRow>('fail2ban/truth.jsonl');
  const NOW_YEAR = 2005;
  return rows.flatMap((row) => {
    if (!format.detect(row.line)) return [];
    // The suite dates year-less stamps back from August 2005.
    const isLater = row.time?.startsWith('2004') === true;
    const event = parseLine(row.line, 'Europe/Zurich', isLater ? NOW_YEAR - 1 : NOW_YEAR);
    return event === undefined ? [] : [{ row, event }];
  });
};

/** Lines that the suite expects both to match and not to match, depending on the filter's mode. */
const ambiguous = (rows: readonly { row: Fail2banRow }[]): Set<string> => {
  const negatives = new Set(rows.filter(({ row }) => !row.match).map(({ row }) => row.line));
  return new Set(
    rows.filter(({ row }) => row.match && negatives.has(row.line)).map(({ row }) => row.line),
  );
};

test.skipIf(!hasData)('fail2ban: failures, their hosts and times', () => {
  const all = readFail2ban();
  const both = ambiguous(all);
  const rows = all.filter(({ row }) => !both.has(row.line));
  const negatives = rows.filter(({ row }) => !row.match);
  const positives = rows.filter(({ row }) => row.match);
  const wrong = negatives.filter(({ event }) => isFailedLogin(event));
  for (const { row } of wrong) complain(`false failure: ${row.file}: ${row.line}`);
  const core = positives.filter(({ row }) =>
    /^(?:sshd|dovecot|pam|vsftpd|proftpd|pure-ftpd|courier-auth|sendmail-auth|sieve|uwimap|webmin|wuftpd)/.test(
      row.file,
    ),
  );
  const failed = positives.filter(({ event }) => isFailedLogin(event));
  const coreFailed = core.filter(({ event }) => isFailedLogin(event));
  for (const { row, event } of core)
    if (!isFailedLogin(event)) complain(`missed: ${row.file}: ${row.line}`);
  const flagged = positives.filter(
    ({ event }) =>
      event['event.outcome'] === 'failure' || event['event.action'] === 'address_banned',
  );
  for (const { row, event } of positives) {
    if (event['event.outcome'] !== 'failure') complain(`not flagged: ${row.file}: ${row.line}`);
  }
  const hosts = positives.filter(({ row }) => row.host !== null && row.host_in_line !== false);
  // They keep the zeros that some write in front of a number.
  const plainHost = (host: string | null | undefined): string | undefined =>
    host?.toLowerCase().replace(/(?<=^|\.)0+(?=\d)/g, '');
  const sameHost = hosts.filter(
    ({ row, event }) => plainHost(event['source.address']) === plainHost(row.host),
  );
  for (const { row, event } of hosts) {
    if (!sameHost.some((same) => same.row === row))
      complain(`host ${row.host} != ${event['source.address']}: ${row.file}: ${row.line}`);
  }
  const users = positives.filter(({ row }) => typeof row.user === 'string' && row.user !== '');
  const sameUser = users.filter(({ row, event }) => event['user.name'] === row.user);
  for (const { row, event } of users) {
    if (event['user.name'] !== row.user)
      complain(`user ${row.user} != ${event['user.name']}: ${row.line}`);
  }
  const timed = rows.filter(
    ({ row, event }) => row.time?.length === 19 && event.timeUs !== undefined,
  );
  const localTime = (event: Event): string =>
    new Date((event.timeUs ?? 0) / 1000)
      .toLocaleString('sv', { timeZone: 'Europe/Zurich' })
      .replace(' ', 'T');
  const sameTime = timed.filter(({ row, event }) => localTime(event) === row.time);
  for (const { row, event } of timed) {
    if (localTime(event) !== row.time)
      complain(`time ${row.time} != ${localTime(event)}: ${row.line}`);
  }
  print('fail2ban', [
    ['lines of syslog shape', String(rows.length)],
    ['failed logins, core services', percent(coreFailed.length, core.length)],
    ['failed logins, all filters', percent(failed.length, positives.length)],
    ['any failure, all filters', percent(flagged.length, positives.length)],
    ['not accused of a failed login', percent(negatives.length - wrong.length, negatives.length)],
    ['host', percent(sameHost.length, hosts.length)],
    ['user', percent(sameUser.length, users.length)],
    ['time', percent(sameTime.length, timed.length)],
  ]);
  expect(rows.length).toBeGreaterThan(400);
  // One line, of an old tag form that its filter leaves to another, is a failure all the same.
  expect(wrong.length).toBeLessThanOrEqual(1);
  expect(rate(coreFailed.length, core.length)).toBeGreaterThan(0.77);
  expect(rate(flagged.length, positives.length)).toBeGreaterThan(0.97);
  expect(rate(sameHost.length, hosts.length)).toBeGreaterThan(0.99);
  expect(sameUser.length).toBe(users.length);
  expect(rate(sameTime.length, timed.length)).toBeGreaterThan(0.98);
});

interface EcsRow {
  package?: string;
  module?: string;
  data_stream?: string;
  fileset?: string;
  input: unknown;
  expected: Record<string, unknown>;
}

const FIELDS = [
  'host.hostname',
  'process.name',
  'process.pid',
  'source.ip',
  'source.port',
  'user.name',
  'user.id',
  'user.effective.name',
  'group.name',
  'event.action',
  'event.outcome',
  'event.category',
  'event.type',
] as const;

for (const suite of ['elastic-integrations', 'elastic-beats']) {
  test.skipIf(!hasData)(`${suite}: system.auth and system.syslog documents`, () => {
    const rows = readRows<EcsRow>(`${suite}/truth.jsonl`).filter((row) => {
      const isSystem = (row.package ?? row.module) === 'system';
      return (
        isSystem &&
        ['auth', 'syslog'].includes(row.data_stream ?? row.fileset ?? '') &&
        typeof row.input === 'string'
      );
    });
    const counts = new Map<string, [number, number]>();
    const count = (name: string, isHit: boolean): void => {
      const [hits, total] = counts.get(name) ?? [0, 0];
      counts.set(name, [hits + (isHit ? 1 : 0), total + 1]);
    };
    for (const { input, expected } of rows) {
      const line = String(input);
      const event = parseLine(line, 'UTC', 2023);
      count('parsed', event !== undefined && format.detect(line));
      if (!format.detect(line)) complain(`not detected: ${line}`);
      if (event === undefined) continue;
      for (const field of FIELDS) {
        const wanted = expected[field];
        if (wanted === undefined) continue;
        const isHit = JSON.stringify(event[field]) === JSON.stringify(wanted);
        count(field, isHit);
        if (!isHit)
          complain(
            `${field} ${JSON.stringify(wanted)} != ${JSON.stringify(event[field])}: ${line}`,
          );
      }
      const time = expected['@timestamp'];
      if (typeof time === 'string' && time.endsWith('Z')) {
        count('@timestamp', new Date((event.timeUs ?? 0) / 1000).toISOString() === time);
      }
    }
    print(
      suite,
      [...counts].map(([name, [hits, total]]) => [name, percent(hits, total)] as const),
    );
    for (const [name, [hits, total]] of counts) {
      // Older documents repeat the outcome in `event.type` and leave the account of some sessions empty.
      const isDisputed = name === 'event.type' || name === 'user.name' || name === 'user.id';
      expect(rate(hits, total), name).toBeGreaterThanOrEqual(isDisputed ? 0 : 0.98);
    }
    expect(rows.length).toBeGreaterThan(10);
  });
}

/** A line of a CSV file with quoted fields. */
const readCsvLine = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    (match) => match[1]?.replaceAll('""', '"') ?? match[2] ?? '',
  );

test.skipIf(!hasData)('loghub: OpenSSH lines keep content, process id and time', () => {
  const folder = `${DATA}/loghub/OpenSSH/OpenSSH_2k.log`;
  const lines = readFileSync(folder, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const [head = '', ...records] = readFileSync(`${folder}_structured.csv`, 'utf8').split('\n');
  const column = (name: string): number => head.trim().split(',').indexOf(name);
  let content = 0;
  let pid = 0;
  let time = 0;
  let failed = 0;
  let understood = 0;
  lines.forEach((line, index) => {
    const event = parseLine(line.trimEnd(), 'UTC', 2015);
    const record = readCsvLine((records[index] ?? '').trimEnd());
    if (event?.message?.trimEnd() === record[column('Content')]?.trimEnd()) content += 1;
    else complain(`content: ${event?.message} != ${record[column('Content')]}`);
    if (String(event?.['process.pid']) === record[column('Pid')]) pid += 1;
    const stamp = `2015-12-${record[column('Day')]}T${record[column('Time')]}.000Z`;
    if (new Date((event?.timeUs ?? 0) / 1000).toISOString() === stamp) time += 1;
    if (event !== undefined && isFailedLogin(event)) failed += 1;
    if (event?.['event.action'] !== undefined) understood += 1;
    else complain(`no action: ${line}`);
  });
  print('loghub OpenSSH', [
    ['content', percent(content, lines.length)],
    ['process id', percent(pid, lines.length)],
    ['time', percent(time, lines.length)],
    ['understood', percent(understood, lines.length)],
    ['failed logins', percent(failed, lines.length)],
  ]);
  expect(content).toBe(lines.length);
  expect(pid).toBe(lines.length);
  expect(time).toBe(lines.length);
  expect(understood).toBeGreaterThan(lines.length * 0.99);
});

interface OssecRow {
  log: string | string[];
  decoder: string;
  groups?: unknown;
  rule_description?: string;
  rule?: unknown;
}

test.skipIf(!hasData)('ossec-hids: what its tests call a failed or a successful login', () => {
  const rows = readRows<OssecRow>('ossec-tests/truth.jsonl');
  let failed = 0;
  let allFailed = 0;
  let accused = 0;
  let others = 0;
  for (const row of rows) {
    const line = Array.isArray(row.log) ? row.log[0] : row.log;
    if (line === undefined || !format.detect(line)) continue;
    const event = parseLine(line, 'UTC', 2026);
    if (event === undefined) continue;
    const text = `${JSON.stringify(row.groups ?? '')} ${row.rule_description ?? ''}`;
    const isFailure = /authentication_fail|invalid_login/.test(text);
    if (isFailure) {
      allFailed += 1;
      if (isFailedLogin(event)) failed += 1;
      else complain(`missed: ${text} ${line}`);
    } else {
      others += 1;
      if (isFailedLogin(event)) {
        accused += 1;
        complain(`accused: ${text} ${line}`);
      }
    }
  }
  print('ossec-hids', [
    ['failed logins', percent(failed, allFailed)],
    ['others not accused', percent(others - accused, others)],
  ]);
  expect(others).toBeGreaterThan(20);
  expect(accused).toBe(0);
  expect(rate(failed, allFailed)).toBeGreaterThan(0.9);
});

test.skipIf(!hasData)('ossec-hids logtesting: program and source address', () => {
  const folder = `${DATA}/ossec-tests/contrib/logtesting`;
  const counts = { program: [0, 0], source: [0, 0] } satisfies Record<string, [number, number]>;
  for (const name of readdirSync(folder)) {
    const [line = ''] = readFileSync(`${folder}/${name}/log`, 'latin1').split('\n');
    const result = readFileSync(`${folder}/${name}/res`, 'latin1');
    const event = format.detect(line) ? parseLine(line, 'UTC', 2026) : undefined;
    if (event === undefined) continue;
    const wanted = (key: string): string | undefined =>
      new RegExp(`${key}: '([^']*)'`).exec(result)?.[1];
    const check = (tally: number[], want: string | undefined, got: string | undefined): void => {
      if (want === undefined || want === '(null)') return;
      tally[1] = (tally[1] ?? 0) + 1;
      if (want === got) tally[0] = (tally[0] ?? 0) + 1;
      else complain(`${want} != ${got}: ${line}`);
    };
    check(counts.program, wanted('program_name'), event['process.name']);
    check(counts.source, wanted('srcip'), event['source.address']);
  }
  print(
    'ossec-hids logtesting',
    Object.entries(counts).map(([key, [hits = 0, all = 0]]) => [key, percent(hits, all)] as const),
  );
  expect(counts.program[0]).toBe(counts.program[1]);
  expect(counts.source[0]).toBe(counts.source[1]);
  expect(counts.program[1]).toBeGreaterThan(5);
});
