/** What a finding says of who acted, where and on what: the facts from which stories are made. */
import { levelRank } from '../../events/level.ts';
import { valueAt } from '../act.ts';
import type { Evidence, Finding } from '../finding.ts';
import { touchedBy } from './touched.ts';

/** A finding with the entities that link it to others. Times are microseconds since the epoch. */
export interface Fact {
  finding: Finding;
  atUs: number | undefined;
  lastUs: number | undefined;
  /** The machine on which it happened; undefined when no line and no path says. */
  host: string | undefined;
  /** Addresses that acted; none where there are too many to be one actor. */
  addresses: readonly string[];
  /** The login session (audit, logind) in which it happened. */
  session: string | undefined;
  /** The account that acted; undefined where it only tried. */
  account: string | undefined;
  /** Names of files that were written, run, fetched or sent, without folders. */
  fileNames: readonly string[];
  /** Somebody is inside: it worked, and it is no mere attempt. */
  isInside: boolean;
}

/** More addresses than this in one finding are no single actor. */
const MOST_ADDRESSES = 3;
/** What strangers do to every machine: it shows nobody inside. */
const ATTEMPTS = ['reconnaissance', 'resource-development', 'initial-access', 'discovery'];
/** Techniques by which a finding of high level shows somebody inside: a login, a web shell. */
const INSIDE = ['T1078', 'T1505.003'];
/** Guessing is an attempt, whatever its tactic. */
const GUESSING = 'T1110';

/** The facts of findings, in time order; without a time last. */
export function factsOf(findings: readonly Finding[]): Fact[] {
  const named = new Set(findings.flatMap((finding) => namedHost(finding) ?? []));
  return findings
    .map((finding) => factOf(finding, named))
    .sort((a, b) => momentOf(a) - momentOf(b) || (a.finding.id < b.finding.id ? -1 : 1));
}

/** When it happened, for sorting. */
export const momentOf = ({ atUs }: Pick<Fact, 'atUs'>): number => atUs ?? Number.POSITIVE_INFINITY;

function factOf(finding: Finding, named: ReadonlySet<string>): Fact {
  const { event, entities, firstUs, lastUs } = finding;
  const atUs = finding.atUs ?? firstUs;
  const isRefused = valueAt(event, 'event.outcome') === 'failure';
  const own = valueAt(event, 'source.ip');
  const addresses = entities['source.ip'] ?? (own === undefined ? [] : [own]);
  const session = valueAt(event, 'session.id');
  return {
    finding,
    atUs,
    lastUs: lastUs ?? atUs,
    host: namedHost(finding) ?? hostInPath(finding.evidence[0], named),
    addresses: addresses.length <= MOST_ADDRESSES ? addresses : own === undefined ? [] : [own],
    session: session === undefined || session === UNSET_SESSION ? undefined : session,
    account: isRefused ? undefined : (valueAt(event, 'user.name') ?? entities['user.name']?.[0]),
    fileNames: isRefused ? [] : fileNamesOf(finding),
    isInside: !isRefused && showsInside(finding),
  };
}

/** What the kernel writes where there is no session. */
export const UNSET_SESSION = '4294967295';

const namedHost = ({ event, entities }: Finding): string | undefined =>
  valueAt(event, 'host.hostname') ??
  valueAt(event, 'host.name') ??
  entities['host.hostname']?.[0] ??
  entities['host.name']?.[0];

/** The folder of a log often has the name of its machine, which other lines tell. */
export const hostInPath = (
  evidence: Pick<Evidence, 'file'> | undefined,
  named: ReadonlySet<string>,
): string | undefined => evidence?.file.split('/').findLast((part) => named.has(part));

/** Whether a finding shows that somebody is in: by level and tactic, and by the ways in that a login or a web shell are. */
export function showsInside({ level, rule }: Finding): boolean {
  if (level === 'critical') return true;
  if (levelRank(level) < levelRank('high')) return false;
  if (rule.techniques.some((id) => INSIDE.some((one) => isOf(id, one)))) return true;
  if (rule.techniques.some((id) => isOf(id, GUESSING))) return false;
  return rule.tactics.some((tactic) => !ATTEMPTS.includes(tactic));
}

/** External remote services: a login that opens a network, not the machine that asks for it. */
const GATEWAY = 'T1133';

/** Was it a gateway that let somebody in? */
export const isGateway = ({ finding }: Fact): boolean => finding.rule.techniques.includes(GATEWAY);

/** Was a password guessed at, and no login made by it? */
export const isGuessing = ({ rule: { techniques } }: Finding): boolean =>
  techniques.some((id) => isOf(id, GUESSING)) && !techniques.some((id) => isOf(id, 'T1078'));

/** Facts of somebody inside; a gateway was only passed, unless nothing else was entered. */
export function enteredBy(facts: readonly Fact[]): readonly Fact[] {
  const inside = facts.filter(({ isInside }) => isInside);
  const behind = inside.filter((fact) => !isGateway(fact));
  return behind.length > 0 ? behind : inside;
}

/** Paths of web shells that a fact shows in use or laid down; none where it shows but an attempt. */
export function shellsOf({ finding: { rule, entities }, isInside }: Fact): readonly string[] {
  if (!isInside || !rule.techniques.some((id) => isOf(id, 'T1505.003'))) return [];
  return FILE_FIELDS.flatMap((field) => entities[field] ?? []);
}

const isOf = (id: string, technique: string): boolean =>
  id === technique || id.startsWith(`${technique}.`);

const FILE_FIELDS = ['file.path', 'url.path'] as const;

function fileNamesOf({ entities, event }: Finding): string[] {
  const paths = FILE_FIELDS.flatMap((field) => [
    ...(entities[field] ?? []),
    ...(valueAt(event, field) ?? []),
  ]);
  const commands = entities['process.command_line'] ?? [];
  const touched = commands.flatMap((command) => touchedBy(command).files);
  return [...new Set([...paths, ...touched].flatMap((path) => distinctiveName(path) ?? []))];
}

/** Folders whose files every machine has: their names link nothing. */
const COMMON = /^\/(?:etc|bin|sbin|usr|lib|proc|dev\/(?!shm)|sys|var\/log)(?:\/|$)/;

/** `IMG_2291.tar.gz` of a path; undefined for names that many files have. */
function distinctiveName(path: string): string | undefined {
  if (COMMON.test(path)) return undefined;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const isCommon = name.startsWith('.') || /^(?:index|login|main|authorized_keys|id_)/.test(name);
  return isCommon || !/\.[a-z0-9]{2,5}$/i.test(name) || name.length < 6 ? undefined : name;
}
