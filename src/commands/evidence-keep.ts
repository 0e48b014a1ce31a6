/** Takes files into the keeping of an incident: the one way in which evidence comes into a case. */
import { hostname } from 'node:os';
import { EXIT, IrError, messageOf } from '../errors.ts';
import { type Content, keptPath, takeIn } from '../evidence/content-store.ts';
import { type EvidenceItem, isInStore } from '../incidents/evidence.ts';
import type { IncidentDetail, IncidentStore } from '../incidents/incident-store.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import type { FilePath } from '../logs/input-path.ts';
import type { CommandContext } from './context.ts';
import { assertFound } from './incident-access.ts';

/** A file that is to be kept, and what is known of it. */
export interface EvidenceToKeep {
  /** Absolute. */
  path: FilePath;
  title: string;
  /** Where it was taken from, as shown; the path where absent. */
  origin?: string | undefined;
  /** `copy` where absent. */
  keptAs?: 'copy' | 'reference' | undefined;
  /** How it was acquired: live, logical, offline, physical, export, ... */
  method: string;
  /** The machine that it is of; this one where absent. */
  host?: string | undefined;
  /** The time of the entry where absent. */
  collectedAt?: string | undefined;
  tool?: string | undefined;
  argv?: readonly string[] | undefined;
  /** Id of the command that made it. */
  run?: string | undefined;
  clockOffsetMs?: number | undefined;
  covers?: { from: string; to: string } | undefined;
  remarks?: readonly string[] | undefined;
  /** Number that it should have, where it is free. */
  number?: string | undefined;
  /** The bag that it came in, and the hash that it must have. */
  bag?: string | undefined;
  sha256?: string | undefined;
}

/** What became of the files that were to be kept, in their order. */
export interface KeptEvidence {
  /** Taken in now. */
  added: readonly EvidenceItem[];
  /** Their content had been kept before: under which number. */
  known: readonly { path: string; evidenceNo: string }[];
  failed: readonly { path: string; reason: string }[];
}

/** So many files, or so many bytes, between two entries in the journal: what was kept before a stop is in the case. */
const BATCH = { files: 200, bytes: 1 << 28 };

/**
 * Copies the files into the store (or hashes them where they are) and enters them, each with who collected it.
 * A file that cannot be read is named in the result; nothing else suffers.
 * @throws IrError (exit 9) where the store has no room; what was taken before that is entered
 */
export async function keepEvidence(
  context: CommandContext,
  store: IncidentStore,
  incidentId: string,
  files: readonly EvidenceToKeep[],
): Promise<KeptEvidence> {
  const failed: { path: string; reason: string }[] = [];
  const ids = new Set<string>();
  const known: { path: string; sha256: string }[] = [];
  let taken: Taken[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    const batch = taken;
    [taken, bytes] = [[], 0];
    if (batch.length > 0) await enter(context, store, incidentId, batch, ids, known);
  };
  try {
    for (const [index, file] of files.entries()) {
      const shown = file.origin ?? String(file.path);
      context.progress(`Taking ${index + 1} of ${files.length}: ${shown}`);
      try {
        const target = file.keptAs === 'reference' ? undefined : store.folder;
        const content = await takeIn(file.path, target, context);
        if (file.sha256 !== undefined && content.sha256 !== file.sha256)
          throw new IrError('its content is not the one that was announced', {
            exit: EXIT.integrity,
          });
        taken.push({ file, content });
        bytes += content.sizeBytes;
      } catch (error) {
        if (!(error instanceof IrError) || error.exit !== EXIT.unreadableInput) throw error;
        failed.push({ path: shown, reason: reasonOf(error) });
      }
      if (taken.length >= BATCH.files || bytes >= BATCH.bytes) await flush();
    }
  } finally {
    // An end of the disk or of the run loses nothing that is kept already.
    await flush();
    context.progress('');
  }
  const { evidence } = await store.load(incidentId);
  return {
    added: evidence.filter(({ id }) => ids.has(id)),
    known: known.map(({ path, sha256 }) => ({ path, evidenceNo: numberOf(evidence, sha256) })),
    failed,
  };
}

interface Taken {
  file: EvidenceToKeep;
  content: Content;
}

const reasonOf = (error: IrError): string =>
  error.hint === undefined ? messageOf(error) : `${error.message}. ${error.hint}`;

const numberOf = (evidence: readonly EvidenceItem[], sha256: string): string =>
  standing(evidence, sha256)?.evidenceNo ?? '';

/** The item that counts with this content. */
const standing = (evidence: readonly EvidenceItem[], sha256: string): EvidenceItem | undefined =>
  evidence.find((item) => item.sha256 === sha256 && item.withdrawn === undefined);

async function enter(
  context: CommandContext,
  store: IncidentStore,
  incidentId: string,
  batch: readonly Taken[],
  ids: Set<string>,
  known: { path: string; sha256: string }[],
): Promise<void> {
  const at = context.now().toISOString();
  const { actor } = context.settings;
  const prepared = batch.map((taken) => ({ ...taken, id: context.randomId() }));
  const custodyIds = prepared.map(() => context.randomId());
  let added: string[] = [];
  let again: { path: string; sha256: string }[] = [];
  const decide = (before: IncidentDetail | undefined): NewEntry[] => {
    const { evidence, custody } = assertFound(before);
    [added, again] = [[], []];
    const now = new Map<string, string>();
    return prepared.flatMap(({ file, content, id }, index): NewEntry[] => {
      const { sha256 } = content;
      const earlier = standing(evidence, sha256)?.id ?? now.get(sha256);
      now.set(sha256, earlier ?? id);
      const origin = file.origin ?? String(file.path);
      if (earlier === undefined) added.push(id);
      else again.push({ path: origin, sha256 });
      const held = evidence.find(({ id }) => id === earlier);
      const isCopied =
        held !== undefined && !isInStore(held, custody) && file.keptAs !== 'reference';
      const event = {
        ...{ id: custodyIds[index]!, evidence: earlier ?? id },
        event: isCopied ? ('copied' as const) : ('collected' as const),
        ...{ at: file.collectedAt ?? at, sha256, place: `${file.host ?? hostname()}:${origin}` },
        purpose: purposeOf(earlier !== undefined, isCopied),
        method: file.method,
      };
      const collected: NewEntry = { type: 'custody_recorded', payload: event, at, actor };
      if (earlier !== undefined) return [collected];
      const payload = { ...acquired(file, content, origin, at), id };
      return [{ type: 'evidence_added', payload, at, actor }, collected];
    });
  };
  await store.append(incidentId, decide);
  for (const id of added) ids.add(id);
  known.push(...again);
}

function purposeOf(isKnown: boolean, isCopied: boolean): string {
  if (isCopied) return 'kept in the store from now on';
  return isKnown ? 'the same content, found here as well' : '';
}

/** Members that are not known are left out: undefined is no JSON. */
function acquired(file: EvidenceToKeep, content: Content, origin: string, at: string) {
  const { title, method, tool, argv, run, clockOffsetMs, covers, number, bag } = file;
  const { sha256, sizeBytes } = content;
  const keptAs = file.keptAs ?? 'copy';
  const remarks = [...(file.remarks ?? []), ...content.remarks];
  return {
    ...{ title, sha256, sizeBytes, keptAs, origin, method },
    path: keptAs === 'copy' ? keptPath(sha256) : origin,
    host: file.host ?? hostname(),
    collectedAt: file.collectedAt ?? at,
    ...(tool !== undefined && { tool }),
    ...(argv !== undefined && { argv }),
    ...(run !== undefined && { run }),
    ...(clockOffsetMs !== undefined && { clockOffsetMs }),
    ...(covers !== undefined && { covers }),
    ...(number !== undefined && { number }),
    ...(bag !== undefined && { bag }),
    ...(remarks.length > 0 && { remarks }),
  };
}
