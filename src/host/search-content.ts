/** Looks for traces in the bytes of files, what is packed in them included. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync } from 'node:fs';
import type { Automaton } from '../detect/aho-corasick.ts';
import type { NamedPath } from '../logs/input-path.ts';
import { openInput } from '../logs/open-input.ts';
import { piecesOf, readHead, type Spool } from '../logs/spool.ts';
import { contentsOf, isPacked, isUnread } from '../logs/unpack/contents.ts';
import type { Trace, TraceKind } from './trace.ts';

/** A trace that a content holds. */
export interface ContentHit {
  trace: Trace;
  /** The file, or the member of an archive: `backup.tar.gz!/etc/crontab`. */
  path: string;
  /** Byte offset in the unpacked content. */
  offset: number;
  /** The text around it. */
  excerpt: string;
}

/** What reading a file came to. */
export interface SearchedFile {
  sha256: string;
  bytes: number;
  hits: readonly ContentHit[];
  /** The checksums among the traces that are those of the file, or of a member of it. */
  hashed: readonly { trace: Trace; path: string }[];
  /** What is in it, where it is packed; 0 for other files. */
  members: number;
  /** What of it could not be read. */
  problems: readonly { path: string; reason: string }[];
}

/** Looks for traces in files. */
export interface ContentSearch {
  /** @throws Error as the system says it, where the file cannot be opened */
  file(place: NamedPath): Promise<SearchedFile>;
}

/** What makes a search. */
export interface SearchOptions {
  traces: readonly Trace[];
  createAutomaton(patterns: readonly string[]): Automaton;
  spool: Spool;
  passwords: string[];
  signal: AbortSignal;
}

/** Traces whose value is text that a file may hold. */
const TEXTUAL: ReadonlySet<TraceKind> = new Set([
  'address',
  'domain',
  'url',
  'hash',
  'path',
  'name',
  'unit',
  'key',
]);
/** Of one trace in one content: more say nothing new. */
const MOST_HITS = 3;
const EXCERPT = 160;

/** Makes the search. */
export function createContentSearch(options: SearchOptions): ContentSearch {
  const textual = options.traces.filter(({ kind }) => TEXTUAL.has(kind));
  const patterns = textual.map(({ value }) => Buffer.from(value).toString('latin1').toLowerCase());
  const automaton = options.createAutomaton(patterns);
  const hashes = options.traces.filter(({ kind }) => kind === 'hash');
  const needles = textual.map((trace, index) => ({ trace, pattern: patterns[index] as string }));
  const overlap = Math.max(0, ...patterns.map((pattern) => pattern.length)) + 2;
  return {
    file: (place) => searchFile(place, { ...options, automaton, needles, hashes, overlap }),
  };
}

interface Searching extends SearchOptions {
  automaton: Automaton;
  needles: readonly { trace: Trace; pattern: string }[];
  hashes: readonly Trace[];
  /** Bytes of a piece that are looked at again with the next one. */
  overlap: number;
}

async function searchFile(place: NamedPath, searching: Searching): Promise<SearchedFile> {
  const descriptor = openInput(place.absolute);
  try {
    const { size } = fstatSync(descriptor);
    const hits: ContentHit[] = [];
    const hashed: { trace: Trace; path: string }[] = [];
    const problems: { path: string; reason: string }[] = [];
    const whole = await searchStream(place.shown, piecesOf(descriptor, size), searching);
    hits.push(...whole.hits);
    hashed.push(...whole.hashed);
    let members = 0;
    if (isPacked(readHead(descriptor, Math.min(512, size)))) {
      for await (const found of unpacked(place, descriptor, size, searching)) {
        if ('reason' in found) problems.push(found);
        else {
          members += 1;
          hits.push(...found.hits);
          hashed.push(...found.hashed);
        }
      }
    }
    return { sha256: whole.sha256, bytes: whole.bytes, hits, hashed, members, problems };
  } finally {
    closeSync(descriptor);
  }
}

async function* unpacked(
  { shown: path }: NamedPath,
  descriptor: number,
  sizeBytes: number,
  searching: Searching,
): AsyncGenerator<SearchedStream | { path: string; reason: string }> {
  const { spool, passwords, signal } = searching;
  const stream = piecesOf(descriptor, sizeBytes);
  const place = {
    path,
    isNamed: true,
    mtimeMs: undefined,
    stream,
    file: { descriptor, sizeBytes },
  };
  const unpacking = {
    spool,
    passwords,
    signal,
    said: undefined,
    packedBytes: sizeBytes,
    isWhole: true,
  };
  for await (const content of contentsOf(place, unpacking)) {
    signal.throwIfAborted();
    if (isUnread(content)) {
      yield { path: content.path, reason: content.reason };
      continue;
    }
    yield await searchStream(content.path, content.stream, searching);
    const reason = content.problem();
    if (reason !== undefined) yield { path: content.path, reason };
  }
}

interface SearchedStream extends Pick<SearchedFile, 'sha256' | 'bytes' | 'hits' | 'hashed'> {}

const NO_KINDS = new Uint8Array(256);

async function searchStream(
  path: string,
  stream: AsyncIterable<Buffer>,
  searching: Searching,
): Promise<SearchedStream> {
  const { automaton, needles, hashes, overlap, signal } = searching;
  const sums = sumsFor(hashes);
  const hits: ContentHit[] = [];
  const counts = new Map<number, number>();
  let bytes = 0;
  let kept: Buffer = Buffer.alloc(0);
  for await (const piece of stream) {
    signal.throwIfAborted();
    for (const { hash } of sums) hash.update(piece);
    const text = kept.length === 0 ? piece : Buffer.concat([kept, piece]);
    const base = bytes - kept.length;
    const found = new Set<number>();
    if (needles.length > 0)
      automaton.scan(text, 0, text.length, (index) => void found.add(index), NO_KINDS);
    for (const index of found) {
      const { trace, pattern } = needles[index] as Searching['needles'][number];
      for (const at of placesOf(text, pattern, trace.kind)) {
        const isSeen = hits.some((hit) => hit.trace === trace && hit.offset === base + at);
        if (isSeen || (counts.get(index) ?? 0) >= MOST_HITS) continue;
        counts.set(index, (counts.get(index) ?? 0) + 1);
        hits.push({ trace, path, offset: base + at, excerpt: excerptOf(text, at) });
      }
    }
    bytes += piece.length;
    kept = text.subarray(Math.max(0, text.length - overlap));
  }
  const own = new Map(sums.map(({ name, hash }) => [name, hash.digest('hex')]));
  const values = new Set(own.values());
  const hashed = hashes.flatMap((trace) => (values.has(trace.value) ? [{ trace, path }] : []));
  return { sha256: own.get('sha256') ?? '', bytes, hits, hashed };
}

const ALGORITHM_OF_LENGTH: ReadonlyMap<number, string> = new Map([
  [32, 'md5'],
  [40, 'sha1'],
  [128, 'sha512'],
]);

/** SHA-256 always; others where a trace is one. */
function sumsFor(
  hashes: readonly Trace[],
): { name: string; hash: ReturnType<typeof createHash> }[] {
  const others = hashes.flatMap(({ value }) => ALGORITHM_OF_LENGTH.get(value.length) ?? []);
  return [...new Set(['sha256', ...others])].map((name) => ({ name, hash: createHash(name) }));
}

/** Where a pattern stands by itself: `10.0.0.1` is not in `10.0.0.10`. */
function* placesOf(bytes: Buffer, pattern: string, kind: TraceKind): Generator<number> {
  const text = bytes.toString('latin1').toLowerCase();
  const { before, after } = BOUNDS[kind] ?? NO_BOUNDS;
  for (let at = text.indexOf(pattern); at !== -1; at = text.indexOf(pattern, at + 1)) {
    const end = at + pattern.length;
    if (!before.test(text.slice(Math.max(0, at - 1), at)) && !after.test(text.slice(end, end + 2)))
      yield at;
  }
}

const NEVER = /$^a/;
const NO_BOUNDS = { before: NEVER, after: NEVER };
const WORD = { before: /[a-z0-9_.-]/, after: /^[a-z0-9_-]|^\.[a-z0-9]/ };
/** What must not stand before and after a value of a kind. */
const BOUNDS: Readonly<Partial<Record<TraceKind, { before: RegExp; after: RegExp }>>> = {
  address: { before: /[a-z0-9.]/, after: /^[a-z0-9]|^\.[0-9]/ },
  domain: { before: /[a-z0-9_-]/, after: /^[a-z0-9_-]|^\.[a-z0-9]/ },
  hash: { before: /[0-9a-f]/, after: /^[0-9a-f]/ },
  name: WORD,
  unit: WORD,
  path: { before: /[a-z0-9_.-]/, after: /^[a-z0-9_-]|^\.[a-z0-9]/ },
};

/** The line around a place, as far as it is near. */
function excerptOf(bytes: Buffer, at: number): string {
  const start = Math.max(bytes.lastIndexOf(10, at) + 1, at - EXCERPT / 2);
  const next = bytes.indexOf(10, at);
  const end = Math.min(next === -1 ? bytes.length : next, start + EXCERPT);
  return bytes.toString('utf8', start, end);
}
