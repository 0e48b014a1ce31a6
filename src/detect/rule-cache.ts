/**
 * Parsed rules kept from the build: parsing 170 YAML files costs more than reading most logs. The first line of
 * the file holds what every run needs of every rule, as JSON, which is read faster than all else. The rest holds
 * one line per rule with what only testing it needs; it is read when the rule is first tested.
 */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SigmaCorrelation, SigmaRule } from '../sigma/rule.ts';
import type { Mapping } from './fields/mapping.ts';

type RuleDocument = SigmaRule | SigmaCorrelation;

/** The bundled rules as the build kept them. */
export interface RuleCache {
  /** The documents of a file by `fileKey`. */
  byKey: ReadonlyMap<string, readonly RuleDocument[]>;
  /** All documents, in the order of the files. */
  documents: readonly RuleDocument[];
  /** `folderKey` of the bundled folder at the build; undefined when not all of its files are kept. */
  key: string | undefined;
  /** With these mappings the rules were compiled. */
  mapped: MappingCache | undefined;
}

/** The bundled mappings at the build, and the key of their files. */
export interface MappingCache {
  mappings: readonly Mapping[];
  key: string;
}

/** A rule file as it was read. */
export interface RuleFile {
  /** As shown: documents carry it. */
  path: string;
  text: string;
}

/** Documents of one file, for writing. */
export interface CachedFile {
  key: string;
  documents: readonly RuleDocument[];
}

/** What only testing or showing a rule needs. */
type Late = Pick<
  SigmaRule,
  'searches' | 'condition' | 'description' | 'falsepositives' | 'references'
>;

/** A document as JSON. Maps become lists of entries. */
type Stored =
  | (Omit<SigmaRule, keyof Late> & { start: number; end: number })
  | (Omit<SigmaCorrelation, 'aliases'> & { aliases: [string, [string, string][]][] });

interface Head {
  version: number;
  /** Key and number of documents of each file. */
  files: [key: string, count: number][];
  documents: Stored[];
  key: string | undefined;
  mapped: MappingCache | undefined;
}

/** Raised when the shape of the file changes. */
const VERSION = 6;
const CACHE_PATH = fileURLToPath(new URL('../rules.cache', import.meta.url));
const EMPTY: RuleCache = { byKey: new Map(), documents: [], key: undefined, mapped: undefined };

/** The key of a file: of path and content, never of times, which an installation sets as it likes. */
export const fileKey = (file: RuleFile): string => folderKey([file]);

/** One key for many files, in their order: reading it costs a tenth of a key for each. */
export function folderKey(files: readonly RuleFile[]): string {
  const hash = createHash('sha256').update(`${VERSION}`);
  for (const { path, text } of files) hash.update(`\n${path}\n${text.length}\n${text}`);
  return hash.digest('base64');
}

/** The cache that the build wrote; empty when there is none, as in a source checkout under test. */
export function readRuleCache(): RuleCache {
  try {
    return parseRuleCache(readFileSync(CACHE_PATH, 'latin1'));
  } catch {
    // Never a failure: without the cache the rules are parsed.
    return EMPTY;
  }
}

/** Writes the cache beside the built program. */
export function writeRuleCache(
  files: readonly CachedFile[],
  key: string | undefined,
  mapped: MappingCache | undefined,
): void {
  const temporary = `${CACHE_PATH}.tmp-${process.pid}`;
  writeFileSync(temporary, formatRuleCache(files, key, mapped), 'latin1');
  renameSync(temporary, CACHE_PATH);
}

/** Where a document was read from: a worker gets the text, not the document. */
const origins = new WeakMap<RuleDocument, { text: string; index: number }>();

/** Documents for another thread: those from the cache by their position, the others whole. */
export interface PackedDocuments {
  text: string;
  list: readonly (number | RuleDocument)[];
}

/** Packs documents for a worker; copying them one by one takes ten times as long as their text. */
export function packDocuments(documents: readonly RuleDocument[]): PackedDocuments {
  const text = documents.map((document) => origins.get(document)?.text).find(Boolean) ?? '';
  const list = documents.map((document) => {
    const origin = origins.get(document);
    return origin?.text === text ? origin.index : document;
  });
  return { text, list };
}

/** The documents that were packed. */
export function unpackDocuments({ text, list }: PackedDocuments): RuleDocument[] {
  const { documents } = text === '' ? EMPTY : parseRuleCache(text);
  return list.map((item) => (typeof item === 'number' ? (documents[item] as RuleDocument) : item));
}

/** The text of a cache file, in ASCII. */
export function formatRuleCache(
  files: readonly CachedFile[],
  key: string | undefined,
  mapped?: MappingCache,
): string {
  let late = '';
  const store = (document: RuleDocument): Stored => {
    if (document.kind === 'correlation') {
      const aliases = [...document.aliases].map(([name, fields]): [string, [string, string][]] => [
        name,
        [...fields],
      ]);
      return { ...document, aliases };
    }
    const { searches, condition, description, falsepositives, references, ...rest } = document;
    const start = late.length;
    late += asciiJson({
      searches: [...searches],
      condition,
      description,
      falsepositives,
      references,
    });
    return { ...rest, start, end: late.length };
  };
  const head: Head = {
    version: VERSION,
    files: files.map(({ key, documents }) => [key, documents.length]),
    documents: files.flatMap(({ documents }) => documents.map(store)),
    key,
    mapped,
  };
  return `${asciiJson(head)}\n${late}`;
}

/** Reads what `formatRuleCache` gave. Throws when it is something else. */
export function parseRuleCache(text: string): RuleCache {
  const newline = text.indexOf('\n');
  const head = JSON.parse(text.slice(0, newline)) as Head;
  if (head.version !== VERSION) throw new Error('the rule cache has another version');
  const documents = head.documents.map((stored, index) => {
    const document = restore(stored, text, newline + 1);
    origins.set(document, { text, index });
    return document;
  });
  const byKey = new Map<string, readonly RuleDocument[]>();
  let first = 0;
  for (const [key, count] of head.files) {
    byKey.set(key, documents.slice(first, first + count));
    first += count;
  }
  return { byKey, documents, key: head.key, mapped: head.mapped };
}

function restore(stored: Stored, text: string, offset: number): RuleDocument {
  if (stored.kind === 'correlation') {
    return {
      ...stored,
      aliases: new Map(stored.aliases.map(([name, fields]) => [name, new Map(fields)])),
    };
  }
  const { start, end, ...head } = stored;
  let late: Late | undefined;
  const read = (): Late => {
    late ??= restoreLate(text.slice(offset + start, offset + end));
    return late;
  };
  return {
    ...head,
    get searches() {
      return read().searches;
    },
    get condition() {
      return read().condition;
    },
    get description() {
      return read().description;
    },
    get falsepositives() {
      return read().falsepositives;
    },
    get references() {
      return read().references;
    },
  };
}

function restoreLate(json: string): Late {
  const { searches, ...rest } = JSON.parse(json);
  return { ...rest, searches: new Map(searches) };
}

/** One byte per character: such a text is read, cut and handed to another thread at the speed of memory. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
