/** As whom an intruder acted: accounts in the order in which they were used, with how each was gained. */
import { valueAt } from '../act.ts';
import { commandText } from './clause.ts';
import type { Fact } from './fact.ts';
import type { StoryItem } from './story.ts';
import type { Traces } from './traces.ts';

const MOST_ACCOUNTS = 8;
/** Techniques that make an account; then the one that is named is new. */
const CREATED = ['T1136'];

/** Each account once, when it was first used. */
export function accountsOf(facts: readonly Fact[], traces?: Traces): StoryItem[] {
  const order = new Map<string, StoryItem>();
  const use = (name: string, text: string, fact: Fact, atUs = fact.atUs): void => {
    if (order.has(name)) return;
    const place = fact.finding.evidence[0];
    order.set(name, { text, atUs, untilUs: undefined, place, findings: [fact.finding.id] });
  };
  for (const fact of facts) {
    const { finding, account, isInside, addresses } = fact;
    const { event, entities, rule } = finding;
    const isCloud = entities['cloud.account.id'] !== undefined;
    const isNew = rule.techniques.some((id) => CREATED.some((one) => id.startsWith(one)));
    if (isNew && !isCloud) {
      const made = entities['user.target.name']?.[0] ?? entities['user.name']?.[0];
      if (made !== undefined) use(made, `new account ${made}`, fact);
      continue;
    }
    if (account === undefined || !(isInside || order.has(account) || isCloud)) continue;
    const provider = valueAt(event, 'cloud.provider')?.toUpperCase() ?? 'cloud';
    const first = isCloud ? traces?.firstUse(account, addresses) : undefined;
    // Who is put into a group acts not.
    if (entities['group.name'] === undefined)
      use(account, isCloud ? `${provider} ${account}` : account, fact, first);
    const risen = valueAt(event, 'user.effective.name');
    if (risen !== undefined && risen !== account && !isCloud)
      use(risen, `${risen} (${how(fact)})`, fact);
  }
  return [...order.values()]
    .sort((a, b) => (a.atUs ?? Infinity) - (b.atUs ?? Infinity))
    .slice(0, MOST_ACCOUNTS);
}

/** `sudo tar`: the program by which it was gained. */
function how({ finding: { event, entities } }: Fact): string {
  const program = valueAt(event, 'process.name');
  const [command] = entities['process.command_line'] ?? [];
  if (command === undefined) return program ?? 'how is not known';
  const [first = ''] = command.split(' ');
  const name = first.slice(first.lastIndexOf('/') + 1);
  return program === undefined || program === name ? commandText([name]) : `${program} ${name}`;
}
