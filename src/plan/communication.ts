/** Who may say what to whom over which channel, by the rules of the plan. */
import type { Plan } from './read-plan.ts';

/** A message that is about to go out. */
export interface Saying {
  /** Name of the channel, and who reads it: `team`, `management`, `outside`. */
  channel: string;
  audience: string;
  /** Who sends it. */
  actor: string;
  /** Who has which role in the incident. */
  holders: readonly { role: string; person: string }[];
  /** Roles, ids and names of those who were brought in. */
  broughtIn: readonly string[];
}

/** What a rule says of a message: how it reads, and why it is not met. */
export interface CommunicationRule {
  says: string;
  broken: string | undefined;
}

const same = (a: string, b: string): boolean =>
  a
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_') ===
  b
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');

/** The rules that are about this channel, by its name or by who reads it. */
export function communicationRules(plan: Plan, saying: Saying): CommunicationRule[] {
  return plan.communication
    .filter(
      ({ to, over }) =>
        same(to, saying.audience) || (over !== undefined && same(over, saying.channel)),
    )
    .map(({ who, to, may_say: maySay, over, after }) => {
      const says = `${who} may tell ${to} ${maySay}${over === undefined ? '' : `, over ${over}`}${after === undefined ? '' : `, after ${after}`}`;
      if (!namesOf(plan, saying, who).some((name) => same(name, saying.actor)))
        return { says, broken: `you are ${saying.actor}, and not ${who}` };
      const isAfter =
        after === undefined ||
        namesOf(plan, saying, after).some((name) =>
          saying.broughtIn.some((one) => same(one, name)),
        );
      return { says, broken: isAfter ? undefined : `${after} was not brought in` };
    });
}

/** A role or a contact: itself, who has the role here, who has it by the plan, and what these are called. */
function namesOf(plan: Plan, { holders }: Saying, wanted: string): string[] {
  const held = holders.filter(({ role }) => same(role, wanted)).map(({ person }) => person);
  const planned = plan.team
    .filter(({ role }) => same(role, wanted))
    .flatMap(({ who, deputies = [] }) => [who, ...deputies]);
  const ids = [wanted, ...planned];
  const names = plan.contacts.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
  return [...ids, ...held, ...names];
}
