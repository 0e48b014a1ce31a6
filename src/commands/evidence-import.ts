/** `ir evidence import`: what a bag holds, into the incident, or as the incident that it is. */
import { resolve } from 'node:path';
import { EXIT, IrError, refusedError } from '../errors.ts';
import { type BagContents, type CheckedBag, checkBag } from '../evidence/check-bag.ts';
import { takeIn } from '../evidence/content-store.ts';
import { type OpenBag, openBag } from '../evidence/open-bag.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import type { CommandContext } from './context.ts';
import { type EvidenceToKeep, type KeptEvidence, keepEvidence } from './evidence-keep.ts';
import { authorOf, findIncident, withStore } from './incident-access.ts';

/** The options of `ir evidence import`. */
export interface ImportOptions {
  case?: boolean | undefined;
  from?: string | undefined;
  reason?: string | undefined;
}

/** What `ir evidence import` took in. */
export interface ImportResult extends KeptEvidence {
  /** Key of the incident. */
  incident: string;
  path: string;
  holds: 'evidence' | 'case';
  /** Of its tag manifest. */
  sha256: string;
  signedBy: string | undefined;
  /** Entries of the journal that came with a whole case. */
  entries: number;
  /** Of a case that was in this store before. */
  isKnown?: boolean | undefined;
  head: string;
}

/**
 * Takes in a bag that holds what it says, and nothing of any other.
 * @throws IrError (exit 7) where anything of the bag differs from what it says
 */
export function importBag(
  context: CommandContext,
  path: string,
  options: ImportOptions,
): Promise<ImportResult> {
  const isCase = options.case === true;
  return withStore(
    context,
    async ({ store }) => {
      const incident = isCase ? undefined : await findIncident(context, store);
      const bag = await openBag(resolve(context.settings.cwd, path), store.folder, context.signal);
      try {
        const { env } = context.settings;
        const checked = await checkBag(bag, { env, signal: context.signal });
        assertIntact(path, checked);
        if (incident === undefined)
          return await takeCase(context, store, path, bag, checked, options);
        return await takeEvidence(context, store, incident, path, bag, checked, options);
      } finally {
        await bag.close();
      }
    },
    { create: isCase },
  );
}

function assertIntact(path: string, { isIntact, problems }: CheckedBag): void {
  if (isIntact) return;
  const [first, ...others] = problems;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  throw new IrError(`the bag ${path} does not hold what it says: ${first}${more}`, {
    exit: EXIT.integrity,
    hint: `Nothing of it was taken. See all with: ir verify --bag ${path}`,
  });
}

async function takeEvidence(
  context: CommandContext,
  store: IncidentStore,
  incident: { id: string; key: string },
  path: string,
  bag: OpenBag,
  checked: CheckedBag,
  { from, reason = '' }: ImportOptions,
): Promise<ImportResult> {
  const { contents, sha256 } = checked;
  const files = contents === undefined ? foreign(bag, checked) : ours(bag, contents, sha256);
  const kept = await keepEvidence(context, store, incident.id, files);
  const { actor, now } = authorOf(context);
  const at = now.toISOString();
  const idOf = new Map(kept.added.map((item) => [item.sha256, item.id]));
  const told = tellCustody(contents, idOf, sha256);
  const received = kept.added.map(({ id: evidence, sha256: hash }): NewEntry['payload'] => ({
    ...{ id: context.randomId(), evidence, event: 'received' as const, at, purpose: reason },
    ...{ sha256: hash, bag: sha256, to: actor, place: path, method: 'bag' },
    ...(from !== undefined && { from }),
  }));
  const entries = [...told, ...received].map(
    (payload) => ({ type: 'custody_recorded', payload, at, actor }) as NewEntry,
  );
  if (entries.length > 0) await store.append(incident.id, entries);
  const { head } = await store.load(incident.id);
  const holds = contents?.holds ?? 'evidence';
  return {
    ...{ incident: incident.key, path, holds, sha256, signedBy: checked.signedBy },
    ...{ entries: 0, head, ...kept },
  };
}

/** What the bag tells of an item's way before, each event with who made it. */
function tellCustody(
  contents: BagContents | undefined,
  idOf: ReadonlyMap<string, string>,
  bag: string,
): NewEntry['payload'][] {
  const items = new Map(contents?.evidence.map(({ id, sha256 }) => [id, sha256]));
  return (contents?.custody ?? []).flatMap((event) => {
    const evidence = idOf.get(items.get(event.evidence) ?? '');
    if (evidence === undefined) return [];
    const { happenedAt, seq: _seq, at: _at, actor, by, signature: _signature, ...same } = event;
    // What was signed there is a file of that bag.
    return [{ ...same, evidence, at: happenedAt, by: by ?? actor, bag } as NewEntry['payload']];
  });
}

function ours(bag: OpenBag, { evidence }: BagContents, sha256: string): EvidenceToKeep[] {
  return evidence.flatMap((item) => {
    const path = item.file === undefined ? undefined : bag.files.get(item.file);
    if (path === undefined || item.withdrawn !== undefined) return [];
    const { title, origin, method, host, collectedAt, tool, argv, clockOffsetMs, covers } = item;
    const facts = { title, origin: origin ?? title, method, host, collectedAt, tool, argv };
    const { remarks, sha256: hash, evidenceNo: number } = item;
    return [
      { ...facts, ...{ clockOffsetMs, covers, remarks, path, number, bag: sha256, sha256: hash } },
    ];
  });
}

/** Of a bag that others wrote, every file of the payload is a piece of evidence. */
const foreign = (bag: OpenBag, { hashes, sha256 }: CheckedBag): EvidenceToKeep[] =>
  [...hashes].map(([name, hash]) => ({
    ...{ path: bag.files.get(name)!, title: name.slice('data/'.length), origin: name },
    ...{ method: 'received', bag: sha256, sha256: hash },
  }));

/** The incident comes as it was, under its own id, with the chains that others wrote; one that is here gets what it lacks. */
async function takeCase(
  context: CommandContext,
  store: IncidentStore,
  path: string,
  bag: OpenBag,
  checked: CheckedBag,
  { reason = '' }: ImportOptions,
): Promise<ImportResult> {
  const { contents, journal, sha256, signedBy } = checked;
  if (contents === undefined || journal === undefined) {
    throw refusedError(
      `the bag ${path} holds no whole case`,
      'Take its evidence into an incident: ir evidence import PATH, without --case.',
    );
  }
  const { id, key } = contents.incident;
  const isKnown = (await store.find(id)) !== undefined;
  const names = [
    ...contents.evidence.flatMap(({ file }) => (file === undefined ? [] : [file])),
    ...Object.values(contents.kept),
  ];
  for (const name of names) {
    const inOutput = name.startsWith('data/output/');
    await takeIn(bag.files.get(name)!, store.folder, context, inOutput ? 'output' : '');
  }
  const before = isKnown ? (await store.load(id)).evidence.map((one) => one.id) : [];
  let count = journal.length;
  if (isKnown) {
    const { actor, now } = authorOf(context);
    const by = { actor, at: now.toISOString(), reason };
    count = (await store.merge(id, journal, by)).taken;
  } else await store.adopt(id, journal);
  const { evidence, head } = await store.load(id);
  return {
    ...{ incident: key, path, holds: 'case', sha256, signedBy, entries: count, head, isKnown },
    ...{ added: evidence.filter((one) => !before.includes(one.id)), known: [], failed: [] },
  };
}
