/** A policy in the words of others: who writes, ships or keeps logs, and forgets them by settings of its own. */

import { stanzaLines } from './logrotate.ts';
import { mostDays, type Period } from './period.ts';
import type { Policy, Source } from './policy.ts';

/** What is printed for one other program. */
interface Target {
  title: string;
  /** @param sources those that have an end */
  write(sources: readonly Kept[], policy: Policy): string;
}

interface Kept {
  source: Source;
  days: number;
  /** Days for which it must be had at once; undefined where nothing asks. */
  handDays: number | undefined;
  /** The most days that are allowed. */
  mostDays: number | undefined;
}

const json = (value: unknown): string => JSON.stringify(value, null, 2);
const nameOf = ({ source }: Kept): string => `ir-${source.name.toLowerCase()}`;
const longest = (all: readonly Kept[]): number => Math.max(...all.map(({ days }) => days));

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const CLOUDWATCH_DAYS = [
  ...[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
  ],
];

/** By name. */
export const TARGETS: Readonly<Record<string, Target>> = {
  logrotate: {
    title: 'blocks for /etc/logrotate.d',
    write: (all) =>
      all
        .map(({ source, days }) =>
          [
            `# ${source.name}: ${days} days`,
            `${source.files.map((glob) => quote(glob.replace(/(\.log)?\*$/, '$1'))).join(' ')} {`,
            ...stanzaLines(source).map((line) => `\t${line}`),
            '}',
          ].join('\n'),
        )
        .join('\n\n'),
  },
  journald: {
    title: '/etc/systemd/journald.conf.d/60-retention.conf',
    write: (all) =>
      [
        '# Then: systemctl restart systemd-journald',
        '[Journal]',
        'Storage=persistent',
        `MaxRetentionSec=${longest(all)}day`,
        'MaxFileSec=1day',
        '# What there is no room for is forgotten sooner: give it the room.',
        'SystemMaxUse=20G',
        'SystemKeepFree=10%',
        'Seal=yes',
      ].join('\n'),
  },
  rsyslog: {
    title: '/etc/rsyslog.d/60-retention.conf, and what forgets its files',
    write: (all) =>
      [
        '# rsyslog forgets nothing by itself: it writes a file a day, which systemd-tmpfiles deletes.',
        'template(name="ir-by-day" type="string" string="/srv/log-archive/%HOSTNAME%/%$YEAR%-%$MONTH%-%$DAY%.log")',
        'action(type="omfile" dynaFile="ir-by-day" fileCreateMode="0640" dirCreateMode="0750" template="RSYSLOG_FileFormat")',
        '',
        '# /etc/tmpfiles.d/ir-log-archive.conf',
        `# e /srv/log-archive 0750 root adm ${longest(all)}d`,
      ].join('\n'),
  },
  cloudwatch: {
    title: 'commands for CloudWatch Logs',
    write: (all) =>
      all
        .flatMap((one) => {
          const days = CLOUDWATCH_DAYS.find((allowed) => allowed >= one.days);
          if (days === undefined)
            return [
              `# ${one.source.name}: ${one.days} days are more than CloudWatch offers; export to S3, and let it keep all:`,
              `aws logs delete-retention-policy --log-group-name ${quote(one.source.name)}`,
            ];
          const isTooLong = one.mostDays !== undefined && days > one.mostDays;
          return [
            ...(isTooLong
              ? [
                  `# ${one.source.name}: the next offer, ${days} days, is longer than the ${one.mostDays} that are allowed.`,
                ]
              : []),
            `aws logs put-retention-policy --log-group-name ${quote(one.source.name)} --retention-in-days ${days}`,
          ];
        })
        .join('\n'),
  },
  'elasticsearch-ilm': {
    title: 'bodies of PUT _ilm/policy/NAME',
    write: (all) =>
      all
        .map(
          (one) =>
            `PUT _ilm/policy/${nameOf(one)}\n${json({
              policy: {
                phases: {
                  hot: { actions: { rollover: { max_age: '1d', max_primary_shard_size: '50gb' } } },
                  ...(one.handDays !== undefined &&
                    one.handDays < one.days && {
                      cold: {
                        min_age: `${one.handDays}d`,
                        actions: { set_priority: { priority: 0 } },
                      },
                    }),
                  delete: { min_age: `${one.days}d`, actions: { delete: {} } },
                },
              },
            })}`,
        )
        .join('\n\n'),
  },
  'opensearch-ism': {
    title: 'bodies of PUT _plugins/_ism/policies/NAME',
    write: (all) =>
      all
        .map(
          (one) =>
            `PUT _plugins/_ism/policies/${nameOf(one)}\n${json({
              policy: {
                description: `${one.source.name}: ${one.days} days`,
                default_state: 'hot',
                states: [
                  {
                    name: 'hot',
                    actions: [
                      { rollover: { min_index_age: '1d', min_primary_shard_size: '50gb' } },
                    ],
                    transitions: [
                      { state_name: 'delete', conditions: { min_index_age: `${one.days}d` } },
                    ],
                  },
                  { name: 'delete', actions: [{ delete: {} }], transitions: [] },
                ],
                ism_template: [
                  { index_patterns: [`${one.source.name.toLowerCase()}-*`], priority: 100 },
                ],
              },
            })}`,
        )
        .join('\n\n'),
  },
  loki: {
    title: 'part of the configuration of Loki',
    write: (all) =>
      [
        'compactor:',
        '  retention_enabled: true',
        '  delete_request_store: filesystem',
        'limits_config:',
        `  retention_period: ${longest(all) * 24}h`,
        '  retention_stream:',
        ...all.flatMap(({ source, days }) => [
          `    - selector: '{source="${source.name}"}'`,
          '      priority: 1',
          `      period: ${days * 24}h`,
        ]),
      ].join('\n'),
  },
  s3: {
    title:
      'a file for aws s3api put-bucket-lifecycle-configuration --lifecycle-configuration file://FILE',
    write: (all) =>
      json({
        Rules: all.map((one) => ({
          ID: nameOf(one),
          Status: 'Enabled',
          Filter: { Prefix: `${one.source.name}/` },
          // Objects go to the cold class after 90 days at the earliest: it is paid for as long at least.
          ...(one.days > Math.max(one.handDays ?? 0, 90) + 90 && {
            Transitions: [{ Days: Math.max(one.handDays ?? 0, 90), StorageClass: 'GLACIER' }],
          }),
          Expiration: { Days: one.days },
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        })),
      }),
  },
  azure: {
    title: 'commands for tables of a Log Analytics workspace (RG, WORKSPACE and TABLE are yours)',
    write: (all) =>
      all
        .map(({ source, days, handDays }) => {
          const hand = Math.min(730, Math.max(30, handDays ?? Math.min(days, 90)));
          return `# ${source.name}\naz monitor log-analytics workspace table update --resource-group RG --workspace-name WORKSPACE --name TABLE --retention-time ${hand} --total-retention-time ${Math.min(4383, Math.max(hand, days))}`;
        })
        .join('\n'),
  },
  gcp: {
    title: 'commands for buckets of Cloud Logging',
    write: (all) =>
      all
        .map(
          (one) =>
            `gcloud logging buckets create ${nameOf(one)} --location=global --retention-days=${Math.min(3650, one.days)}`,
        )
        .join('\n'),
  },
};

const quote = (text: string): string =>
  /^[\w./*?@%+:,-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;

/** The policy for another program; sources without an end are left out. */
export function policyFor(target: string, policy: Policy): string {
  const days = (period: Period | undefined) =>
    period === undefined ? undefined : mostDays(period);
  const kept = policy.sources.flatMap((source): Kept[] => {
    const { keep, atHand, atMost } = source.window;
    if (keep === undefined) return [];
    return [
      {
        source,
        days: mostDays(keep),
        handDays: days(atHand?.period),
        mostDays: days(atMost?.period),
      },
    ];
  });
  return kept.length === 0 ? '' : `${TARGETS[target]!.write(kept, policy)}\n`;
}
