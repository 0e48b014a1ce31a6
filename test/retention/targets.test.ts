/** What the policy is in the words of others, read by those others where they are here. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readPolicy } from '../../src/retention/policy.ts';
import { loadRegimes } from '../../src/retention/regime.ts';
import { policyFor, TARGETS } from '../../src/retention/targets.ts';
import { isThere } from '../needs.ts';

const folder = mkdtempSync(join(tmpdir(), 'ir-targets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let written: (target: string) => string;
beforeAll(async () => {
  const regimes = await loadRegimes({ XDG_CONFIG_HOME: folder });
  const path = join(folder, 'retention.yml');
  writeFileSync(
    path,
    `regimes: [pci-dss]\nsources: [{ name: web, files: ["${folder}/web/*.log*"] }, { name: mail, files: [${folder}/mail.log*], regimes: [], keep: 30 days }]`,
  );
  const policy = (await readPolicy([path], regimes))!;
  written = (target) => policyFor(target, policy);
});

const run = (program: string, args: string[], input?: string) => {
  const ran = spawnSync(program, args, { cwd: folder, encoding: 'utf8', input, timeout: 60_000 });
  return { exit: ran.status, said: `${ran.stdout}${ran.stderr}` };
};
const has = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).error === undefined;
const put = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text, { mode: 0o644 });
  return join(folder, name);
};

describe('the policy for others', () => {
  // 12 months, three of them at hand, and 30 days: in the days, hours and offers of each.
  it.each<[target: string, read: (text: string) => unknown, figures: unknown]>([
    [
      'logrotate',
      (text) => [...text.matchAll(/(?:rotate|maxage) (\d+)/g)].map(([, n]) => n),
      ['366', '366', '30', '30'],
    ],
    ['journald', (text) => /MaxRetentionSec=(\w+)/.exec(text)?.[1], '366day'],
    ['rsyslog', (text) => / (\d+d)$/m.exec(text)?.[1], '366d'],
    [
      'cloudwatch',
      (text) =>
        [...text.matchAll(/--log-group-name (\w+) --retention-in-days (\d+)/g)].map(
          ([, ...both]) => both,
        ),
      [
        ['web', '400'],
        ['mail', '30'],
      ],
    ],
    [
      'elasticsearch-ilm',
      (text) =>
        bodies(text).map(({ policy }) => [
          policy.phases.cold?.min_age,
          policy.phases.delete.min_age,
        ]),
      [
        ['92d', '366d'],
        [undefined, '30d'],
      ],
    ],
    [
      'opensearch-ism',
      (text) =>
        bodies(text).map(({ policy }) => policy.states[0].transitions[0].conditions.min_index_age),
      ['366d', '30d'],
    ],
    [
      'loki',
      (text) => [
        parse(text).limits_config.retention_period,
        ...parse(text).limits_config.retention_stream.map(
          ({ period }: { period: string }) => period,
        ),
      ],
      ['8784h', '8784h', '720h'],
    ],
    [
      's3',
      (text) =>
        JSON.parse(text).Rules.map((rule: Rule) => [
          rule.Filter.Prefix,
          rule.Transitions?.[0]?.Days,
          rule.Expiration.Days,
        ]),
      [
        ['web/', 92, 366],
        ['mail/', undefined, 30],
      ],
    ],
    [
      'azure',
      (text) =>
        [...text.matchAll(/--retention-time (\d+) --total-retention-time (\d+)/g)].map(
          ([, ...both]) => both,
        ),
      [
        ['92', '366'],
        ['30', '30'],
      ],
    ],
    [
      'gcp',
      (text) =>
        [...text.matchAll(/create ir-(\w+) .*--retention-days=(\d+)/g)].map(([, ...both]) => both),
      [
        ['web', '366'],
        ['mail', '30'],
      ],
    ],
  ])('%s holds each figure', (target, read, figures) => {
    expect(read(written(target))).toEqual(figures);
  });

  it('is held for every program that is offered', () =>
    expect(Object.keys(TARGETS).sort()).toEqual(
      'azure cloudwatch elasticsearch-ilm gcp journald logrotate loki opensearch-ism rsyslog s3'.split(
        ' ',
      ),
    ));

  it.runIf(isThere('logrotate', has('logrotate', '--version')))('is taken by logrotate', () => {
    put('mail.log', 'x\n');
    const { exit, said } = run('logrotate', [
      '-d',
      '-s',
      'state',
      put('rotate.conf', written('logrotate')),
    ]);
    expect(exit, said).toBe(0);
    expect(said).toContain('after 1 days (366 rotations)');
    expect(said).toContain('after 1 days (30 rotations)');
    expect(said).not.toMatch(/error:/i);
  });

  it.runIf(isThere('rsyslogd', has('rsyslogd', '-v')))('is taken by rsyslog', () => {
    const { exit, said } = run('rsyslogd', ['-N1', '-f', put('rsyslog.conf', written('rsyslog'))]);
    expect(exit, said).toBe(0);
    expect(said).not.toMatch(/error/i);
  });

  it.runIf(isThere('systemd-analyze', has('systemd-analyze', '--version')))(
    'has a span that systemd reads as so many days',
    () => {
      const [, span = ''] = /MaxRetentionSec=(\w+)/.exec(written('journald')) ?? [];
      const { exit, said } = run('systemd-analyze', ['timespan', span]);
      expect(exit, said).toBe(0);
      expect(said).toContain(String(366 * 86_400_000_000));
    },
  );

  it.runIf(isThere('moto', has('python3') && run('python3', ['-c', 'import moto']).exit === 0))(
    'is taken by the CloudWatch Logs and S3 of moto',
    () => {
      const script = `import json, re, sys
from moto import mock_aws
import boto3
given = json.load(sys.stdin)
with mock_aws():
    logs, s3 = boto3.client("logs", region_name="eu-west-1"), boto3.client("s3", region_name="us-east-1")
    for name, days in re.findall(r"--log-group-name (\\w+) --retention-in-days (\\d+)", given["cloudwatch"]):
        logs.create_log_group(logGroupName=name)
        logs.put_retention_policy(logGroupName=name, retentionInDays=int(days))
    s3.create_bucket(Bucket="archive")
    s3.put_bucket_lifecycle_configuration(Bucket="archive", LifecycleConfiguration=json.loads(given["s3"]))
    print(json.dumps([
        sorted([group["logGroupName"], group["retentionInDays"]] for group in logs.describe_log_groups()["logGroups"]),
        sorted([rule["ID"], rule["Expiration"]["Days"]] for rule in s3.get_bucket_lifecycle_configuration(Bucket="archive")["Rules"])]))
`;
      const { exit, said } = run(
        'python3',
        ['-c', script],
        JSON.stringify({ cloudwatch: written('cloudwatch'), s3: written('s3') }),
      );
      expect(exit, said).toBe(0);
      expect(JSON.parse(said)).toEqual([
        [
          ['mail', 30],
          ['web', 400],
        ],
        [
          ['ir-mail', 30],
          ['ir-web', 366],
        ],
      ]);
    },
  );
});

interface Rule {
  Filter: { Prefix: string };
  Transitions?: { Days: number }[];
  Expiration: { Days: number };
}

/** Of each PUT. */
// biome-ignore lint/suspicious/noExplicitAny: documents of others, of which a few keys are asked
const bodies = (text: string): any[] =>
  text
    .split(/^PUT .*$/m)
    .slice(1)
    .map((body) => JSON.parse(body));
