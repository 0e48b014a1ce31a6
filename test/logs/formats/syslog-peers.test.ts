/**
 * Measures the syslog format against test suites of other projects. The data is not ours and stays
 * outside the repository; without it these tests are skipped.
 */
import { existsSync, readFileSync } from 'node:fs';
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
  const sameHost = hosts.filter(
    ({ row, event }) => event['source.address']?.toLowerCase() === row.host?.toLowerCase(),
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
  expect(rows.length).toBeGreaterThan(300);
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
    expect(rows.length).toBeGreaterThan(10);
  });
}
