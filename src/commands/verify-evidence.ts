/** What `ir verify` looks at beside the journal: the evidence of all incidents, their signatures, and a bag. */
import { lstat, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { IrError, messageOf } from '../errors.ts';
import { type CheckedBag, checkBag } from '../evidence/check-bag.ts';
import { checkItems, findStrays } from '../evidence/check-evidence.ts';
import { hashFile, keptPath } from '../evidence/content-store.ts';
import { openBag } from '../evidence/open-bag.ts';
import { signerOf } from '../evidence/signatures.ts';
import { isInStore, signedStatement } from '../incidents/evidence.ts';
import type { IncidentDetail, IncidentStore } from '../incidents/incident-store.ts';
import type { CommandContext } from './context.ts';

/** What was found of the evidence of all incidents. */
export interface EvidenceCheck {
  isIntact: boolean;
  /** Pieces that were read. */
  pieces: number;
  signatures: number;
  /** One sentence part each. */
  problems: readonly string[];
  /** Files in the folder of the evidence that no entry names: no sign of harm. */
  unnamed: readonly string[];
  /** The last bag of each incident that was ever written; undefined where none was. */
  copies: readonly { incident: string; at: string | undefined; path: string; holds: string }[];
}

/** What was found of a bag, alone and beside the store. */
export interface BagCheck
  extends Pick<CheckedBag, 'files' | 'bytes' | 'sha256' | 'signedBy' | 'stampedAt'> {
  path: string;
  isIntact: boolean;
  /** What is wrong with the bag itself. */
  problems: readonly string[];
  /** What the store lacks of what the bag holds. */
  missing: readonly string[];
  incident: string | undefined;
  head: string | undefined;
}

/** Reads everything that is kept, in all incidents. */
export async function checkAllEvidence(
  context: CommandContext,
  store: IncidentStore,
): Promise<EvidenceCheck> {
  const problems: string[] = [];
  const copies: EvidenceCheck['copies'][number][] = [];
  const [named, read] = [new Set<string>(), new Set<string>()];
  const sums = { pieces: 0, signatures: 0 };
  for (const { id, key } of await store.list()) {
    const detail = await store.load(id);
    const { evidence, custody, bags, commandRuns } = detail;
    for (const { stdoutSha256, stderrSha256 } of commandRuns) {
      named.add(stdoutSha256).add(stderrSha256);
    }
    for (const { sha256 } of evidence) named.add(sha256);
    for (const { signature } of [...custody, ...bags]) if (signature) named.add(signature.sha256);
    // What was withdrawn and lies elsewhere is nobody's business any more.
    const items = evidence.filter((one) => one.withdrawn === undefined || isInStore(one, custody));
    context.progress(`Reading ${items.length} pieces of evidence of ${key}`);
    for (const { item, state, path, detail: why } of await checkItems(
      store.folder,
      items,
      custody,
      context,
    )) {
      sums.pieces += 1;
      read.add(path);
      if (state !== 'same')
        problems.push(`${key}, ${item.evidenceNo}: ${path} is ${WORDS[state]}: ${why}`);
    }
    const signatures = await checkSignatures(context, store, detail);
    sums.signatures += signatures.count;
    problems.push(...signatures.problems);
    const last = bags.at(-1);
    if (evidence.length > 0 || last !== undefined) {
      const { path = '', holds = '' } = last ?? {};
      copies.push({ incident: key, at: last?.at, path, holds });
    }
  }
  const strays = await findStrays(store.folder, named, read, context);
  context.progress('');
  problems.push(...strays.changed.map((path) => `${path} is changed: its name is not its SHA-256`));
  const isIntact = problems.length === 0;
  return { isIntact, ...sums, problems, unnamed: strays.unnamed, copies };
}

const WORDS = { changed: 'changed', missing: 'missing', unread: 'not readable', same: '' } as const;

async function checkSignatures(
  { settings: { env }, signal }: CommandContext,
  { folder }: IncidentStore,
  { incident, evidence, custody }: IncidentDetail,
): Promise<{ count: number; problems: string[] }> {
  const problems: string[] = [];
  let count = 0;
  for (const event of custody) {
    const { signature } = event;
    const item = evidence.find(({ id }) => id === event.evidence);
    if (signature === undefined || item === undefined) continue;
    count += 1;
    const text = await readFile(join(folder, keptPath(signature.sha256)), 'latin1').catch(() => '');
    const statement = signedStatement(incident.key, item, event, custody) ?? '';
    const signer = await signerOf(statement, text, { env, signal });
    if (signer === signature.key) continue;
    problems.push(
      `${incident.key}, ${item.evidenceNo}: the signature of what was ${event.event} at ${event.happenedAt} does not hold`,
    );
  }
  return { count, problems };
}

/** Checks a bag, and whether the store still holds what was in it. */
export async function checkBagBesideStore(
  context: CommandContext,
  store: IncidentStore,
  path: string,
  tsaFile: string | undefined,
): Promise<BagCheck> {
  const { cwd, env } = context.settings;
  const bag = await openBag(resolve(cwd, path), store.folder, context.signal);
  try {
    const tsa = tsaFile === undefined ? {} : { tsaFile: resolve(cwd, tsaFile) };
    const checked = await checkBag(bag, { env, signal: context.signal }, tsa);
    const { files, bytes, sha256, signedBy, stampedAt, contents } = checked;
    const problems = [...checked.problems, ...(await otherBytes(context, store, path, checked))];
    const missing = contents === undefined ? [] : await lacking(store, checked);
    return {
      path,
      isIntact: problems.length === 0 && missing.length === 0,
      ...{ problems, missing, files, bytes, sha256, signedBy, stampedAt },
      ...{ incident: contents?.incident.key, head: contents?.head },
    };
  } finally {
    await bag.close();
  }
}

/** Of an archive that this store wrote, every byte is known, also those around the files. */
async function otherBytes(
  context: CommandContext,
  store: IncidentStore,
  path: string,
  { contents, sha256 }: CheckedBag,
): Promise<string[]> {
  const found = contents && (await store.find(contents.incident.id));
  const bags = found === undefined ? [] : (await store.load(found.id)).bags;
  const archive = bags.find((one) => one.sha256 === sha256)?.archive;
  const at = resolve(context.settings.cwd, path);
  if (archive === undefined || (await lstat(at)).isDirectory()) return [];
  const now = (await hashFile(at, context)).sha256;
  return now === archive ? [] : ['the archive around the files was changed, or packed anew'];
}

/** A tail that was cut off and a store that was set back both lack the head that the bag names. */
async function lacking(
  store: IncidentStore,
  { contents, isIntact }: CheckedBag,
): Promise<string[]> {
  const { incident, head, evidence, custody } = contents!;
  const [name, id] = [incident.key, incident.id];
  try {
    const known = await store.findHead(head);
    const found = await store.find(id);
    if (found === undefined) return [`the incident ${name} is not in this store`];
    const journal =
      known === undefined
        ? [
            `the journal of ${name} lacks the head ${head.slice(0, 12)} that the bag was written at: entries were cut off, changed, or the store was set back`,
          ]
        : [];
    // What is wrong with the bag itself proves nothing against the store.
    if (!isIntact) return journal;
    const detail = await store.load(id);
    const here = new Map(detail.evidence.map((item) => [item.id, item.sha256]));
    const events = new Set(detail.custody.map((event) => event.id));
    return [
      ...journal,
      ...evidence
        .filter((item) => here.get(item.id) !== item.sha256)
        .map(({ evidenceNo }) => `${name} lacks ${evidenceNo}, or has it with another hash`),
      ...custody
        .filter((event) => !events.has(event.id))
        .map(
          ({ event, happenedAt }) => `${name} lacks that evidence was ${event} at ${happenedAt}`,
        ),
    ];
  } catch (error) {
    if (!(error instanceof IrError)) throw error;
    return [`${name} cannot be read: ${messageOf(error)}`];
  }
}
