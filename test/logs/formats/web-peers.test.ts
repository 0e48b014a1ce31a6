/**
 * Scores the web and application formats against the expected fields of other projects' test suites, where
 * `../shared/data` is at hand. Floors are what was reached; a lower score is a regression.
 */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { readIp } from '../../../src/events/address.ts';
import type { Event } from '../../../src/events/event.ts';
import { isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { FORMATS } from '../../../src/logs/formats/list.ts';

const DATA = new URL('../../../../shared/data/', import.meta.url);
const has = existsSync(DATA);
const MEASURES = [
  'format',
  'time',
  'source',
  'url',
  'status',
  'method',
  'user',
  'outcome',
  'agent',
  'level',
] as const;
type Measure = (typeof MEASURES)[number];

const readText = (path: string): string => readFileSync(new URL(path, DATA), 'latin1');
const readUtf8 = (path: string): string => readFileSync(new URL(path, DATA), 'utf8');
// biome-ignore lint/suspicious/noExplicitAny: foreign records, each set with its own fields
const readRows = (path: string): Record<string, any>[] =>
  readUtf8(path)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

interface Tally {
  right: number;
  all: number;
}
const table = new Map<string, Map<Measure, Tally>>();
const misses: string[] = [];

function count(set: string, measure: Measure, isRight: boolean, line: string): void {
  const row = table.get(set) ?? new Map<Measure, Tally>();
  table.set(set, row);
  const tally = row.get(measure) ?? { right: 0, all: 0 };
  row.set(measure, tally);
  tally.all++;
  if (isRight) tally.right++;
  else misses.push(`${set} ${measure}: ${line.slice(0, 260)}`);
}

const share = (set: string, measure: Measure): number => {
  const tally = table.get(set)?.get(measure);
  return tally === undefined ? Number.NaN : tally.right / tally.all;
};

/** Every measure of the set reaches its floor, 1 unless named. */
function expectFloors(set: string, floors: Partial<Record<Measure, number>> = {}): void {
  expect(table.get(set)?.size ?? 0, `${set} has no rows`).toBeGreaterThan(0);
  for (const measure of table.get(set)?.keys() ?? []) {
    expect(share(set, measure), `${set} ${measure}`).toBeGreaterThanOrEqual(floors[measure] ?? 1);
  }
}

/** Reads a line in the zone that the expected stamp was written in. */
function read(line: string, offset = '+00:00'): { name: string; event: Event } | undefined {
  const format = FORMATS.find((candidate) => candidate.detect(line));
  const hours = Number(offset.slice(0, 3));
  const zone = hours === 0 ? 'UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
  const event = format?.parse(line, createClock({ zone, firstYear: 2020 }));
  if (format === undefined || event === undefined || isSkip(event)) return undefined;
  return { name: format.name, event };
}

/** Expected fields by ECS name; `user.name` of `-` means none. */
function score(
  set: string,
  line: string,
  formats: RegExp,
  expected: Record<string, unknown>,
): void {
  const stamp = expected['@timestamp'];
  const written = typeof stamp === 'string' ? /([+-]\d\d:\d\d)$/.exec(stamp)?.[1] : undefined;
  const offset = written ?? String(expected['event.timezone'] ?? '+00:00');
  const found = read(line, offset);
  count(set, 'format', found !== undefined && formats.test(found.name), line);
  const event = found?.event;
  if (typeof stamp === 'string') {
    const ms = event?.timeUs === undefined ? Number.NaN : Math.floor(event.timeUs / 1000);
    count(set, 'time', ms === Date.parse(stamp), line);
  }
  const compare = (measure: Measure, field: keyof Event, value: unknown): void => {
    if (value === undefined) return;
    const wanted = value === '-' ? undefined : value;
    count(
      set,
      measure,
      String(event?.[field]) === String(wanted),
      `${value} != ${event?.[field]} in ${line}`,
    );
  };
  // One address has one spelling; other projects keep what was written.
  const source = expected['source.address'] ?? expected['source.ip'];
  compare(
    'source',
    'source.address',
    typeof source === 'string' ? (readIp(source) ?? source) : source,
  );
  compare('url', 'url.original', expected['url.original']);
  compare('status', 'http.response.status_code', expected['http.response.status_code']);
  compare('method', 'http.request.method', expected['http.request.method']);
  compare('user', 'user.name', expected['user.name']);
  compare('outcome', 'event.outcome', expected['event.outcome']);
  compare('agent', 'user_agent.original', expected['user_agent.original']);
  compare('level', 'log.level', expected['log.level']);
}

/** Upstream rows sometimes hold several lines as one input; the expectation is the first line's. */
const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

describe.skipIf(!has)('peers', () => {
  it('Elastic integrations', () => {
    for (const row of readRows('elastic-integrations/truth.jsonl')) {
      const kind = `${row['package']}.${row['data_stream']}`;
      if (typeof row['input'] !== 'string' || row['dropped'] === true) continue;
      if (/^(?:nginx|apache|traefik|oracle_weblogic|apache_tomcat)\.access$/.test(kind)) {
        score('elastic access', firstLine(row['input']), /^access$/, row['expected']);
      } else if (kind === 'istio.access_logs' && row['input'].startsWith('[')) {
        const { 'source.address': _, ...expected } = row['expected'];
        score('elastic istio', row['input'], /^access-time-first$/, expected);
      } else if (/^(?:nginx|apache)\.error$/.test(kind)) {
        score('elastic error', row['input'], /^(?:nginx|apache)-error$/, row['expected']);
      }
    }
    expectFloors('elastic access');
    expectFloors('elastic error');
    // Envoy's status 0 is no answer at all: neither a status nor a success to us.
    expectFloors('elastic istio', { status: 0.94, outcome: 0.94 });
  });

  it('Elastic Beats', () => {
    for (const { module, fileset, input, expected } of readRows('elastic-beats/truth.jsonl')) {
      if (typeof input !== 'string') continue;
      const line = firstLine(input);
      if (fileset === 'access' && /^(?:nginx|apache|traefik)$/.test(module)) {
        score('beats access', line, /^access$/, expected);
      } else if (fileset === 'error' && /^(?:nginx|apache)$/.test(module)) {
        score('beats error', line, /^(?:nginx|apache)-error$/, expected);
      } else if (line.startsWith('{') && !/^\{"(?:__|ENTRY)/.test(line)) {
        const known = {
          '@timestamp': expected['@timestamp'],
          'event.timezone': expected['event.timezone'],
          // MongoDB's one-letter levels stay letters upstream.
          'log.level': module === 'mongodb' ? undefined : expected['log.level']?.toLowerCase(),
        };
        // Products that write JSON have formats of their own.
        score('beats json', line, /^(?!generic$)./, known);
      }
    }
    expectFloors('beats access');
    expectFloors('beats error');
    expectFloors('beats json');
  });

  it('loghub Apache', () => {
    const lines = readText('loghub/Apache/Apache_2k.log')
      .split('\n')
      .filter((line) => line !== '');
    const rows = readText('loghub/Apache/Apache_2k.log_structured.csv').split('\n').slice(1);
    for (const [index, line] of lines.entries()) {
      const [, stamp, level] = /^\d+,([^,]+),([^,]+),/.exec(rows[index] ?? '') ?? [];
      const iso = new Date(`${stamp} UTC`).toISOString();
      score('loghub apache', line.trimEnd(), /^apache-error$/, {
        '@timestamp': iso,
        'log.level': level,
      });
    }
    expect(lines).toHaveLength(2000);
    expectFloors('loghub apache');
  });

  it('Matomo', () => {
    for (const file of [
      'common',
      'common_vhost',
      'common_complete',
      'common_encoding_big5',
      'ovh',
    ]) {
      for (const line of readText(`matomo-log-analytics/tests/logs/${file}.log`).split('\n')) {
        if (line === '') continue;
        score('matomo', line, /^access$/, {
          '@timestamp': '2012-02-10T21:42:07Z',
          'source.ip': '1.2.3.4',
          'http.response.status_code': 301,
          'user.name': 'theuser',
        });
      }
    }
    const traefik = firstLine(readText('matomo-log-analytics/tests/logs/traefik_json.log'));
    score('matomo', traefik, /^json-lines$/, {
      'source.ip': '1.2.3.4',
      'http.response.status_code': 200,
    });
    expectFloors('matomo');
  });

  it('logstash', () => {
    for (const { spec, pattern, message, expect_ecs } of readRows(
      'logstash-patterns-core/examples.jsonl',
    )) {
      if (spec !== 'httpd_spec.rb' || typeof message !== 'string' || expect_ecs == null) continue;
      const leaf = (key: string): unknown =>
        expect_ecs.find((pair: unknown[]) => pair[0] === key)?.[1];
      const isError = pattern === 'HTTPD_ERRORLOG';
      score('logstash', message, isError ? /^apache-error$/ : /^access$/, {
        'source.address': leaf('address'),
        'http.response.status_code': leaf('status_code'),
        'http.request.method': leaf('method'),
        'user.name': isError ? undefined : leaf('name'),
        'log.level': leaf('level'),
      });
    }
    expectFloors('logstash');
  });

  it('CrowdSec', () => {
    for (const row of readRows('crowdsec-hub/truth-parsers.jsonl')) {
      if (row['stage'] !== 's01-parse') continue;
      for (const { success, parsed, meta } of row['results']) {
        const line = parsed?.message;
        if (success !== true || typeof line !== 'string') continue;
        const isJson = line.startsWith('{') && !/"eventVersion"|"auditID"|"__CURSOR"/.test(line);
        // Load balancers and HAProxy have formats of their own.
        const isTimeFirst = /^\[\d\d\/\w{3}\/\d{4}:|^\[\d{4}-\S{10,20}Z\] "/.test(line);
        const isWeb =
          isTimeFirst ||
          /^\S+ .{0,200}\[\d\d\/\w{2,3}\/\d{4}:[^\]]{8,20}\] "/.test(line) ||
          /^\[\w{3} \w{3} |^\d{4}\/\d\d\/\d\d .{8} \[/.test(line);
        if (!isJson && !isWeb) continue;
        const status = Number(meta?.http_status);
        const expected = {
          'source.ip': meta?.source_ip || undefined,
          'http.response.status_code': status > 0 ? status : undefined,
          'http.request.method': meta?.http_verb || undefined,
          'user_agent.original': isWeb ? meta?.http_user_agent || undefined : undefined,
          'user.name': isJson ? meta?.target_user || meta?.username || undefined : undefined,
        };
        score(
          isJson ? 'crowdsec json' : 'crowdsec web',
          line,
          isJson ? /^json-lines$/ : /^(?:access|access-time-first|nginx-error|apache-error)$/,
          expected,
        );
      }
    }
    // Zoraxy's lines begin like nginx's; open-appsec's look like CloudTrail's.
    expectFloors('crowdsec web', {
      format: 0.87,
      source: 0.87,
      status: 0.8,
      method: 0.75,
      agent: 0.75,
    });
    expectFloors('crowdsec json', { format: 0.91, source: 0.89, user: 0.71 });
  });

  it('fail2ban', () => {
    for (const { file, line, match, host, time } of readRows('fail2ban/truth.jsonl')) {
      if (!/^(?:apache|nginx)-/.test(file) || !/^(?:\[|\d|[\w.]+ \d)/.test(line)) continue;
      const isAuth = /-(?:http-)?auth$/.test(file) && !/SSL_/.test(line);
      score('fail2ban web', line, /^(?:access|nginx-error|apache-error)$/, {
        'source.address': host,
        'event.outcome': isAuth && match === true ? 'failure' : undefined,
      });
      if (typeof time !== 'string') continue;
      const found = read(line);
      const zoned = new Date(Math.floor((found?.event.timeUs ?? 0) / 1000))
        .toISOString()
        .slice(0, 19);
      const isNaive = found?.event.timeConfidence === 'zone-assumed';
      if (isNaive) count('fail2ban web', 'time', zoned === time.slice(0, 19), line);
    }
    // Four lines are wrapped in syslog.
    expectFloors('fail2ban web', { format: 0.95 });
  });

  it('plaso: Jira and Confluence', () => {
    for (const { input, events, present } of readRows('plaso/truth.jsonl')) {
      if (present === false || !/^(?:jira|confluence)_access/.test(input)) continue;
      const lines = readUtf8(`plaso/test_data/${input}`).split('\n');
      for (const { index, expected } of events) {
        score('plaso access', lines[index] ?? '', /^access-time-first$/, {
          '@timestamp': expected.recorded_time,
          'source.address': expected.remote_address ?? expected.remote_name,
          'url.original': expected.http_request_uri,
          'http.response.status_code': expected.http_response_code,
          'http.request.method': expected.http_request_method,
          'user.name': expected.user_name ?? undefined,
          'user_agent.original': expected.http_request_user_agent,
        });
      }
    }
    expectFloors('plaso access');
  });

  it('Elastic examples and scanners: every line', () => {
    for (const [set, path] of [
      ['elastic apache_logs', 'elastic-examples/Common Data Formats/apache_logs/apache_logs'],
      ['ocatak scanners', 'ocatak-apache/acunetix.txt'],
      ['ocatak scanners', 'ocatak-apache/w3af.txt'],
    ] as const) {
      for (const line of readText(path).split('\n')) {
        if (line === '') continue;
        const found = read(line.trimEnd());
        const { event } = found ?? {};
        count(set, 'format', found?.name === 'access', line);
        count(set, 'source', event?.['source.ip'] !== undefined, line);
        count(set, 'status', event?.['http.response.status_code'] !== undefined, line);
        count(set, 'url', event?.['url.original'] !== undefined, line);
      }
    }
    expectFloors('elastic apache_logs');
    expectFloors('ocatak scanners', { url: 0.9999, status: 0.9999 });
  });

  afterAll(() => {
    const rows = [...table].map(([set, row]) => [
      set.padEnd(20),
      ...MEASURES.map((measure) => {
        const tally = row.get(measure);
        return (tally === undefined ? '' : `${tally.right}/${tally.all}`).padStart(11);
      }),
    ]);
    const head = [''.padEnd(20), ...MEASURES.map((measure) => measure.padStart(11))];
    process.stdout.write(`${[head, ...rows].map((row) => row.join('')).join('\n')}\n`);
    if (process.env['MISSES'] !== undefined) process.stdout.write(`${misses.join('\n')}\n`);
  });
});

it.runIf(!has)('skips the peers: ../shared/data is absent', () => {});
