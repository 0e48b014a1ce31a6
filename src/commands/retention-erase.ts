/** `ir retention erase`: takes a person out of the store, so that no byte of it says who it was, and `ir verify` holds. */
import { readdirSync, statSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { EXIT, IrError, refusedError, usageError } from '../errors.ts';
import { plural } from '../events/words.ts';
import { keptPath } from '../evidence/content-store.ts';
import { ERASED, type ErasePlan, planErasure, valueFinder } from '../incidents/erase-value.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { kindOf } from '../incidents/journal-entry.ts';
import { STORE_JOURNAL } from '../incidents/store-journal.ts';
import { DATABASE_FILE } from '../store/store-names.ts';
import type { CommandContext } from './context.ts';
import { allHolds, holdName, type PlacedHold, standing } from './holds.ts';
import { authorOf, withStore } from './incident-access.ts';
import type { CommandOutcome } from './outcome.ts';
import type { Cell, TableResult } from './table-result.ts';
import { entryBy } from './write-items.ts';

/** Options of `ir retention erase`, as typed. */
export interface EraseOptions {
  entity: string;
  reason?: string | undefined;
  dryRun?: boolean | undefined;
  yes?: boolean | undefined;
}

/** Shorter texts stand in too much that is not meant. */
const LEAST_CHARACTERS = 4;

interface Place {
  incident: string;
  key: string;
  plan: ErasePlan;
}

/** Erases a value. @throws IrError (exit 6) under a hold, (exit 7) where it is still found afterwards */
export async function eraseEntity(
  context: CommandContext,
  options: EraseOptions,
): Promise<CommandOutcome<TableResult>> {
  const value = options.entity.trim();
  const reason = (options.reason ?? '').trim();
  assertErasable(context, value, reason, options.dryRun === true);
  return withStore(context, async ({ store }) => {
    const places = await findPlaces(store, value, reason);
    const files = await filesWith(context, store.folder, value);
    const outside = await reportsOutside(store, value);
    const result = tableOf(value, places, files, outside, options.dryRun === true);
    if (places.length + files.length === 0) return { result };
    const held = standing(await allHolds(store)).filter(
      ({ journal }) => files.length > 0 || places.some(({ incident }) => incident === journal),
    );
    if (options.dryRun === true)
      return {
        result: {
          ...result,
          notes: [
            ...result.notes,
            ...held.map((hold) => `Hold ${holdName(hold)} stands in the way.`),
          ],
        },
      };
    assertNothingInTheWay(held, places, files);
    await confirm(context, places, files, options);
    await destroyFiles(context, store, files, reason);
    for (const { incident, plan } of await findPlaces(store, value, reason)) {
      const author = authorOf(context);
      await store.append(
        incident,
        plan.erasures.map((erasure) => entryBy(author, 'payload_erased', erasure)),
      );
    }
    await store.scrub();
    await assertErased(context, store, value, reason);
    return { result };
  });
}

/** @throws IrError (exit 2 or 6) for a value or a reason with which nobody is erased */
function assertErasable(
  context: CommandContext,
  value: string,
  reason: string,
  isDryRun: boolean,
): void {
  const { holds } = valueFinder(value);
  if (value.length < LEAST_CHARACTERS)
    throw usageError(
      `--entity: "${value}" is too short: it would stand in much that is not meant`,
      `Give at least ${LEAST_CHARACTERS} characters.`,
    );
  if (!isDryRun && reason === '')
    throw usageError(
      'erasing needs a reason',
      'Give it with --reason "request of 2026-11-30, Art. 17 GDPR".',
    );
  if (holds(reason))
    throw usageError(
      '--reason names the very person who is to be erased',
      'Write a reason without it.',
    );
  if (holds(context.settings.actor))
    throw refusedError(
      `you act under the name "${context.settings.actor}", which would be written anew`,
      'Act under another: IR_ACTOR=dpo ir retention erase ...',
    );
  if (holds(ERASED))
    throw usageError(`--entity: "${value}" is part of what stands in place of what was erased`);
}

/** @throws IrError (exit 6) under a hold, and where it stands in what cannot be written anew */
function assertNothingInTheWay(
  held: readonly PlacedHold[],
  places: readonly Place[],
  files: readonly string[],
): void {
  const [hold] = held;
  if (hold !== undefined)
    throw refusedError(
      `legal hold ${holdName(hold)} stands on it: ${hold.title}`,
      'Lift it first, where that is allowed: ir hold lift',
    );
  const stuck = places.find(({ plan }) => plan.stuck.length > 0);
  if (stuck !== undefined) {
    const [entry] = stuck.plan.stuck;
    throw refusedError(
      `entry ${entry!.seq} of ${stuck.key} (${entry!.type}) holds it where only another form may stand`,
      'Change that first with: ir update',
    );
  }
  const written = files.find((file) => /\.ya?ml$/.test(file));
  if (written !== undefined) {
    throw refusedError(
      `${written} names it, which somebody wrote`,
      'Take it out there by hand, then run the command again.',
    );
  }
}

/** @throws IrError (exit 7) where it is still found */
async function assertErased(
  context: CommandContext,
  store: IncidentStore,
  value: string,
  reason: string,
): Promise<void> {
  const left = await filesWith(context, store.folder, value, true);
  const again = await findPlaces(store, value, reason);
  if (left.length + again.length > 0) {
    throw new IrError(
      `it is still found after erasing, in: ${[...left, ...again.map(({ key }) => key)].join(', ')}`,
      {
        exit: EXIT.integrity,
        hint: 'Another run may have written it meanwhile. Run the command again.',
      },
    );
  }
}

async function findPlaces(store: IncidentStore, value: string, reason: string): Promise<Place[]> {
  const { z } = await import('zod');
  const fits = (type: string, payload: unknown): boolean =>
    kindOf(type)?.schema(z).safeParse(payload).success ?? true;
  const stays = (type: string): boolean => kindOf(type)?.isErasable !== true;
  const all = [...(await store.list()), { id: STORE_JOURNAL, key: 'the store itself' }];
  const places: Place[] = [];
  for (const { id, key } of all) {
    const plan = planErasure(await store.journal(id), value, reason, stays, fits);
    if (plan.seqs.length > 0) places.push({ incident: id, key, plan });
  }
  return places;
}

/** Files of the workspace that hold the value: all but the database, which is asked through the journal. */
async function filesWith(
  context: CommandContext,
  folder: string,
  value: string,
  withDatabase = false,
): Promise<string[]> {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const isDatabase = entry.parentPath === folder && DATABASES.includes(entry.name);
    if (isDatabase && !withDatabase) continue;
    context.signal.throwIfAborted();
    context.progress(`Looking for it in ${relative(folder, path)}`);
    if (valueFinder(value).holds(relative(folder, path)) || (await holdsValue(path, value)))
      found.push(relative(folder, path));
  }
  context.progress('');
  return found.sort();
}

const DATABASES = [DATABASE_FILE, `${DATABASE_FILE}-wal`, `${DATABASE_FILE}-shm`];
const CHUNK = 1 << 20;

/** Looks at the bytes as they are, as UTF-16, and unpacked where they are packed with gzip. */
async function holdsValue(path: string, value: string): Promise<boolean> {
  const { holds } = valueFinder(value);
  const handle = await open(path, 'r');
  try {
    const isPacked =
      (await handle.read(Buffer.alloc(2), 0, 2, 0)).buffer.readUInt16BE(0) === 0x1f8b;
    let rest: Buffer = Buffer.alloc(0);
    const keep = Buffer.byteLength(value) * 4;
    const source = handle.createReadStream({ start: 0, highWaterMark: CHUNK, autoClose: false });
    const chunks = isPacked ? source.pipe((await import('node:zlib')).createGunzip()) : source;
    try {
      for await (const chunk of chunks as AsyncIterable<Buffer>) {
        const bytes = Buffer.concat([rest, chunk]);
        if (holds(bytes.toString('utf8')) || holds(bytes.toString('utf16le'))) return true;
        if (holds(bytes.subarray(1).toString('utf16le'))) return true;
        rest = bytes.subarray(Math.max(0, bytes.length - keep));
      }
    } catch (error) {
      // Packed bytes that are cut off or damaged: what could be read was looked at.
      if (!isPacked) throw error;
    }
    return false;
  } finally {
    await handle.close();
  }
}

/** Reports that were written elsewhere, and still are there. */
async function reportsOutside(store: IncidentStore, value: string): Promise<string[]> {
  const found = new Set<string>();
  for (const { id } of await store.list()) {
    for (const { path } of (await store.load(id)).reports ?? []) {
      const absolute = resolve(store.folder, '..', path);
      const isThere = statSync(absolute, { throwIfNoEntry: false })?.isFile() === true;
      if (
        isThere &&
        !absolute.startsWith(`${store.folder}/`) &&
        (await holdsValue(absolute, value))
      )
        found.add(absolute);
    }
  }
  return [...found];
}

/** Deletes the files; evidence is entered as destroyed and withdrawn, so that nobody misses it. */
async function destroyFiles(
  context: CommandContext,
  store: IncidentStore,
  files: readonly string[],
  reason: string,
): Promise<void> {
  const author = authorOf(context);
  for (const { id } of await store.list()) {
    const { evidence } = await store.load(id);
    for (const item of evidence) {
      const isGone = files.some((file) => file === keptPath(item.sha256) || file === item.path);
      if (!isGone) continue;
      const at = author.now.toISOString();
      const payload = {
        id: context.randomId(),
        evidence: item.id,
        event: 'destroyed' as const,
        at,
        purpose: reason,
      };
      const of = { of: 'evidence' as const, id: item.id, reason };
      await store.append(id, [
        entryBy(author, 'custody_recorded', payload),
        ...(item.withdrawn === undefined ? [entryBy(author, 'item_withdrawn', of)] : []),
      ]);
    }
  }
  for (const file of files) await overwrite(join(store.folder, file));
}

/** Zeroes before the name goes; on copying file systems and flash the old blocks may outlive it. */
async function overwrite(path: string): Promise<void> {
  const handle = await open(path, 'r+').catch(() => undefined);
  if (handle !== undefined) {
    const { size } = await handle.stat();
    for (let at = 0; at < size; at += CHUNK)
      await handle.write(Buffer.alloc(Math.min(CHUNK, size - at)), 0, undefined, at);
    await handle.sync();
    await handle.close();
  }
  await rm(path, { force: true });
}

async function confirm(
  { ask }: CommandContext,
  places: readonly Place[],
  files: readonly string[],
  { yes = false }: EraseOptions,
): Promise<void> {
  if (yes) return;
  const entries = places.reduce((sum, { plan }) => sum + plan.seqs.length, 0);
  const what = `${plural(entries, 'entry', 'entries')} and ${plural(files.length, 'file')} hold it; this cannot be taken back`;
  if (!ask.isPossible) throw refusedError(what, 'Look with --dry-run first, then add --yes.');
  if (await ask.confirm({ message: `${what}. Erase it?`, flag: '--yes', initial: false })) return;
  throw refusedError('left as it is: nothing was erased');
}

function tableOf(
  value: string,
  places: readonly Place[],
  files: readonly string[],
  outside: readonly string[],
  isDry: boolean,
): TableResult {
  const total = places.reduce((sum, { plan }) => sum + plan.seqs.length, 0);
  const rows: Cell[][] = [
    ...places.map(({ key, plan }): Cell[] => [
      key,
      plural(plan.seqs.length, 'entry', 'entries'),
      plan.seqs.slice(0, 20).join(', '),
    ]),
    ...files.map((file): Cell[] => ['workspace', 'file', file]),
  ];
  const title =
    rows.length === 0
      ? 'Nothing in this workspace holds it.'
      : `${isDry ? 'Would erase it from' : 'Erased from'} ${plural(total, 'entry', 'entries')} and ${plural(files.length, 'file')}${isDry ? ' (dry run, nothing was changed)' : ''}`;
  return {
    title,
    heads: ['Where', 'What', 'Which'],
    rows,
    notes:
      outside.length === 0
        ? []
        : [
            'Outside of the workspace, and left alone: these reports hold it.',
            ...outside.map((path) => `  ${path}`),
          ],
    next:
      isDry || rows.length === 0 ? [] : [{ command: 'ir verify', shows: 'that the journal holds' }],
    documents: [
      ...places.map(({ key, plan }) => ({ incident: key, entries: plan.seqs })),
      ...files.map((file) => ({ file })),
    ],
    about: { ...(isDry && { entity: value }), dryRun: isDry, outside },
  };
}
