/** Runs SigmaHQ's own rules, without any pipeline, over other projects' raw logs, where present. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createKinds, ruleFits } from '../../src/detect/fields/log-sources.ts';
import type { Event } from '../../src/events/event.ts';
import { isSkip } from '../../src/events/event.ts';
import { createClock } from '../../src/logs/clock.ts';
import { format as auditd } from '../../src/logs/formats/auditd.ts';
import { format as cloudtrail } from '../../src/logs/formats/cloudtrail.ts';
import { splitCloudTrail } from '../../src/logs/formats/cloudtrail-split.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { compileRuleSet } from '../../src/sigma/compile-rule-set.ts';
import type { CompiledRule } from '../../src/sigma/compiled-rule.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';
import { joinRecords } from '../logs/formats/join-records.ts';
import { resolveField } from './bundled-mappings.ts';

const DATA = '../shared/data';
const isPresent = existsSync(`${DATA}/sigma/rules`);
if (!isPresent) process.stdout.write(`sigmahq peers: ${DATA} is absent, skipped\n`);

const read = (path: string): string => readFileSync(`${DATA}/${path}`, 'utf8');

function rulesOf(...folders: string[]): readonly CompiledRule[] {
  const documents = folders.flatMap((folder) =>
    readdirSync(`${DATA}/sigma/${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yml'))
      .sort()
      .flatMap((name) => parseSigma(read(`sigma/${folder}/${name}`), name).documents),
  );
  return compileRuleSet(documents, resolveField).ruleSet.rules;
}

const kindOf = createKinds(FORMATS);

function hitsOf(rules: readonly CompiledRule[], event: Event, raw: string): string[] {
  const { source } = kindOf(event);
  return rules
    .filter(({ rule, test: matches }) => ruleFits(rule.logsource, source) && matches(event, raw))
    .map(({ rule }) => rule.title);
}

const titlesOf = (rules: readonly CompiledRule[], path: string): string[] => {
  const lines = read(path)
    .split('\n')
    .filter((line) => line.includes('audit('));
  const titles = joinRecords(auditd, lines).events.flatMap((event) => hitsOf(rules, event, ''));
  return [...new Set(titles)];
};

describe.skipIf(!isPresent)('SigmaHQ rules on raw logs', () => {
  const linux = isPresent ? rulesOf('rules/linux') : [];

  test.each([
    ['laurel/src/testdata/record-perl-reverse-shell.txt', 'Potential Perl Reverse Shell Execution'],
    [
      'otrf/datasets/atomic/linux/discovery/host/sh_arp_cache/sh_arp_cache_2020-11-10074812.log',
      'Linux Remote System Discovery',
    ],
    [
      'crowdsec-hub/.tests/auditd-postexploit-exec-from-net/auditd-postexploit-exec-from-net.log',
      'Potentially Suspicious Execution From Tmp Folder',
    ],
    ['plaso/test_data/audit_enriched.log', 'Creation Of An User Account'],
    ['plaso/test_data/audit_enriched.log', 'System Owner or User Discovery - Linux'],
    ['elastic-beats/filebeat/module/auditd/log/test/test.log', 'Linux Keylogging with Pam.d'],
  ])('%s: %s', (path, title) => {
    expect(titlesOf(linux, path)).toContain(title);
  });

  test('stratus-red-team: techniques found', () => {
    const aws = rulesOf('rules/cloud/aws');
    const folder = 'stratus-red-team/docs/detonation-logs';
    const clock = createClock({ zone: 'UTC', firstYear: 2024 });
    const found: string[] = [];
    const files = readdirSync(`${DATA}/${folder}`);
    for (const file of files) {
      const titles = new Set<string>();
      for (const { text } of splitCloudTrail(read(`${folder}/${file}`))) {
        const event = cloudtrail.parse(text, clock);
        if (!isSkip(event)) for (const title of hitsOf(aws, event, text)) titles.add(title);
      }
      if (titles.size > 0) found.push(file);
    }
    process.stdout.write(`stratus-red-team: SigmaHQ finds ${found.length} of ${files.length}\n`);
    // The other files hold no call that any of these rules names.
    expect(found.length).toBeGreaterThanOrEqual(9);
  });
});
