/** `ir hold add|list|lift`: what must be kept as it is, of an incident and of logs. */
import { resolve } from 'node:path';
import { refusedError, usageError } from '../errors.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { type Hold, itemNumber } from '../incidents/items.ts';
import { STORE_JOURNAL } from '../incidents/store-journal.ts';
import { isGlob } from '../logs/glob.ts';
import type { CommandContext } from './context.ts';
import { findItem } from './find-item.ts';
import { authorOf, findIncident, withStore } from './incident-access.ts';
import type { ReceiptResult, TableResult } from './table-result.ts';
import { entryBy } from './write-items.ts';

/** A hold, and whose it is. */
export interface PlacedHold extends Hold {
  /** Key of the incident; undefined for a hold on logs alone. */
  incident: string | undefined;
  /** Id of the incident, or of the store's own journal. */
  journal: string;
}

/** Options of `ir hold add`, as typed. */
export interface HoldOptions {
  logs?: readonly string[] | undefined;
  reason?: string | undefined;
  authority?: string | undefined;
  /** Logs alone, no incident. */
  store?: boolean | undefined;
}

/** All holds of the store, those of the store itself first. */
export async function allHolds(store: IncidentStore): Promise<PlacedHold[]> {
  const own = await store.items(STORE_JOURNAL, 'holds');
  const held = own.map(
    (hold): PlacedHold => ({ ...hold, incident: undefined, journal: STORE_JOURNAL }),
  );
  for (const { id, key } of await store.list()) {
    for (const hold of await store.items(id, 'holds'))
      held.push({ ...hold, incident: key, journal: id });
  }
  return held;
}

/** Those that stand. */
export const standing = (holds: readonly PlacedHold[]): PlacedHold[] =>
  holds.filter(({ lifted }) => lifted === undefined);

/** How people name a hold: H-012 of INC-2026-0001. */
export const holdName = (hold: PlacedHold): string =>
  `${itemNumber('H', hold)}${hold.incident === undefined ? '' : ` of ${hold.incident}`}`;

/** Sets a hold: on the incident that is named or current, else on logs alone. */
export async function addHold(
  context: CommandContext,
  title: string,
  { logs = [], reason = '', authority }: HoldOptions,
): Promise<ReceiptResult> {
  if (title.trim() === '')
    throw usageError('the hold has no title', 'Write: ir hold add "Case 7" --reason "..."');
  if (reason.trim() === '')
    throw usageError('a hold needs a reason', 'Give it with --reason "asked by counsel".');
  const globs = logs.map((glob) => absoluteGlob(context, glob));
  return withStore(
    context,
    async ({ store }) => {
      const isNamed =
        context.settings.incident !== undefined || (await store.currentIncidentId()) !== undefined;
      if (!isNamed && globs.length === 0)
        throw usageError(
          'the hold covers nothing',
          'Name an incident with --incident, or logs with --logs GLOB.',
        );
      const incident = isNamed ? await findIncident(context, store) : undefined;
      const journal = incident?.id ?? STORE_JOURNAL;
      const hold = {
        ...{ id: context.randomId(), title: title.trim(), logs: globs, reason: reason.trim() },
        ...(authority && { authority }),
      };
      const written = await store.append(journal, [entryBy(authorOf(context), 'hold_set', hold)]);
      const number = itemNumber('H', { seq: written.at(-1)!.seq });
      const covers = [
        ...(incident === undefined ? [] : [incident.key]),
        ...(globs.length === 0 ? [] : [`logs ${globs.join(', ')}`]),
      ];
      return {
        lines: [
          [
            `Hold ${number} stands on ${covers.join(' and ')}: nothing of it is deleted or erased until it is lifted.`,
          ],
        ],
        next: [{ command: 'ir hold list', shows: 'all holds' }],
        document: { hold: { number, incident: incident?.key, ...hold } },
      };
    },
    { create: true },
  );
}

const absoluteGlob = (context: CommandContext, glob: string): string => {
  if (glob.trim() === '') throw usageError('--logs is empty', 'Give a file, a folder or a glob.');
  const path = resolve(context.settings.cwd, glob);
  return isGlob(glob) && glob.endsWith('/') ? `${path}/` : path;
};

/** The holds, those that stand first. */
export async function listHolds(
  context: CommandContext,
  { all = false }: { all?: boolean },
): Promise<TableResult> {
  return withStore(context, async ({ store }) => {
    const holds = await allHolds(store);
    const stand = standing(holds);
    const shown = all ? [...stand, ...holds.filter(({ lifted }) => lifted !== undefined)] : stand;
    return {
      title: shown.length === 0 ? 'No hold stands.' : 'Legal holds',
      heads: ['Number', 'Incident', 'Since', 'By', 'State', 'Logs', 'Title and reason'],
      rows: shown.map((hold) => [
        ...[itemNumber('H', hold), hold.incident ?? '-', { at: hold.enteredAt }, hold.enteredBy],
        hold.lifted === undefined ? 'stands' : `lifted: ${hold.lifted.reason}`,
        hold.logs.join(' '),
        `${hold.title}: ${hold.reason}`,
      ]),
      notes: [],
      next: stand.slice(0, 1).map((hold) => ({
        command: `ir hold lift ${itemNumber('H', hold)} --reason "..."`,
        shows: 'lifts one',
      })),
      documents: shown.map(({ journal: _, ...hold }) => ({
        number: itemNumber('H', hold),
        ...hold,
      })),
      about: {},
    };
  });
}

/** Lifts a hold. @throws IrError (exit 6) without a reason, or where it was lifted before */
export async function liftHold(
  context: CommandContext,
  wanted: string,
  { reason = '' }: { reason?: string },
): Promise<ReceiptResult> {
  if (reason.trim() === '')
    throw usageError(
      'lifting a hold needs a reason',
      'Give it with --reason "the case is settled".',
    );
  return withStore(context, async ({ store }) => {
    const key = context.settings.incident;
    const of = key === undefined ? undefined : (await findIncident(context, store, key)).key;
    const holds = (await allHolds(store)).filter(
      ({ incident }) => of === undefined || incident === of,
    );
    const named = holds.filter(
      (hold) => itemNumber('H', hold).toLowerCase() === wanted.trim().toLowerCase(),
    );
    if (named.length > 1) {
      throw refusedError(
        `${wanted} is the number of ${named.length} holds`,
        `Name the incident: ${named.map((hold) => (hold.incident === undefined ? `the id, ${hold.id.slice(0, 8)}` : `--incident ${hold.incident}`)).join(', or ')}.`,
      );
    }
    const hold = findItem(holds, wanted, { letter: 'H', name: 'hold', list: 'ir hold list' });
    if (hold.lifted !== undefined)
      throw refusedError(`${holdName(hold)} was lifted at ${hold.lifted.at}`);
    const payload = { hold: hold.id, reason: reason.trim() };
    await store.append(hold.journal, [entryBy(authorOf(context), 'hold_lifted', payload)]);
    return {
      lines: [[`Hold ${holdName(hold)} is lifted.`]],
      next: [],
      document: { hold: { number: itemNumber('H', hold), incident: hold.incident, ...payload } },
    };
  });
}
