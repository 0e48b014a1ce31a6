/** `ir assign`, `ir decide`: who does what, and what was decided. */
import { usageError } from '../errors.ts';
import { itemNumber } from '../incidents/items.ts';
import { heldRoles, ROLES } from '../incidents/roles.ts';
import { withdrawItem } from '../incidents/withdraw-item.ts';
import type { CommandContext } from './context.ts';
import { findItem } from './find-item.ts';
import { readInstant, readWord, withIncident } from './incident-access.ts';
import type { ReceiptResult, TableResult } from './table-result.ts';
import { entryBy, writeItems } from './write-items.ts';

const words = (word: string): string => word.replaceAll('_', ' ');

/** Options of `ir assign`, as typed. */
export interface AssignOptions {
  contact?: string | undefined;
  from?: string | undefined;
  reason?: string | undefined;
  withdraw?: string | undefined;
}

const ROLE_ITEMS = { letter: 'R', name: 'role', list: 'ir assign' };

/** Gives a role to somebody; without a name, lists who has which. */
export async function assignRole(
  context: CommandContext,
  role: string | undefined,
  person: string,
  options: AssignOptions,
): Promise<ReceiptResult> {
  if (options.withdraw !== undefined) return withdrawRole(context, options.withdraw, options);
  const name = readWord(role, ROLES, 'ROLE')!;
  const { contact, reason = '' } = options;
  if (person.trim() === '')
    throw usageError(`nobody is named for ${name}`, `Write: ir assign ${name} NAME`);
  const from = readInstant(context, options.from, '--from');
  return writeItems(
    context,
    ({ roles }, author) => {
      const before = roles.findLast((one) => one.role === name && one.withdrawn === undefined);
      const said = { ...(contact && { contact }), ...(from && { from }) };
      const replaces = before === undefined ? {} : { replaces: before.id };
      return [
        entryBy(author, 'role_assigned', {
          ...{ id: context.randomId(), role: name, person: person.trim(), reason: reason.trim() },
          ...said,
          ...replaces,
        }),
      ];
    },
    ({ incident, roles }) => {
      const given = roles.at(-1)!;
      const before = roles.find(({ id }) => id === given.replaces)?.person;
      const instead =
        before === undefined || before === given.person ? '' : `, in place of ${before}`;
      return {
        lines: [
          [
            `${incident.key}: ${given.person} is ${words(name)}${instead} (${itemNumber('R', given)}).`,
          ],
        ],
        document: { role: given },
      };
    },
  );
}

const withdrawRole = (
  context: CommandContext,
  wanted: string,
  { reason = '' }: AssignOptions,
): Promise<ReceiptResult> =>
  writeItems(
    context,
    ({ roles }, author) => {
      const item = findItem(roles, wanted, ROLE_ITEMS, ({ role }) => [role]);
      return [withdrawItem('role', item, itemNumber('R', item), reason, author)];
    },
    ({ incident, roles }) => {
      const item = findItem(roles, wanted, ROLE_ITEMS, ({ role }) => [role]);
      return {
        lines: [
          [
            `${incident.key}: ${itemNumber('R', item)} (${item.person}, ${words(item.role)}) is withdrawn.`,
          ],
        ],
        document: { role: item },
      };
    },
  );

/** Who has which role now. */
export const listRoles = (context: CommandContext): Promise<TableResult> =>
  withIncident(context, async (store, { id, key }) => {
    const { roles } = await store.load(id);
    const held = heldRoles(roles);
    return {
      title: held.length === 0 ? `Nobody has a role in ${key}.` : `Roles in ${key}`,
      heads: ['Number', 'Role', 'Since', 'Contact', 'Person'],
      rows: held.map((role) => [
        itemNumber('R', role),
        role.role,
        { at: role.from ?? role.enteredAt },
        role.contact,
        role.person,
      ]),
      notes: [],
      next:
        held.length === 0
          ? [{ command: 'ir assign incident_commander NAME', shows: `one of: ${ROLES.join(', ')}` }]
          : [],
      documents: held,
      about: { incident: key },
    };
  });

/** Options of `ir decide`, as typed. */
export interface DecideOptions {
  why?: string | undefined;
  by?: string | undefined;
  instead?: readonly string[] | undefined;
  withdraw?: string | undefined;
  reason?: string | undefined;
}

const DECISIONS = { letter: 'D', name: 'decision', list: 'ir decide' };

/** A decision with its reason; it stands in the report. */
export function decide(
  context: CommandContext,
  text: string,
  { why = '', by, instead = [], withdraw, reason = '' }: DecideOptions,
): Promise<ReceiptResult> {
  if (withdraw !== undefined) return withdrawDecision(context, withdraw, reason);
  if (why.trim() === '') {
    throw usageError(
      'a decision needs its reason',
      'Give it with --why "..."; it stands in the report.',
    );
  }
  return writeItems(
    context,
    (_detail, author) => [
      entryBy(author, 'decision_made', {
        ...{ id: context.randomId(), text: text.trim(), why: why.trim() },
        ...(by && { by }),
        ...(instead.length > 0 && { instead }),
      }),
    ],
    ({ incident, decisions }) => {
      const made = decisions.at(-1)!;
      return {
        lines: [[`${incident.key}: decision ${itemNumber('D', made)} is noted: ${made.text}`]],
        document: { decision: made },
      };
    },
  );
}

const withdrawDecision = (
  context: CommandContext,
  wanted: string,
  reason: string,
): Promise<ReceiptResult> =>
  writeItems(
    context,
    ({ decisions }, author) => {
      const item = findItem(decisions, wanted, DECISIONS);
      return [withdrawItem('decision', item, itemNumber('D', item), reason, author)];
    },
    ({ incident, decisions }) => {
      const item = findItem(decisions, wanted, DECISIONS);
      return {
        lines: [[`${incident.key}: decision ${itemNumber('D', item)} is withdrawn.`]],
        document: { decision: item },
      };
    },
  );

/** All decisions, the oldest first. */
export const listDecisions = (context: CommandContext): Promise<TableResult> =>
  withIncident(context, async (store, { id, key }) => {
    const { decisions } = await store.load(id);
    return {
      title: decisions.length === 0 ? `No decision is noted in ${key}.` : `Decisions in ${key}`,
      heads: ['Number', 'At', 'By', 'Why', 'Decision'],
      rows: decisions.map((one) => [
        itemNumber('D', one),
        { at: one.enteredAt },
        one.by ?? one.enteredBy,
        one.withdrawn === undefined ? one.why : `withdrawn: ${one.withdrawn.reason}`,
        one.text,
      ]),
      notes: [],
      next:
        decisions.length === 0
          ? [{ command: 'ir decide "..." --why "..."', shows: 'notes one' }]
          : [],
      documents: decisions,
      about: { incident: key },
    };
  });
