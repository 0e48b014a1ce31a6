/**
 * SigmaHQ's rules for clouds, identities and applications over public audit records: each hit where a plain evaluation of
 * the record by its own names hits, told its log source, and nowhere else. Skipped where the data is absent.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKinds, ruleFits } from '../../src/detect/fields/log-sources.ts';
import { isSkip } from '../../src/events/event.ts';
import { createClock } from '../../src/logs/clock.ts';
import { detectFormat } from '../../src/logs/detect-format.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { compileRule } from '../../src/sigma/compile-rule.ts';
import type { FieldResolver } from '../../src/sigma/compiled-rule.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';
import type { SigmaLogSource } from '../../src/sigma/rule.ts';
import { resolveField } from './bundled-mappings.ts';

const DATA = resolve(import.meta.dirname, '../../../shared/data');
const folders = ['sigma', 'panther-analysis', 'stratus-red-team'].map((name) => join(DATA, name));
const isPresent = folders.every((folder) => existsSync(folder));
if (!isPresent) process.stderr.write('cloud-records.peers.test.ts: skipped, its data is absent\n');

/** What is told of each type of record: product and services. */
const SOURCES: Readonly<Record<string, readonly [product: string, ...services: string[]]>> = {
  'AWS.CloudTrail': ['aws', 'cloudtrail'],
  'Azure.MonitorActivity': ['azure', 'activitylogs'],
  'Azure.Audit': ['azure', 'auditlogs', 'signinlogs', 'pim', 'riskdetection'],
  'GitHub.Audit': ['github', 'audit'],
  'Okta.SystemLog': ['okta', 'okta'],
  'Amazon.EKS.Audit': ['kubernetes', 'audit'],
  'GCP.AuditLog': ['gcp', 'gcp.audit'],
  'GSuite.ActivityEvent': ['google_workspace', 'google_workspace.admin', 'google_workspace.login'],
  'Microsoft365.Audit.Exchange': ['m365', 'audit', 'exchange', 'threat_management'],
  'Microsoft365.Audit.SharePoint': ['m365', 'audit', 'threat_management'],
  'OneLogin.Events': ['onelogin', 'onelogin.events'],
  'Atlassian.Audit': ['bitbucket', 'audit'],
};

interface Row {
  types: readonly string[];
  log: unknown;
}

function pantherRows(): Row[] {
  const text = readFileSync(join(DATA, 'panther-analysis/truth.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const { log_types, log } = JSON.parse(line) as { log_types: string[]; log: unknown };
      // The same event may be tested in the form of several products.
      const types = (log_types ?? []).filter((name) => SOURCES[name] !== undefined);
      return types.length === 0 ? [] : [{ types, log }];
    });
}

function stratusRows(): Row[] {
  const folder = join(DATA, 'stratus-red-team/docs/detonation-logs');
  return readdirSync(folder).flatMap((file) =>
    (JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown[]).map((log) => ({
      types: ['AWS.CloudTrail'],
      log,
    })),
  );
}

function valueAt(value: unknown, path: string): unknown {
  if (value === null || typeof value !== 'object') return undefined;
  if (Array.isArray(value)) {
    const found = value.flatMap((one) => valueAt(one, path) ?? []);
    return found.length === 0 ? undefined : found;
  }
  const record = value as Record<string, unknown>;
  if (Object.hasOwn(record, path)) return record[path];
  for (let at = path.indexOf('.'); at > 0; at = path.indexOf('.', at + 1)) {
    const head = path.slice(0, at);
    const found = Object.hasOwn(record, head)
      ? valueAt(record[head], path.slice(at + 1))
      : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

const byName: FieldResolver = (field) => (event) => valueAt(event.raw, field);

const isTold = (asked: SigmaLogSource, type: string): boolean => {
  const [product, ...services] = SOURCES[type] ?? [];
  const isOfProduct = asked.product === undefined || asked.product === product;
  return isOfProduct && (asked.service === undefined || services.includes(asked.service));
};

describe.runIf(isPresent)('cloud records', () => {
  // The body of what is skipped is run all the same.
  const folders = isPresent ? ['cloud', 'identity', 'application'] : [];
  const rules = folders.flatMap((folder) =>
    readdirSync(join(DATA, 'sigma/rules', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yml'))
      .sort()
      .flatMap((name) =>
        parseSigma(
          readFileSync(join(DATA, 'sigma/rules', folder, name), 'utf8'),
          name,
        ).documents.flatMap((rule) => (rule.kind === 'rule' ? [rule] : [])),
      ),
  );

  it('have the hits that their own names have', () => {
    const pairs = rules.map((rule) => ({
      rule,
      ours: compileRule(rule, resolveField),
      plain: compileRule(rule, byName),
    }));
    const clock = createClock({ zone: 'UTC', firstYear: 2024 });
    const kindOf = createKinds(FORMATS);
    const hits: Record<string, number> = {};
    const wrong = new Set<string>();
    for (const { types, log } of [...pantherRows(), ...stratusRows()]) {
      const line = JSON.stringify(log);
      const parsed = detectFormat(`${line}\n`, FORMATS)?.parse(line, clock);
      const event = parsed === undefined || isSkip(parsed) ? undefined : parsed;
      const source = event === undefined ? {} : kindOf(event).source;
      for (const { rule, ours, plain } of pairs) {
        const raw = log as Record<string, unknown>;
        const wanted =
          types.some((type) => isTold(rule.logsource, type)) &&
          plain.test({ timeUs: undefined, timeConfidence: 'none', format: 'json', raw }, line);
        const found =
          event !== undefined && ruleFits(rule.logsource, source) && ours.test(event, line);
        const [type = ''] = types;
        if (wanted) hits[type] = (hits[type] ?? 0) + 1;
        if (wanted !== found) wrong.add(`${type}: ${rule.title}`);
      }
    }
    expect([...wrong].sort()).toEqual([]);
    const others = Object.entries(hits).filter(([type]) => type !== 'AWS.CloudTrail');
    expect(others.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThanOrEqual(27);
  });
});
