/** Who may say what to whom, by the rules of the plan: asked of a message before it goes out. */
import type { IncidentDetail, IncidentStore } from '../incidents/incident-store.ts';
import { heldRoles } from '../incidents/roles.ts';
import { communicationRules } from '../plan/communication.ts';
import type { CommandContext } from './context.ts';
import type { NamedChannel } from './notify-channels.ts';
import { broughtIn } from './plan-asks.ts';
import { planIfReadable } from './plan-facts.ts';

/** Why nothing may be said over a channel now, as the plan has it; undefined where it may. */
export type SaidByPlan = (channel: NamedChannel) => string | undefined;

/** What the plan says of messages of this incident by whoever runs the command. */
export async function mayNotSay(
  context: CommandContext,
  store: IncidentStore,
  { incident, roles }: Pick<IncidentDetail, 'incident' | 'roles'>,
): Promise<SaidByPlan> {
  const plan = await planIfReadable(context);
  if (plan === undefined || plan.communication.length === 0) return () => undefined;
  const holders = heldRoles(roles);
  const named = await broughtIn(store, incident.id);
  const { actor } = context.settings;
  return ({ name, settings }) => {
    const saying = { channel: name, audience: settings.audience, actor, holders, broughtIn: named };
    const rules = communicationRules(plan, saying);
    const [broken] = rules.filter((rule) => rule.broken !== undefined);
    // One rule that is met is enough: several people may speak to the same.
    if (broken === undefined || rules.some((rule) => rule.broken === undefined)) return undefined;
    return `channel ${name}: the plan says that ${broken.says}; ${broken.broken}`;
  };
}

/**
 * The channels over which something may go out by itself. What the team hears of time and of phases is its own affair;
 * nobody outside hears anything that somebody may not say. What is left out is said.
 */
export async function mayGoByItself(
  context: CommandContext,
  store: IncidentStore,
  detail: Pick<IncidentDetail, 'incident' | 'roles'>,
  channels: readonly NamedChannel[],
): Promise<readonly NamedChannel[]> {
  if (!channels.some(({ settings }) => settings.audience === 'outside')) return channels;
  const why = await mayNotSay(context, store, detail);
  return channels.filter((one) => {
    const held = one.settings.audience === 'outside' ? why(one) : undefined;
    if (held !== undefined) context.say(`No notice over ${held}. By hand: ir notify`);
    return held === undefined;
  });
}
