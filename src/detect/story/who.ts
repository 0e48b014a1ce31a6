/** Who acted and what they got into. */
import { levelRank } from '../../events/level.ts';
import { valueAt } from '../act.ts';
import { accountDoneTo, listAt, names } from './clause.ts';
import { enteredBy, type Fact, shellsOf } from './fact.ts';
import type { Intrusion } from './intrusions.ts';
import type { StoryItem } from './story.ts';
import type { Traces } from './traces.ts';

/** An address, or an account where no address is known, and what is said of it. */
export interface Actor {
  address: string | undefined;
  item: StoryItem;
}

const MOST_ACTORS = 6;

/** Those who acted, in the order in which they came, with the ways they were seen on. */
export function actorsOf({ facts, isLoose }: Intrusion, traces?: Traces): Actor[] {
  const byAddress = new Map<string, Fact[]>();
  for (const fact of facts) {
    for (const address of fact.addresses)
      byAddress.set(address, [...(byAddress.get(address) ?? []), fact]);
  }
  const others = shellUsers(facts, traces, new Set(byAddress.keys()));
  const weight = (members: readonly Fact[]): number =>
    members.reduce((sum, { finding }) => sum + 10 ** levelRank(finding.level), 0);
  const chief = [...byAddress]
    .sort((a, b) => weight(b[1]) - weight(a[1]))
    .slice(0, MOST_ACTORS)
    .sort((a, b) => (a[1][0]!.atUs ?? 0) - (b[1][0]!.atUs ?? 0));
  if (chief.length === 0) return accountActors(facts, traces);
  const named = chief.map(([address, members], index) => {
    const trace = traces?.byAddress.get(address);
    const ways = [...new Set(members.flatMap(wayOf))];
    const doubt = index > 0 && isLoose ? '; joined by machine and time' : '';
    const text = `${address}${ways.length + doubt.length === 0 ? '' : ` (${ways.join(', ')}${doubt})`}`;
    return { address, item: itemFor(text, members, trace) };
  });
  return [...named, ...others].sort((a, b) => (a.item.atUs ?? 0) - (b.item.atUs ?? 0));
}

/** More users than these make a page that is public, whatever else it is. */
const MOST_SHELL_USERS = 5;

/** Who was answered by a web shell that an intruder used, though no rule hit what he asked: it may all stand in a body. */
function shellUsers(
  facts: readonly Fact[],
  traces: Traces | undefined,
  known: ReadonlySet<string>,
): Actor[] {
  const spans = new Map<string, { path: string; firstUs: number; lastUs: number }>();
  for (const path of new Set(facts.flatMap(shellsOf))) {
    const users = traces?.shellUsers.get(path);
    if (users === undefined || users.size > MOST_SHELL_USERS) continue;
    for (const [address, span] of users)
      if (!known.has(address) && !spans.has(address)) spans.set(address, { path, ...span });
  }
  return [...spans].map(([address, { path, firstUs, lastUs }]) => ({
    address,
    item: {
      ...{ text: `${address} (web, the same web shell at ${path})`, atUs: firstUs },
      ...{ untilUs: lastUs, place: undefined, findings: [] },
    },
  }));
}

const itemFor = (
  text: string,
  members: readonly Fact[],
  trace?: { firstUs: number; lastUs: number },
): StoryItem => {
  const [first] = members as [Fact, ...Fact[]];
  const lasts = members.flatMap(({ lastUs }) => lastUs ?? []);
  const lastUs = Math.max(...lasts, trace?.lastUs ?? Number.NEGATIVE_INFINITY);
  return {
    text,
    atUs: first.atUs,
    untilUs: Number.isFinite(lastUs) ? lastUs : undefined,
    place: first.finding.evidence[0],
    findings: members.map(({ finding }) => finding.id),
  };
};

/** The accounts that did something, as far as lines say. */
export const actingAccounts = (facts: readonly Fact[]): string[] => [...byAccountOf(facts).keys()];

function byAccountOf(facts: readonly Fact[]): Map<string, Fact[]> {
  const byAccount = new Map<string, Fact[]>();
  for (const fact of facts) {
    // Of an account that was made or raised, the line tells what was done to it, not who did it.
    if (fact.account === undefined || accountDoneTo(fact.finding) === fact.account) continue;
    byAccount.set(fact.account, [...(byAccount.get(fact.account) ?? []), fact]);
  }
  return byAccount;
}

function accountActors(facts: readonly Fact[], traces: Traces | undefined): Actor[] {
  return [...byAccountOf(facts)].slice(0, MOST_ACTORS).map(([account, members]) => ({
    address: undefined,
    item: itemFor(`${account} (${loginsOf(account, members, traces)})`, members),
  }));
}

/** `logged in from 192.0.2.7`: the addresses from which an account came before it acted. */
function loginsOf(account: string, [first]: readonly Fact[], traces: Traces | undefined): string {
  const from = [...(traces?.logins ?? [])].flatMap(([address, accounts]) => {
    const atUs = accounts.get(account);
    return atUs !== undefined && atUs <= (first?.atUs ?? Infinity) ? [address] : [];
  });
  return from.length === 0 ? 'no address is known' : `logged in from ${names(from)}`;
}

const PROVIDERS: Readonly<Record<string, string>> = { aws: 'AWS', gcp: 'GCP', azure: 'Azure' };

/** `web`, `SSH`, `AWS`: on which way a finding saw its actor. */
function wayOf({ finding: { event, entities } }: Fact): string[] {
  const provider = valueAt(event, 'cloud.provider');
  if (provider !== undefined) return [PROVIDERS[provider] ?? provider];
  if (valueAt(event, 'process.name') === 'sshd') return ['SSH'];
  const isWeb =
    entities['url.path'] !== undefined || listAt(event, 'event.category').includes('web');
  return isWeb ? ['web'] : [];
}

/** `web01`, `AWS account 111122223333`: machines and accounts in which somebody was. */
export function placesOf(facts: readonly Fact[]): string[] {
  const inside = enteredBy(facts);
  const hosts = new Set<string>();
  const accounts = new Set<string>();
  for (const { host, finding } of inside) {
    const provider = valueAt(finding.event, 'cloud.provider') ?? '';
    const ids = finding.entities['cloud.account.id'] ?? [];
    for (const id of ids) accounts.add(`${PROVIDERS[provider] ?? 'cloud'} account ${id}`);
    if (ids.length === 0 && host !== undefined) hosts.add(host);
  }
  return [...hosts, ...accounts];
}
