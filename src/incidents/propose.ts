/** What an incident should be opened as, judged from findings. Every proposal says why. Pure. */
import type { Finding } from '../detect/finding.ts';
import { type Level, levelRank } from '../events/level.ts';
import { isOneOf, unfolded } from './finding-hits.ts';
import type { Degree, Instant, Severity } from './incident.ts';

/** What an incident may be opened as; whoever opens it may say otherwise. */
export interface Proposal {
  title: string;
  /** Playbook id; empty when nothing fits. */
  type: string;
  severity: Severity;
  impact: Degree;
  urgency: Degree;
  /** The first finding that counts; undefined when none has a time. */
  occurredAt: Instant | undefined;
  /** Why, one sentence each; empty where nothing is proposed. */
  because: Readonly<Record<'type' | 'severity' | 'occurredAt', string>>;
}

interface Kind {
  type: string;
  label: string;
  /** ATT&CK techniques that point to it; sub-techniques are included. */
  techniques: readonly string[];
  /** True when the finding shows that it succeeded, not only that it was tried. */
  proves(finding: Finding): boolean;
  proven: string;
}

const isAtLeast = (finding: Finding, level: Level): boolean =>
  levelRank(finding.level) >= levelRank(level);

const hasTechnique = ({ rule }: Finding, wanted: readonly string[]): boolean =>
  rule.techniques.some((id) => isOneOf(id, wanted));

/** Gravest outcome first: data that left cannot be called back. */
const KINDS: readonly Kind[] = [
  {
    type: 'data-exfiltration',
    label: 'Data exfiltration',
    techniques: ['T1048', 'T1567', 'T1530', 'T1560'],
    proves: (finding) =>
      isAtLeast(finding, 'high') &&
      hasTechnique(finding, ['T1048', 'T1567', 'T1530']) &&
      // A bucket opened to another account makes the way; it does not show that data went it.
      !hasTechnique(finding, ['T1537']),
    proven: 'data left',
  },
  {
    type: 'web-compromise',
    label: 'Web application compromised',
    techniques: ['T1190', 'T1505.003'],
    proves: (finding) => isAtLeast(finding, 'high') && hasTechnique(finding, ['T1505.003']),
    proven: 'commands ran on the web server',
  },
  {
    type: 'ssh-brute-force',
    label: 'Password guessing',
    techniques: ['T1110'],
    proves: (finding) => hasTechnique(finding, ['T1110']) && hasTechnique(finding, ['T1078']),
    proven: 'a guessed password worked',
  },
  {
    type: 'ddos',
    label: 'Denial of service',
    techniques: ['T1498', 'T1499'],
    proves: (finding) => isAtLeast(finding, 'high') && hasTechnique(finding, ['T1498', 'T1499']),
    proven: 'the service was flooded',
  },
];

/** Data destroyed, encrypted or services stopped. */
const DESTRUCTION = ['T1485', 'T1486', 'T1490', 'T1561'];

/** Proposes from the findings of a timeline; the weakest incident when there are none. */
export function proposeIncident(findings: readonly Finding[]): Proposal {
  const grave = findings.filter((finding) => isAtLeast(finding, 'medium'));
  const counted = grave.length > 0 ? grave : findings;
  const every = counted.flatMap(unfolded);
  const { kind, reason } = chooseKind(every);
  const rated = rate(counted, every);
  const { occurredAt, reason: timeReason } = firstSeen(counted);
  return {
    title: titleOf(kind, counted),
    type: kind?.type ?? '',
    ...{ severity: rated.severity, impact: rated.impact, urgency: rated.urgency },
    occurredAt,
    because: { type: reason, severity: rated.reason, occurredAt: timeReason },
  };
}

function chooseKind(findings: readonly Finding[]): { kind: Kind | undefined; reason: string } {
  for (const kind of KINDS) {
    const proof = findings.find((finding) => kind.proves(finding));
    if (proof === undefined) continue;
    return { kind, reason: `Playbook ${kind.type}: ${kind.proven} (${cite(proof, kind)}).` };
  }
  const weight = (kind: Kind): number =>
    findings
      .filter((finding) => hasTechnique(finding, kind.techniques))
      .reduce((sum, { level }) => sum + 4 ** levelRank(level), 0);
  const [best] = [...KINDS].sort((a, b) => weight(b) - weight(a));
  if (best === undefined || weight(best) === 0) {
    return { kind: undefined, reason: 'No playbook: no finding points to one.' };
  }
  const sign = [...findings]
    .sort((a, b) => levelRank(b.level) - levelRank(a.level))
    .find((finding) => hasTechnique(finding, best.techniques)) as Finding;
  return {
    kind: best,
    reason: `Playbook ${best.type}: most signs point to it (${cite(sign, best)}); nothing shows that it succeeded.`,
  };
}

const cite = ({ rule, level }: Finding, { techniques }: Kind): string => {
  const ids = rule.techniques.filter((id) =>
    techniques.some((one) => id === one || id.startsWith(`${one}.`)),
  );
  return [`"${rule.title}"`, level, ...ids].join(', ');
};

type Rated = Pick<Proposal, 'severity' | 'impact' | 'urgency'> & { reason: string };

/** @param every those that findings lead as well: what they prove counts, their number does not */
function rate(findings: readonly Finding[], every: readonly Finding[]): Rated {
  const count = (level: Level): number =>
    findings.filter((finding) => finding.level === level).length;
  const critical = count('critical');
  const outcome = KINDS.filter((kind) => every.some((finding) => kind.proves(finding)));
  const isTaken = outcome.some(({ type }) => type === 'data-exfiltration');
  const isDestroyed = every.some(
    (finding) => isAtLeast(finding, 'high') && hasTechnique(finding, DESTRUCTION),
  );
  const proof = outcome[0]?.proven ?? (isDestroyed ? 'data was destroyed' : '');
  if (critical > 0 && (isTaken || isDestroyed)) {
    return {
      severity: 'SEV1',
      impact: 'high',
      urgency: 'high',
      reason: `SEV1: ${proof}, and ${findingsText(critical, 'critical')} show a break-in.`,
    };
  }
  if (critical > 0 || proof !== '') {
    const why = critical > 0 ? findingsText(critical, 'critical') : proof;
    return {
      severity: 'SEV2',
      impact: isTaken || isDestroyed ? 'high' : 'medium',
      urgency: 'high',
      reason: `SEV2: ${why}.`,
    };
  }
  const [high, medium] = [count('high'), count('medium')];
  if (high + medium > 0) {
    const why = high > 0 ? findingsText(high, 'high') : findingsText(medium, 'medium');
    return {
      severity: 'SEV3',
      impact: 'low',
      urgency: 'medium',
      reason: `SEV3: ${why}, and no proof of success.`,
    };
  }
  return {
    severity: 'SEV4',
    impact: 'low',
    urgency: 'low',
    reason:
      findings.length === 0 ? 'SEV4: nothing was found.' : 'SEV4: only findings of low level.',
  };
}

const findingsText = (count: number, level: Level): string =>
  `${count} ${level} ${count === 1 ? 'finding' : 'findings'}`;

function firstSeen(findings: readonly Finding[]): {
  occurredAt: Instant | undefined;
  reason: string;
} {
  let first: Finding | undefined;
  for (const finding of findings) {
    if (finding.firstUs === undefined || !(Math.abs(finding.firstUs) < 8.64e18)) continue;
    if (first === undefined || finding.firstUs < (first.firstUs as number)) first = finding;
  }
  if (first === undefined) return { occurredAt: undefined, reason: '' };
  const occurredAt = new Date(Math.floor((first.firstUs as number) / 1_000)).toISOString();
  return {
    occurredAt,
    reason: `Began ${occurredAt}: "${first.rule.title}" is the first finding that counts.`,
  };
}

/** `Data exfiltration on web01, from 203.0.113.77`. Only values that look like a host or an address get in. */
function titleOf(kind: Kind | undefined, findings: readonly Finding[]): string {
  const heaviest = Math.max(0, ...findings.map(({ level }) => levelRank(level)));
  const top = findings.filter(({ level }) => levelRank(level) >= Math.min(heaviest, 3));
  const hosts = namesOf(top, ['host.name', 'host.hostname']);
  const sources = namesOf(top, ['source.ip']);
  const label = kind?.label ?? findings[0]?.rule.title ?? 'Nothing found so far';
  const on = hosts.length === 0 ? '' : ` on ${hosts.slice(0, 2).join(' and ')}`;
  const others = sources.length > 2 ? ` and ${sources.length - 1} more` : '';
  const shown = sources.length > 2 ? sources.slice(0, 1) : sources;
  const from = sources.length === 0 ? '' : `, from ${shown.join(' and ')}${others}`;
  return `${label}${on}${from}`.slice(0, 200);
}

function namesOf(findings: readonly Finding[], fields: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const { entities } of findings) {
    for (const field of fields) {
      for (const value of Object.hasOwn(entities, field) ? (entities[field] ?? []) : []) {
        if (/^[A-Za-z0-9][A-Za-z0-9.:_-]{0,60}$/.test(value))
          counts.set(value, (counts.get(value) ?? 0) + 1);
      }
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([value]) => value);
}
