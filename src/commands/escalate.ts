/** `ir escalate`: whom the rules of the plan ask for, and the record that somebody was brought in. */
import { usageError } from '../errors.ts';
import { type Reachable, reachable } from '../plan/escalation.ts';
import { NO_PLAN, type Plan } from '../plan/read-plan.ts';
import type { CommandContext } from './context.ts';
import { withIncident } from './incident-access.ts';
import { planFacts, planIfReadable } from './plan-facts.ts';
import { status } from './status.ts';
import type { ReceiptResult, TableResult } from './table-result.ts';
import { entryBy, writeItems } from './write-items.ts';

/** Options of `ir escalate`, as typed. */
export interface EscalateOptions {
  contact?: string | undefined;
  reason?: string | undefined;
}

/**
 * Records that somebody further up, or outside, was brought in. The plan gives the reason where one of its rules asks
 * for them, and the contact, unless they are named.
 */
export async function escalate(
  context: CommandContext,
  to: string,
  options: EscalateOptions,
): Promise<ReceiptResult> {
  if (to.trim() === '')
    throw usageError('nobody is named', 'Write: ir escalate legal --reason "..."');
  // Whoever must be called now is not held up by a mistake in the plan.
  const plan = (await planIfReadable(context)) ?? NO_PLAN;
  const whom = idOf(plan, to.trim());
  const said = options.reason?.trim() ?? '';
  const rule =
    said === '' ? (await status(context)).asked.find((one) => one.to === whom) : undefined;
  const reason = said === '' ? (rule?.reason ?? '') : said;
  if (reason === '')
    throw usageError('an escalation needs a reason', 'Give it with --reason "...".');
  const people = reachable(plan, whom);
  const contact = options.contact ?? contactOf(people[0]);
  return writeItems(
    context,
    (_detail, author) => [
      entryBy(author, 'incident_escalated', {
        ...{ id: context.randomId(), to: whom, reason },
        ...(contact && { contact }),
      }),
    ],
    ({ incident }, [seq]) => ({
      lines: [
        [`${incident.key} is escalated to ${whom}, by entry ${seq}: ${reason}`],
        ...people.map((one) => [`  ${one.name}: ${contactOf(one) ?? 'no contact in the plan'}`]),
      ],
      next: [{ command: `ir handover ${quoted(whom)}`, shows: 'what they must know' }],
      document: { seq, to: whom, reason, contact },
    }),
  );
}

/** Whom the rules ask for now, who they are, and whether they were brought in. */
export async function listEscalations(context: CommandContext): Promise<TableResult> {
  const plan = await planFacts(context);
  const { asked: documents } = await status(context);
  return withIncident(context, async (_store, { key }) => {
    const open = documents.filter((one) => !one.isDone);
    return {
      title: titleOf(plan, documents.length, key),
      heads: ['State', 'Whom', 'Person', 'Contact', 'Because'],
      rows: documents.map((one) => [
        ...[one.isDone ? 'done' : 'to do', one.to, one.people[0]?.name],
        ...[contactOf(one.people[0]), one.reason],
      ]),
      notes: [],
      next:
        plan.path === undefined
          ? [{ command: 'ir plan init', shows: 'writes a plan, with such rules' }]
          : open.map(({ to }) => ({
              command: `ir escalate ${to}`,
              shows: 'records that they were brought in',
            })),
      documents,
      about: { incident: key, plan: plan.path },
    };
  });
}

const titleOf = (plan: Plan, count: number, key: string): string =>
  plan.path === undefined
    ? 'There is no plan, and so no rule for whom to bring in.'
    : count === 0
      ? `The plan asks for nobody in ${key} now.`
      : `Whom the plan asks for in ${key}`;

/** `Incident Commander` and `incident-commander` are the role; the name of a contact is the contact. */
function idOf({ contacts, escalation }: Plan, to: string): string {
  const word = to.toLowerCase().replaceAll(/[\s-]+/g, '_');
  const contact = contacts.find(
    ({ id, name }) => id === to.toLowerCase() || name.toLowerCase() === to.toLowerCase(),
  );
  if (contact !== undefined) return contact.id;
  return escalation.some((rule) => rule.to.includes(word)) ? word : to;
}

const contactOf = (one: Reachable | undefined): string | undefined => one?.outOfBand ?? one?.reach;

const quoted = (text: string): string => (/^[\w@.-]+$/.test(text) ? text : JSON.stringify(text));
