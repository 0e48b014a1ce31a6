/** The incidents that a timeline shows: findings that share who acted, gravest first, each with what it may be opened as. Pure. */
import type { Finding } from '../detect/finding.ts';
import type { Story } from '../detect/story/story.ts';
import { levelRank } from '../events/level.ts';
import { TACTICS, tacticName } from '../events/tactics.ts';
import { type Proposal, proposeIncident } from './propose.ts';

/** One incident that may be opened. Times are microseconds since the epoch. */
export interface ProposedIncident extends Omit<Proposal, 'because'> {
  /** Playbooks that fit, that of `type` first. */
  playbooks: readonly string[];
  firstUs: number | undefined;
  lastUs: number | undefined;
  hosts: readonly string[];
  accounts: readonly string[];
  sources: readonly string[];
  /** Names of ATT&CK's tactics that were seen, in its order. */
  tactics: readonly string[];
  /** What no log says and somebody should find out; of break-ins only. */
  open: readonly string[];
  /** Ids of its findings. */
  findings: readonly string[];
}

/** More nobody opens at once; the gravest are kept. */
const MOST_PROPOSED = 10;
const MOST_NAMES = 20;
const MOST_PLAYBOOKS = 3;
/** Who acted joins findings; a host that many come to does not. */
const JOINING = ['source.ip', 'user.name'] as const;
const HOSTS = ['host.name', 'host.hostname', 'cloud.account.id'];
/** Everybody's accounts: that two findings name one says nothing. */
const SHARED = new Set(['root', 'admin', 'administrator', 'system', 'nobody', 'www-data', '-', '']);

/**
 * Proposes the incidents of a timeline: each break-in that it tells of, then attempts by who made them.
 * @param suggest ids of the playbooks that fit findings, best first
 */
export function proposeIncidents(
  findings: readonly Finding[],
  stories: readonly Pick<Story, 'findings' | 'statements'>[],
  suggest: (findings: readonly Finding[]) => readonly string[],
): ProposedIncident[] {
  const told = new Set(stories.flatMap((story) => story.findings));
  const others = findings.filter(
    ({ id, level }) => !told.has(id) && levelRank(level) >= levelRank('medium'),
  );
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  const broken = stories.map((story) =>
    proposed(
      story.findings.flatMap((id) => byId.get(id) ?? []),
      openOf(story),
      suggest,
    ),
  );
  const tried = joined(others).map((group) => proposed(group, [], suggest));
  return [...broken, ...tried]
    .filter((one) => one.findings.length > 0)
    .sort((a, b) => a.severity.localeCompare(b.severity) || (a.firstUs ?? 0) - (b.firstUs ?? 0))
    .slice(0, MOST_PROPOSED);
}

const openOf = ({ statements }: Pick<Story, 'statements'>): string[] =>
  statements.flatMap(({ label, items }) => (label === 'Open' ? items.map(({ text }) => text) : []));

/** Findings that share an address or an account, directly or through others. */
function joined(findings: readonly Finding[]): Finding[][] {
  const parents = findings.map((_, index) => index);
  const rootOf = (index: number): number => {
    let at = index;
    while (parents[at] !== at) at = parents[at] = parents[parents[at]!]!;
    return at;
  };
  const owners = new Map<string, number>();
  for (const [index, { entities, rule }] of findings.entries()) {
    const keys = JOINING.flatMap((field) =>
      (entities[field] ?? [])
        .filter((value) => !SHARED.has(value.toLowerCase()))
        .map((value) => `${field}\n${value}`),
    );
    for (const key of keys.length > 0 ? keys : [`rule\n${rule.id}`]) {
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, index);
      else parents[rootOf(index)] = rootOf(owner);
    }
  }
  const groups = new Map<number, Finding[]>();
  for (const [index, finding] of findings.entries()) {
    const root = rootOf(index);
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
}

function proposed(
  findings: readonly Finding[],
  open: readonly string[],
  suggest: (findings: readonly Finding[]) => readonly string[],
): ProposedIncident {
  const { because: _, ...proposal } = proposeIncident(findings);
  const times = findings.flatMap(({ firstUs, lastUs }) => [firstUs ?? [], lastUs ?? []].flat());
  const seen = new Set(findings.flatMap(({ rule }) => rule.tactics));
  return {
    ...proposal,
    playbooks: [
      ...new Set([...(proposal.type === '' ? [] : [proposal.type]), ...suggest(findings)]),
    ].slice(0, MOST_PLAYBOOKS),
    firstUs: times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b)),
    lastUs: times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b)),
    hosts: namesOf(findings, HOSTS),
    accounts: namesOf(findings, ['user.name']),
    sources: namesOf(findings, ['source.ip']),
    tactics: Object.keys(TACTICS)
      .filter((slug) => seen.has(slug))
      .map(tacticName),
    open,
    findings: findings.map(({ id }) => id),
  };
}

const namesOf = (findings: readonly Finding[], fields: readonly string[]): string[] =>
  [
    ...new Set(
      findings.flatMap(({ entities }) => fields.flatMap((field) => entities[field] ?? [])),
    ),
  ].slice(0, MOST_NAMES);
