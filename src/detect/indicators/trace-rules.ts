/** Traces of an incident as Sigma rules: what no list of indicators has a kind for, such as accounts, keys and units. */
import { createHash } from 'node:crypto';
import type { Search, SigmaRule } from '../../sigma/rule.ts';
import type { FoundIndicator, Indicators } from './indicator-rules.ts';
import { matchOf, ruleOf } from './rule-draft.ts';

/** The kinds that only a trace has. */
export const SOUGHT_KINDS = ['account', 'path', 'name', 'key', 'unit'] as const;

/** Something that an incident left, in the spelling of events. */
export interface Sought {
  kind: (typeof SOUGHT_KINDS)[number];
  value: string;
  /** Who says so: a finding, an asset. */
  from: string;
}

const TITLES: Readonly<Record<Sought['kind'], string>> = {
  account: 'Account of the incident is used',
  path: 'Path of the incident',
  name: 'File of the incident',
  key: 'Key of the incident',
  unit: 'Unit of the incident',
};
const ACCOUNT_FIELDS = ['user.name', 'user.effective.name', 'user.target.name'];
const ENTITIES = ['source.ip', 'user.name', 'host.hostname'];
const MOST_FOUND = 20;

/** Adds the rules of traces to those of indicators. @param path where they are from, such as `INC-2026-001` */
export function withTraces(
  indicators: Indicators | undefined,
  traces: readonly Sought[],
  path: string,
): Indicators {
  const ruled = SOUGHT_KINDS.flatMap((kind) => {
    const those = traces.filter((one) => one.kind === kind);
    return those.length === 0 ? [] : [{ those, rule: ruleFor(kind, those, path) }];
  });
  const byRule = new Map(ruled.map(({ rule, those }) => [rule.id, those]));
  return {
    documents: [...(indicators?.documents ?? []), ...ruled.map(({ rule }) => rule)],
    foundIn(findings) {
      const listed = indicators?.foundIn(findings);
      return findings.map(({ rule, entities, evidence }, index): readonly FoundIndicator[] => {
        const those = byRule.get(rule.id);
        if (those === undefined) return listed?.[index] ?? [];
        const names = ACCOUNT_FIELDS.flatMap((field) => entities[field] ?? []);
        const lines = evidence.map(({ raw }) => raw.toLowerCase()).join('\n');
        return those
          .filter(({ kind, value }) =>
            kind === 'account'
              ? names.some((name) => name.toLowerCase() === value.toLowerCase())
              : spellings(kind, value).some((one) => lines.includes(one.toLowerCase())),
          )
          .slice(0, MOST_FOUND)
          .map(({ kind, value }) => ({ kind, value, file: path, line: 0 }));
      });
    },
  };
}

/** How lines write it: of a public key they say the fingerprint, of a unit its name with the type. */
function spellings(kind: Sought['kind'], value: string): string[] {
  if (kind === 'unit') return /\.[a-z]+$/.test(value) ? [value] : [`${value}.service`];
  if (kind !== 'key' || !value.startsWith('AAAA')) return [value];
  const digest = createHash('sha256').update(Buffer.from(value, 'base64')).digest('base64');
  return [value, `SHA256:${digest.replace(/=+$/, '')}`];
}

function ruleFor(kind: Sought['kind'], those: readonly Sought[], path: string): SigmaRule {
  const values = those.flatMap(({ value }) => spellings(kind, value));
  const title = TITLES[kind];
  if (kind !== 'account') {
    const wanted: Search = { kind: 'keyword', match: matchOf({ values }) };
    return ruleOf({ title, searches: { wanted }, entities: ENTITIES }, path);
  }
  const field = (name: string, ...of: string[]): Search => ({
    ...{ kind: 'field', field: name },
    match: matchOf({ values: of }),
  });
  // Anybody may try a name: that it was let in, or that something was done to it, counts.
  const wanted: Search = {
    kind: 'all',
    of: [
      { kind: 'any', of: ACCOUNT_FIELDS.map((name) => field(name, ...values)) },
      { kind: 'any', of: [field('event.outcome', 'success'), field('event.category', 'iam')] },
    ],
  };
  return ruleOf({ title, searches: { wanted }, entities: [...ACCOUNT_FIELDS, 'source.ip'] }, path);
}
