/**
 * Findings that belong together: of one address, one login session, one account that was gained, one file that was
 * laid down by one and fetched by another. What shows nobody inside is an attempt, and no intrusion.
 */
import { levelRank } from '../../events/level.ts';
import { networkOf } from '../fields/source-network.ts';
import { accountDoneTo, changedAccount } from './clause.ts';
import { type Fact, momentOf, shellsOf } from './fact.ts';

/** One intruder, or several who are linked, and all that findings show of them. */
export interface Intrusion {
  /** In time order. */
  facts: readonly Fact[];
  /** Some actors are joined by machine and time alone. */
  isLoose: boolean;
}

/** A session by which an address is known. Scoped by the machine where that is known. */
export type AddressOfSession = (session: string, host: string | undefined) => string | undefined;

/** A foothold of one address is followed so soon by another address out of nothing: it is taken for the same intruder. */
const HANDOVER_US = 3_600_000_000;
/** So long a foothold explains what an account without an address does on its machine. */
const FOOTHOLD_US = 24 * 3_600_000_000;
/** Accounts that several people use: that two findings name one joins nothing. */
const SHARED = new Set(['root', '0', 'SYSTEM', 'LocalSystem', 'Administrator', 'nobody']);

/** The intrusions that facts show, the gravest first. Facts of attempts that nothing joins to one are left out. */
export function intrusionsOf(
  facts: readonly Fact[],
  addressOf: AddressOfSession = () => undefined,
): Intrusion[] {
  const groups = createGroups(facts);
  joinNamed(facts, groups, addressOf);
  joinFiles(facts, groups);
  joinCommands(facts, groups);
  attribute(facts, groups);
  const loose = joinHandovers(facts, groups);
  const found = new Map<number, Fact[]>();
  for (const [index, fact] of facts.entries()) {
    const group = groups.find(index);
    found.set(group, [...(found.get(group) ?? []), fact]);
  }
  return [...found]
    .filter(([, members]) => isIntrusion(members))
    .map(([group, members]) => ({
      facts: members,
      isLoose: [...loose].some((one) => groups.find(one) === group),
    }))
    .sort((a, b) => weightOf(b) - weightOf(a) || momentOf(a.facts[0]!) - momentOf(b.facts[0]!));
}

/** Somebody is inside, and it is not one lone sign: a chain over tactics, or a sign that is enough. */
function isIntrusion(facts: readonly Fact[]): boolean {
  const inside = facts.filter(({ isInside }) => isInside);
  if (inside.length === 0) return false;
  const tactics = new Set(facts.flatMap(({ finding }) => finding.rule.tactics));
  // A sign that is doubted gives a story that doubts.
  const isSign = inside.some(
    ({ finding }) => finding.level === 'critical' || finding.doubt !== undefined,
  );
  return isSign || (tactics.size > 1 && facts.length > 1) || inside.length > 1;
}

const weightOf = ({ facts }: Intrusion): number =>
  facts.reduce((sum, { finding }) => sum + 10 ** levelRank(finding.level), 0);

interface Groups {
  find(index: number): number;
  join(a: number, b: number): void;
}

function createGroups(facts: readonly Fact[]): Groups {
  const parent = facts.map((_, index) => index);
  const find = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root]!;
    for (let at = index; at !== root; ) [at, parent[at]] = [parent[at]!, root];
    return root;
  };
  return {
    find,
    join(a, b) {
      const [first, second] = [find(a), find(b)].sort((x, y) => x - y) as [number, number];
      parent[second] = first;
    },
  };
}

/** By address, session, and account. */
function joinNamed(facts: readonly Fact[], groups: Groups, addressOf: AddressOfSession): void {
  const first = new Map<string, number>();
  const link = (key: string, index: number): void => {
    const known = first.get(key);
    if (known === undefined) first.set(key, index);
    else groups.join(known, index);
  };
  for (const [index, fact] of facts.entries()) {
    const { addresses, session, host, account, isInside, finding } = fact;
    // Who uses a web shell that another laid down or used is of the same intrusion.
    for (const path of shellsOf(fact)) link(`shell ${host ?? ''} ${path}`, index);
    for (const address of addresses) link(`address ${networkOf(address)}`, index);
    if (session !== undefined) {
      link(`session ${host ?? ''} ${session}`, index);
      const address = addressOf(session, host);
      if (address !== undefined) link(`address ${networkOf(address)}`, index);
    }
    const cloud = finding.entities['cloud.account.id']?.[0];
    if (account !== undefined && !SHARED.has(account) && (isInside || addresses.length === 0))
      link(`account ${cloud ?? host ?? ''} ${account}`, index);
    // Whoever made an account is who uses it afterwards.
    const made = changedAccount(finding);
    if (made !== undefined) link(`account ${cloud ?? host ?? ''} ${made}`, index);
  }
}

/** One lays a file down, another fetches or runs it. */
function joinFiles(facts: readonly Fact[], groups: Groups): void {
  const first = new Map<string, number>();
  for (const [index, { fileNames }] of facts.entries()) {
    for (const name of fileNames) {
      const known = first.get(name);
      if (known === undefined) first.set(name, index);
      else groups.join(known, index);
    }
  }
}

/** So soon after a command that names an account, what is done to that account was done by it. */
const COMMAND_US = 10_000_000;

/** Who ran the command that made an account or gave it rights, and what came of it. */
function joinCommands(facts: readonly Fact[], groups: Groups): void {
  for (const [index, { finding, host, atUs = Number.NaN }] of facts.entries()) {
    const made = accountDoneTo(finding);
    if (made === undefined) continue;
    for (const [other, fact] of facts.entries()) {
      const commands = fact.finding.entities['process.command_line'] ?? [];
      const { atUs: fromUs = Number.NaN, lastUs: toUs = fromUs } = fact;
      const isThen = atUs >= fromUs - COMMAND_US && atUs <= toUs + COMMAND_US;
      if (!isThen || fact.host !== host) continue;
      if (commands.some((command) => command.split(' ').includes(made))) groups.join(index, other);
    }
  }
}

/** What an account does for which no address is known belongs to who got into the machine last before it. */
function attribute(facts: readonly Fact[], groups: Groups): void {
  const footholds = facts.flatMap(({ isInside, addresses, atUs }, index) =>
    isInside && addresses.length > 0 && atUs !== undefined ? [index] : [],
  );
  const hasAddress = new Set(
    facts.flatMap(({ addresses }, index) => (addresses.length > 0 ? [groups.find(index)] : [])),
  );
  for (const [index, fact] of facts.entries()) {
    const { atUs, addresses, host, account, finding } = fact;
    if (addresses.length > 0 || hasAddress.has(groups.find(index)) || atUs === undefined) continue;
    if (finding.entities['cloud.account.id'] !== undefined) continue;
    const before = footholds.filter((one) => {
      const foothold = facts[one]!;
      // An account that was gained at a gateway opens the machines behind it.
      const isSameHost =
        foothold.host === undefined ||
        host === undefined ||
        foothold.host === host ||
        (account !== undefined && !SHARED.has(account) && foothold.account === account);
      const isCloud = foothold.finding.entities['cloud.account.id'] !== undefined;
      return (
        isSameHost && !isCloud && foothold.atUs! <= atUs && atUs - foothold.atUs! <= FOOTHOLD_US
      );
    });
    const last = before.at(-1);
    if (last === undefined) continue;
    groups.join(last, index);
  }
}

/** A second address gets into the same machine soon after the first one, having done nothing before that. */
function joinHandovers(facts: readonly Fact[], groups: Groups): Set<number> {
  const joined = new Set<number>();
  const byGroup = new Map<number, Fact[]>();
  for (const [index, fact] of facts.entries()) {
    const group = groups.find(index);
    byGroup.set(group, [...(byGroup.get(group) ?? []), fact]);
  }
  const inside = [...byGroup].filter(([, members]) => members.some(({ isInside }) => isInside));
  for (const [group, members] of inside) {
    const startUs = momentOf(members[0]!);
    for (const [other, others] of inside) {
      if (other === group) continue;
      const isHandover = others.some(
        ({ isInside, host, lastUs }) =>
          isInside &&
          host !== undefined &&
          lastUs !== undefined &&
          startUs >= lastUs &&
          startUs - lastUs <= HANDOVER_US &&
          members.some((member) => member.isInside && member.host === host),
      );
      if (!isHandover) continue;
      groups.join(group, other);
      joined.add(group);
    }
  }
  return joined;
}
