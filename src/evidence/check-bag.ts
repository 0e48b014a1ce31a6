/** Does a bag hold what it says? The same that sha256sum and ssh-keygen check, and what it says of a case. */
import { lstat, readFile } from 'node:fs/promises';
import { IrError, messageOf } from '../errors.ts';
import type { CustodyEvent, EvidenceItem } from '../incidents/evidence.ts';
import type { StoredEntry } from '../incidents/journal-chain.ts';
import { createChainCheck } from '../incidents/verify-journal.ts';
import {
  CONTENTS,
  isUnsafe,
  JOURNAL,
  MANIFEST,
  manifestText,
  readManifest,
  TAG_MANIFEST,
} from './bag-text.ts';
import { hashFile } from './content-store.ts';
import type { OpenBag } from './open-bag.ts';
import { isCanonicalSignature, type Keygen, signerOf } from './signatures.ts';
import { stampedAt } from './time-stamp.ts';

/** More than any text of a bag has, but for its journal. */
const MOST_TEXT = 256 << 20;

/** What is about the tag manifest cannot stand in it. */
const UNLISTED: ReadonlySet<string> = new Set(
  ['.sig', '.tsq', '.tsr'].map((end) => TAG_MANIFEST + end),
);

/** What a bag of ours says of the case. */
export interface BagContents {
  schema: 'ir.bag/v1';
  holds: 'evidence' | 'case';
  incident: { id: string; key: string; title: string };
  /** Chain head of the incident when the bag was written. */
  head: string;
  evidence: readonly (EvidenceItem & {
    /** Its file in the bag; absent for what was only referred to. */
    file?: string | undefined;
  })[];
  custody: readonly CustodyEvent[];
  /** Files beside the evidence by their hash: signatures, and what commands printed. */
  kept: Readonly<Record<string, string>>;
}

/** What was found. */
export interface CheckedBag {
  isIntact: boolean;
  /** One sentence part each. */
  problems: readonly string[];
  /** Files that were read, and their bytes. */
  files: number;
  bytes: number;
  /** Of the tag manifest. */
  sha256: string;
  /** Fingerprint of the key that signed it; undefined where nobody did. */
  signedBy: string | undefined;
  /** Time of the time stamp that was checked. */
  stampedAt: string | undefined;
  /** Hash of each payload file that is what the manifest says. */
  hashes: ReadonlyMap<string, string>;
  /** Undefined for a bag that ir did not write. */
  contents: BagContents | undefined;
  /** The journal of a bag of a whole case, where its chain holds. */
  journal: readonly StoredEntry[] | undefined;
}

/** @param tsaFile certificates that a time stamp in the bag must lead to; it is not looked at without */
export async function checkBag(
  bag: OpenBag,
  keygen: Keygen,
  { tsaFile, onBytes }: { tsaFile?: string | undefined; onBytes?: (bytes: number) => void } = {},
): Promise<CheckedBag> {
  const problems: string[] = [];
  const reading = { signal: keygen.signal, ...(onBytes !== undefined && { onBytes }) };
  const text = (name: string): Promise<string | undefined> => textOf(bag, name, problems);
  if (!/^BagIt-Version: [01]\.\d+$/m.test((await text('bagit.txt')) ?? ''))
    problems.push('bagit.txt does not say that it is a bag');
  const manifest = await text(MANIFEST);
  const tagManifest = await text(TAG_MANIFEST);
  const payload = [...bag.files.keys()].filter((name) => name.startsWith('data/'));
  const checked = { problems, hashes: new Map<string, string>(), bytes: 0 };
  await checkListed(bag, MANIFEST, manifest, checked, reading);
  for (const name of payload) {
    if (!checked.hashes.has(name) && !problems.some((line) => line.startsWith(`${name} `)))
      problems.push(`${name} is in no manifest`);
  }
  const tags = { ...checked, hashes: new Map<string, string>() };
  await checkListed(bag, TAG_MANIFEST, tagManifest, tags, reading);
  if (tagManifest !== undefined && !tagManifest.includes(`  ${MANIFEST}`))
    problems.push(`${TAG_MANIFEST} does not list ${MANIFEST}`);
  for (const name of bag.files.keys()) {
    const isKnown =
      name.startsWith('data/') ||
      tags.hashes.has(name) ||
      UNLISTED.has(name) ||
      name === TAG_MANIFEST;
    if (!isKnown && !problems.some((line) => line.startsWith(`${name} `)))
      problems.push(`${name} is in no manifest`);
  }
  const signedBy = await signerIn(bag, tagManifest ?? '', keygen, problems);
  const contents = readContents(await optional(bag, CONTENTS, problems), problems);
  if (contents !== undefined) {
    checkContents(contents, checked.hashes, problems);
    // A list of ours has one form: other bytes that say the same are a change as well.
    const listed = readManifest(tagManifest ?? '').flatMap((line) => line ?? []);
    if (manifestText(listed.map(({ path, sha256 }) => [path, sha256])) !== tagManifest)
      problems.push(`${TAG_MANIFEST} was changed: it is not written as ir writes it`);
  }
  const rows = bag.files.has(JOURNAL) ? await optional(bag, JOURNAL, problems) : undefined;
  const journal = rows === undefined ? undefined : readJournal(rows, contents, problems);
  const stamped = await stampIn(bag, tagManifest ?? '', tsaFile, keygen, problems);
  return {
    isIntact: problems.length === 0,
    problems,
    files: checked.hashes.size,
    bytes: checked.bytes,
    sha256: bag.files.has(TAG_MANIFEST)
      ? (await hashFile(bag.files.get(TAG_MANIFEST)!, reading)).sha256
      : '',
    ...{ signedBy, stampedAt: stamped, hashes: checked.hashes, contents, journal },
  };
}

interface Checking {
  problems: string[];
  hashes: Map<string, string>;
  bytes: number;
}

async function checkListed(
  bag: OpenBag,
  manifest: string,
  text: string | undefined,
  checked: Checking,
  reading: Parameters<typeof hashFile>[1],
): Promise<void> {
  const { problems, hashes } = checked;
  for (const [index, listed] of readManifest(text ?? '').entries()) {
    if (listed === undefined || isUnsafe(listed.path)) {
      problems.push(`${manifest} has a line ${index + 1} that names no file of the bag`);
      continue;
    }
    const at = bag.files.get(listed.path);
    if (at === undefined) {
      problems.push(`${listed.path} is missing`);
      continue;
    }
    const found = await hashFile(at, reading).catch((error: unknown) => {
      if (!(error instanceof IrError)) throw error;
      problems.push(`${listed.path} cannot be read: ${messageOf(error)}`);
    });
    if (found === undefined) continue;
    checked.bytes += found.sizeBytes;
    if (found.sha256 === listed.sha256) hashes.set(listed.path, found.sha256);
    else problems.push(`${listed.path} was changed: its SHA-256 is ${found.sha256}`);
  }
}

const textOf = async (
  bag: OpenBag,
  name: string,
  problems: string[],
): Promise<string | undefined> => {
  if (bag.files.has(name)) return optional(bag, name, problems);
  problems.push(`${name} is missing`);
  return undefined;
};

async function optional(
  bag: OpenBag,
  name: string,
  problems: string[],
): Promise<string | undefined> {
  const path = bag.files.get(name);
  if (path === undefined) return undefined;
  if (name !== JOURNAL && (await lstat(path)).size > MOST_TEXT) {
    problems.push(`${name} is too large`);
    return undefined;
  }
  return readFile(path, 'utf8');
}

async function signerIn(
  bag: OpenBag,
  tagManifest: string,
  keygen: Keygen,
  problems: string[],
): Promise<string | undefined> {
  const signature = await optional(bag, `${TAG_MANIFEST}.sig`, problems);
  // The key of who signed is listed: a bag from which the signature was taken is not one that nobody signed.
  if (signature === undefined) {
    if (bag.files.has('allowed_signers')) problems.push('its signature was taken away');
    return undefined;
  }
  const signer = isCanonicalSignature(signature)
    ? await signerOf(tagManifest, signature, keygen)
    : undefined;
  if (signer === undefined) problems.push(`the signature does not fit ${TAG_MANIFEST}`);
  return signer;
}

async function stampIn(
  bag: OpenBag,
  tagManifest: string,
  tsaFile: string | undefined,
  keygen: Keygen,
  problems: string[],
): Promise<string | undefined> {
  if (tsaFile === undefined) return undefined;
  const path = bag.files.get(`${TAG_MANIFEST}.tsr`);
  if (path === undefined) {
    problems.push(`there is no time stamp ${TAG_MANIFEST}.tsr in it`);
    return undefined;
  }
  const at = await stampedAt(tagManifest, await readFile(path), tsaFile, keygen);
  if (at === undefined) problems.push(`${TAG_MANIFEST}.tsr is no time stamp of it by ${tsaFile}`);
  return at;
}

function readContents(text: string | undefined, problems: string[]): BagContents | undefined {
  if (text === undefined) return undefined;
  try {
    const read = JSON.parse(text) as BagContents;
    const isOurs =
      read.schema === 'ir.bag/v1' &&
      [read.incident?.id, read.incident?.key, read.head].every(
        (word) => typeof word === 'string',
      ) &&
      Array.isArray(read.evidence) &&
      Array.isArray(read.custody) &&
      typeof read.kept === 'object' &&
      read.kept !== null;
    if (isOurs) return read;
    problems.push(`${CONTENTS} is not of a form that this version knows`);
  } catch {
    problems.push(`${CONTENTS} is no JSON`);
  }
  return undefined;
}

/** What it says of its files must be so, too. */
function checkContents(
  { evidence, kept }: BagContents,
  hashes: ReadonlyMap<string, string>,
  problems: string[],
): void {
  const files = [
    ...evidence.flatMap(({ file, sha256 }) => (file === undefined ? [] : [[file, sha256]])),
    ...Object.entries(kept).map(([sha256, file]) => [file, sha256]),
  ];
  for (const [file = '', sha256] of files) {
    if (hashes.get(file) !== sha256) problems.push(`${file} is not what ${CONTENTS} says of it`);
  }
}

function readJournal(
  text: string,
  contents: BagContents | undefined,
  problems: string[],
): readonly StoredEntry[] | undefined {
  const chain = createChainCheck();
  const entries: StoredEntry[] = [];
  try {
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const { payload, payload_hash, prev_hash, ...row } = JSON.parse(line) as JournalRow;
      const hashes = { payloadHash: payload_hash, prevHash: prev_hash };
      const entry = { ...row, ...hashes, payloadText: payload ?? undefined };
      chain.see(entry);
      entries.push(entry);
    }
  } catch {
    problems.push(`${JOURNAL} is no list of entries`);
    return undefined;
  }
  const { problem } = chain.result();
  if (problem !== undefined) problems.push(`${JOURNAL}, entry ${problem.seq}: ${problem.reason}`);
  else if (entries.at(-1)?.hash !== contents?.head)
    problems.push(`${JOURNAL} does not end with the head that ${CONTENTS} names`);
  else if (entries.some(({ incident }) => incident !== contents?.incident.id))
    problems.push(`${JOURNAL} has entries of another incident`);
  else return entries;
  return undefined;
}

/** A line of the journal as it stands in a bag: the columns of docs/journal.md, without those of the store. */
export interface JournalRow
  extends Pick<StoredEntry, 'incident' | 'writer' | 'seq' | 'at' | 'actor' | 'type' | 'hash'> {
  payload: string | null;
  payload_hash: string;
  prev_hash: string;
}
