/** Scores the CloudTrail format on the records and expectations of other projects, where present. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Event, isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { format } from '../../../src/logs/formats/cloudtrail.ts';
import { splitCloudTrail } from '../../../src/logs/formats/cloudtrail-split.ts';
import { createScore } from './score.ts';

const DATA = '../shared/data';
const isPresent = existsSync(`${DATA}/stratus-red-team`);
if (!isPresent) process.stdout.write(`cloudtrail peers: ${DATA} is absent, skipped\n`);

type Json = Record<string, unknown>;
const clock = createClock({ zone: 'UTC', firstYear: 2024 });
const read = (path: string): string => readFileSync(`${DATA}/${path}`, 'utf8');
const rowsOf = (path: string): Json[] =>
  read(path)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Json);

function parse(text: string): Event | undefined {
  const parsed = format.parse(text, clock);
  return isSkip(parsed) ? undefined : parsed;
}

const rfc3339 = (event: Event | undefined): string | undefined =>
  event?.timeUs === undefined ? undefined : new Date(event.timeUs / 1000).toISOString();

describe.skipIf(!isPresent)('cloudtrail against its peers', () => {
  test('elastic-integrations: aws.cloudtrail', () => {
    const score = createScore('elastic aws.cloudtrail');
    for (const row of rowsOf('elastic-integrations/truth.jsonl')) {
      if (row['data_stream'] !== 'cloudtrail' || row['input'] === null) continue;
      const line = String(row['input']);
      const want = row['expected'] as Json;
      const event = parse(line);
      score.add('detected', format.detect(line), true, line.slice(0, 80));
      score.add('@timestamp', rfc3339(event), want['@timestamp'], line.slice(0, 80));
      for (const field of [
        ...['event.action', 'event.category', 'event.type', 'event.outcome', 'event.provider'],
        ...['event.id', 'source.ip', 'source.address', 'user.name', 'user.id', 'user.target.name'],
        ...['group.name', 'user_agent.original', 'cloud.region', 'file.path'],
      ]) {
        const wanted = want[field];
        if (wanted === undefined) continue;
        const got = (event as unknown as Json | undefined)?.[field];
        score.add(
          field,
          got,
          field === 'event.type' ? [wanted].flat() : wanted,
          String(want['event.action']),
        );
      }
    }
    const shares = score.shares();
    for (const [field, share] of Object.entries(shares)) {
      expect(share, field).toBeGreaterThanOrEqual(field === 'event.type' ? 0.9 : 1);
    }
  });

  test('stratus-red-team: pretty-printed arrays', () => {
    const folder = 'stratus-red-team/docs/detonation-logs';
    const score = createScore('stratus-red-team');
    for (const file of readdirSync(`${DATA}/${folder}`)) {
      const text = read(`${folder}/${file}`);
      const want = JSON.parse(text) as Json[];
      expect(format.records?.detect(text.slice(0, 65_536)), file).toBe(true);
      const records = [...splitCloudTrail(text)];
      score.add('records', records.length, want.length, file);
      records.forEach((record, index) => {
        const event = parse(record.text);
        score.add(
          'offset',
          text.slice(record.offset, record.offset + record.text.length),
          record.text,
        );
        score.add('action', event?.['event.action'], want[index]?.['eventName'], file);
        score.add(
          'time',
          rfc3339(event),
          new Date(String(want[index]?.['eventTime'])).toISOString(),
        );
        score.add(
          'user',
          event?.['user.name'] !== undefined,
          true,
          JSON.stringify(want[index]?.['userIdentity']),
        );
      });
    }
    const shares = score.shares();
    for (const [what, share] of Object.entries(shares)) expect(share, what).toBe(1);
  });

  test('panther-analysis: records of all kinds', () => {
    const score = createScore('panther-analysis AWS.CloudTrail');
    for (const row of rowsOf('panther-analysis/truth.jsonl')) {
      const log = row['log'] as Json;
      if (!(row['log_types'] as string[] | null)?.includes('AWS.CloudTrail')) continue;
      // Some of these tests hold only the two fields that their rule reads.
      if (log['eventVersion'] === undefined || log['eventName'] === undefined) continue;
      const line = JSON.stringify(log);
      const event = parse(line);
      score.add('detected', format.detect(line), true, line.slice(0, 80));
      score.add('action', event?.['event.action'], log['eventName']);
      const time = log['eventTime'];
      if (time !== undefined) score.add('time', event?.timeUs !== undefined, true, String(time));
      const identity = log['userIdentity'] as Json | undefined;
      if (identity?.['arn'] !== undefined && !/^<|REDACTED/.test(String(identity['arn']))) {
        score.add('user', event?.['user.name'] !== undefined, true, JSON.stringify(identity));
      }
      score.add('failure', event?.['event.outcome'] === 'failure' || !log['errorCode'], true, line);
    }
    const shares = score.shares();
    expect(shares['detected']).toBeGreaterThan(0.95);
    expect(shares['action']).toBe(1);
    expect(shares['time']).toBe(1);
    expect(shares['user']).toBeGreaterThan(0.95);
    expect(shares['failure']).toBe(1);
  });

  test.each([
    [
      'otrf/datasets/atomic/aws/collection/ec2_proxy_s3_exfiltration/ec2_proxy_s3_exfiltration_2020-09-14011940.json',
    ],
    ['crowdsec-hub/.tests/aws-cloudtrail-postexploit/aws-cloudtrail-postexploit.log'],
    ['crowdsec-hub/.tests/aws-nwo-login/aws-nwo-login.log'],
  ])('%s: every line an event with action, time and user', (path) => {
    const lines = read(path)
      .split('\n')
      .filter((line) => line !== '');
    const events = lines.map(parse);
    expect(lines.every((line) => format.detect(line))).toBe(true);
    expect(events.filter((event) => event?.timeUs === undefined)).toEqual([]);
    expect(events.filter((event) => event?.['event.action'] === undefined)).toEqual([]);
  });

  test('traildiscover: no event list is taken for a log', () => {
    expect(format.records?.detect(read('traildiscover/docs/events.json').slice(0, 65_536))).toBe(
      false,
    );
  });
});
