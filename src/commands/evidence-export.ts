/** `ir evidence export`: evidence, or the whole case, as a bag that anybody can check. */
import { createHash, type Hash, randomBytes } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { EXIT, IrError, refusedError, usageError } from '../errors.ts';
import { CONTENTS, JOURNAL, safeName } from '../evidence/bag-text.ts';
import type { BagContents, JournalRow } from '../evidence/check-bag.ts';
import { EVIDENCE_FOLDER, keepText, keptPath } from '../evidence/content-store.ts';
import { encryptFile } from '../evidence/encrypt-file.ts';
import { sign } from '../evidence/signatures.ts';
import { timeStampRequest } from '../evidence/time-stamp.ts';
import {
  type BagFile,
  type PlannedBag,
  planBag,
  tarFilesOf,
  writeBagFolder,
} from '../evidence/write-bag.ts';
import { writeTar } from '../evidence/write-tar.ts';
import { canonicalJson } from '../incidents/canonical-json.ts';
import {
  type EvidenceItem,
  isInStore,
  signedStatement,
  type WrittenBag,
} from '../incidents/evidence.ts';
import type { JournalEntry } from '../incidents/incident.ts';
import type { IncidentDetail, IncidentStore } from '../incidents/incident-store.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import type { CommandContext } from './context.ts';
import { findEvidence } from './evidence-find.ts';
import { authorOf, withIncident } from './incident-access.ts';
import { assertOutsideStores, assertWritable, type WriteTarget, writeWhole } from './write-file.ts';

/** The options of `ir evidence export`. */
export interface ExportOptions {
  output?: string | undefined;
  case?: boolean | undefined;
  signWith?: string | undefined;
  encryptTo?: readonly string[] | undefined;
  timestampRequest?: boolean | undefined;
  references?: boolean | undefined;
  to?: string | undefined;
  reason?: string | undefined;
  force?: boolean | undefined;
}

/** What `ir evidence export` wrote. */
export interface ExportResult {
  /** Key of the incident. */
  incident: string;
  path: string;
  holds: 'evidence' | 'case';
  files: number;
  bytes: number;
  /** Of the tag manifest: what the bag is known by. */
  sha256: string;
  /** Fingerprint of the key that signed it. */
  signedBy: string | undefined;
  encryptedTo: readonly string[];
  /** The chain head of the incident that stands in it. */
  head: string;
}

/** Writes the bag, then enters that it was written. */
export function exportBag(
  context: CommandContext,
  words: readonly string[],
  options: ExportOptions,
): Promise<ExportResult> {
  return withIncident(context, async (store, { id, key }) => {
    const detail = await store.load(id);
    const target = targetOf(context, key, options);
    if (!target.isFolder) await assertWritable(context, target);
    const holds = options.case === true ? ('case' as const) : ('evidence' as const);
    if (holds === 'case' && words.length > 0)
      throw usageError('--case takes all of it: name no evidence beside it');
    const { payload, items } = await gather(store, detail, words, holds, options);
    const { cwd, env, actor } = context.settings;
    const keygen = { env, signal: context.signal };
    const { signWith } = options;
    const at = context.now().toISOString();
    context.progress('Signing and listing the files');
    const bag = await planBag({
      payload,
      facts: { incident: key, head: detail.head, holds, at, actor },
      sign:
        signWith === undefined ? undefined : (text) => sign(text, resolve(cwd, signWith), keygen),
      timeStampRequest:
        options.timestampRequest === true ? (text) => timeStampRequest(text, keygen) : undefined,
    });
    context.progress(`Writing ${bag.files.length} files`);
    const archive = await write(context, store, target, key, bag, options.encryptTo ?? []);
    context.progress('');
    const written = { holds, path: target.path, head: detail.head, archive };
    await enter(context, store, id, items, bag, written, options);
    return {
      ...{ incident: key, path: target.path, holds, files: payload.length },
      bytes: payload.reduce(
        (sum, file) => sum + ('text' in file ? file.text.length : file.sizeBytes),
        0,
      ),
      ...{ sha256: bag.sha256, signedBy: bag.signature?.fingerprint },
      ...{ encryptedTo: options.encryptTo ?? [], head: detail.head },
    };
  });
}

type Target = WriteTarget & { isFolder: boolean };

function targetOf({ settings }: CommandContext, key: string, options: ExportOptions): Target {
  const { output = `${key}-bag`, encryptTo = [], force } = options;
  const path = resolve(settings.cwd, output);
  const isFolder = !/\.(?:tar\.gz|tgz|age)$/i.test(output);
  const target = { path, shown: output, flag: '--output', isForced: force === true, isFolder };
  if (encryptTo.length > 0 && !/\.age$/i.test(output)) {
    throw usageError(
      `an encrypted bag is one file, and "${output}" does not end in .age`,
      `Write it to: --output ${key}.tar.gz.age`,
    );
  }
  if (encryptTo.length === 0 && /\.age$/i.test(output)) {
    throw usageError(
      `"${output}" is the name of an encrypted file`,
      'Say for whom: --encrypt-to KEY',
    );
  }
  if (!isFolder) return target;
  assertOutsideStores(path, output, '--output');
  if (!existsSync(path)) return target;
  if (statSync(path).isDirectory() && readdirSync(path).length === 0) return target;
  throw refusedError(`${output} is there already and is not replaced`, 'Name another --output.');
}

/** All files of the payload. */
async function gather(
  store: IncidentStore,
  detail: IncidentDetail,
  words: readonly string[],
  holds: 'evidence' | 'case',
  { references }: ExportOptions,
): Promise<{ payload: BagFile[]; items: readonly EvidenceItem[] }> {
  const { incident, head } = detail;
  const items = holds === 'case' ? detail.evidence : findEvidence(detail, words);
  if (items.length === 0 && holds === 'evidence') {
    throw refusedError(
      `there is no evidence in ${incident.key}`,
      'Add some with: ir evidence add PATH',
    );
  }
  const ids = new Set(items.map(({ id }) => id));
  const custody = detail.custody.filter(({ evidence }) => ids.has(evidence));
  const files = new Map<string, BagFile>();
  const kept: Record<string, string> = {};
  const listed = items.map((item) => {
    const isCopy = isInStore(item, custody);
    const isLeft = !isCopy && (references === false || item.withdrawn !== undefined);
    if (isLeft) return item;
    const path = `data/evidence/${item.evidenceNo}/${safeName(basename(item.origin ?? item.title))}`;
    const source = isCopy ? join(store.folder, keptPath(item.sha256)) : item.path;
    const { sha256, sizeBytes, collectedAt } = item;
    files.set(path, { path, mtimeMs: Date.parse(collectedAt), source, sha256, sizeBytes });
    return { ...item, file: path };
  });
  const mtimeMs = Date.parse(detail.incident.times.declared ?? '') || 0;
  const text = (path: string, content: string): void => {
    files.set(path, { path, mtimeMs, text: content });
  };
  for (const event of custody) {
    const item = items.find(({ id }) => id === event.evidence);
    if (event.signature === undefined || item === undefined) continue;
    const name = `data/signatures/${item.evidenceNo}-${event.event}-${event.id.slice(0, 8)}`;
    addKept(files, kept, store.folder, keptPath(event.signature.sha256), `${name}.sig`);
    text(`${name}.txt`, signedStatement(incident.key, item, event, custody) ?? '');
  }
  if (holds === 'case') {
    const journal = await store.journal(incident.id);
    text(JOURNAL, journal.map((entry) => `${canonicalJson(rowOf(entry))}\n`).join(''));
    for (const sha256 of outputsOf(journal)) {
      const path = `${EVIDENCE_FOLDER}/output/${sha256}`;
      if (existsSync(join(store.folder, path)))
        addKept(files, kept, store.folder, path, `data/output/${sha256}`);
    }
  }
  const { id, key, title } = incident;
  const contents: BagContents = {
    ...{ schema: 'ir.bag/v1', holds, incident: { id, key, title }, head },
    ...{ evidence: listed, custody, kept },
  };
  text(CONTENTS, `${JSON.stringify(JSON.parse(canonicalJson(contents)), null, 1)}\n`);
  return { payload: [...files.values()], items };
}

/** A content that lies in the store under its hash. */
function addKept(
  files: Map<string, BagFile>,
  kept: Record<string, string>,
  folder: string,
  path: string,
  name: string,
): void {
  const source = join(folder, path);
  const status = statSync(source, { throwIfNoEntry: false });
  if (status === undefined) {
    throw new IrError(`${path} is missing in the store`, {
      exit: EXIT.integrity,
      hint: 'See all that differs with: ir verify',
    });
  }
  const sha256 = basename(path);
  kept[sha256] = name;
  const { size: sizeBytes, mtimeMs } = status;
  files.set(name, { path: name, mtimeMs, source, sha256, sizeBytes });
}

const rowOf = (entry: JournalEntry): JournalRow => ({
  ...{ incident: entry.incident, writer: entry.writer, seq: entry.seq, at: entry.at },
  ...{ actor: entry.actorId, type: entry.type, hash: entry.hash },
  payload:
    entry.payload === undefined
      ? null
      : canonicalJson({ ...(entry.payload as object), salt: entry.salt }),
  ...{ payload_hash: entry.payloadHash, prev_hash: entry.prevHash },
});

/** Hashes of what commands printed, which is kept beside the evidence. */
export const outputsOf = (journal: readonly JournalEntry[]): Set<string> =>
  new Set(
    journal.flatMap(({ type, payload }) => {
      if (type !== 'command_finished' || payload === undefined) return [];
      const { stdoutSha256, stderrSha256 } = payload as Record<string, string>;
      return [stdoutSha256, stderrSha256].filter((hash) => /^[0-9a-f]{64}$/.test(hash ?? ''));
    }) as string[],
  );

async function write(
  context: CommandContext,
  store: IncidentStore,
  target: Target,
  key: string,
  bag: PlannedBag,
  encryptTo: readonly string[],
): Promise<string | undefined> {
  const { signal } = context;
  if (target.isFolder) {
    await writeBagFolder(target.path, bag, signal);
    return undefined;
  }
  const hash = createHash('sha256');
  const packed = pack(writeTar(tarFilesOf(safeName(key), bag, signal)), hash);
  if (encryptTo.length === 0) {
    await writeWhole(context, target, packed);
    return hash.digest('hex');
  }
  // What is not encrypted yet lies where the evidence lies, and nowhere else.
  const ownFolder = join(store.folder, EVIDENCE_FOLDER);
  const draft = join(ownFolder, `.tmp-${randomBytes(8).toString('hex')}`);
  try {
    await writeWhole(context, { ...target, path: draft, shown: draft, ownFolder }, packed);
    const { cwd, env } = context.settings;
    await encryptFile(draft, `${draft}.age`, encryptTo, { env, signal, cwd });
    await writeWhole(context, target, createReadStream(`${draft}.age`));
    return hash.digest('hex');
  } finally {
    await rm(draft, { force: true });
    await rm(`${draft}.age`, { force: true });
  }
}

/** Packs with gzip, and hashes what comes out. */
async function* pack(tar: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  const from = Readable.from(tar, { objectMode: false });
  const gzip = createGzip();
  from.on('error', (error) => gzip.destroy(error));
  for await (const piece of from.pipe(gzip)) {
    hash.update(piece as Buffer);
    yield piece as Buffer;
  }
}

async function enter(
  context: CommandContext,
  store: IncidentStore,
  id: string,
  items: readonly EvidenceItem[],
  bag: PlannedBag,
  { archive, ...written }: Pick<WrittenBag, 'holds' | 'path' | 'head' | 'archive'>,
  { encryptTo = [], to, reason = '' }: ExportOptions,
): Promise<void> {
  const { actor, now } = authorOf(context);
  const at = now.toISOString();
  const signature =
    bag.signature === undefined
      ? undefined
      : {
          key: bag.signature.fingerprint,
          sha256: await keepText(store.folder, bag.signature.text),
        };
  const payload = {
    ...{ id: context.randomId(), ...written, sha256: bag.sha256 },
    ...(encryptTo.length > 0 && { encryptedTo: encryptTo }),
    ...(signature !== undefined && { signature }),
    ...(archive !== undefined && { archive }),
  };
  const exported = items.map(({ id: evidence, sha256 }): NewEntry => {
    const event = { id: context.randomId(), evidence, event: 'exported' as const, at };
    const facts = { purpose: reason, sha256, place: written.path, bag: bag.sha256 };
    const custody = { ...event, ...facts, ...(to !== undefined && { to }) };
    return { type: 'custody_recorded', payload: custody, at, actor };
  });
  await store.append(id, [...exported, { type: 'bag_written', payload, at, actor }]);
}
