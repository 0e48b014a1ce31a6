/**
 * One YAML file of rules while it is read: its nodes with their places, and the problems found so far.
 * Everything that is wrong is collected, nothing throws.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { type IrError, type SourcePlace, templateError } from '../errors.ts';
import type { SigmaValue } from './rule.ts';

/** A rule file while it is read: it knows the place of everything. */
export interface RuleSource {
  path: string;
  text: string;
  documents: readonly Document.Parsed[];
  lines: LineCounter;
  /** Make the document unusable. */
  problems: IrError[];
  /** Worth saying; the document is used. */
  warnings: IrError[];
}

/** One entry of a YAML map. */
export interface Entry {
  key: string;
  keyNode: Node;
  /** `null` stands for an entry without a value. */
  value: Node | null;
}

/** The longest line an error shows. */
const MAX_SHOWN_LINE = 300;
/** Aliases repeat their target; more of them than this is an attack or a mistake. */
const MAX_ALIASES = 100;
/** One mistake may bring hundreds of others along. */
const MAX_YAML_ERRORS = 5;

/** Splits a file into YAML documents. Errors of the YAML itself become problems. */
export function openSource(text: string, path: string): RuleSource {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const documents: readonly Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
  return { path, text, documents, lines, problems: [], warnings: [] };
}

/** Moves the YAML errors of a document into the problems; true when there were any. */
export function reportYamlErrors(source: RuleSource, document: Document.Parsed): boolean {
  for (const error of document.errors.slice(0, MAX_YAML_ERRORS)) {
    report(source, error.pos[0], `invalid YAML: ${error.message.split('\n')[0]}`);
  }
  let aliases = 0;
  for (const node of document.errors.length > 0 ? [] : aliasesOf(document)) {
    aliases += 1;
    if (aliases > MAX_ALIASES || node.resolve(document) === undefined) {
      report(source, node.range?.[0] ?? 0, `the alias *${node.source} cannot be used`);
      return true;
    }
  }
  if (aliases > 0 && writtenOut(document.contents, document, new Map()) > MAX_WRITTEN_OUT) {
    const most = MAX_WRITTEN_OUT.toLocaleString('en-US');
    report(source, 0, `its aliases multiply: written out it has more than ${most} values`);
    return true;
  }
  return document.errors.length > 0;
}

/** Values that a document with aliases may have when they are written out. */
const MAX_WRITTEN_OUT = 500_000;

/** How many nodes a node is, aliases written out; each is looked at once. */
function writtenOut(node: unknown, document: Document.Parsed, known: Map<unknown, number>): number {
  const before = known.get(node);
  if (before !== undefined) return before;
  // An alias inside what it stands for has no end.
  known.set(node, Number.POSITIVE_INFINITY);
  const sum = (parts: readonly unknown[]): number =>
    parts.reduce<number>((total, part) => total + writtenOut(part, document, known), 1);
  const count = isAlias(node)
    ? writtenOut(node.resolve(document), document, known)
    : isSeq(node)
      ? sum(node.items)
      : isMap(node)
        ? sum(node.items.flatMap(({ key, value }) => [key, value]))
        : 1;
  known.set(node, count);
  return count;
}

function* aliasesOf(document: Document.Parsed): Generator<import('yaml').Alias> {
  const open: unknown[] = [document.contents];
  while (open.length > 0) {
    const node = open.pop();
    if (isAlias(node)) yield node;
    else if (isSeq(node)) for (const item of node.items) open.push(item);
    else if (isMap(node)) for (const pair of node.items) open.push(pair.key, pair.value);
  }
}

/** The place of a character offset. */
export function placeAt(source: RuleSource, offset: number): SourcePlace {
  const { line, col } = source.lines.linePos(offset);
  const start = source.lines.lineStarts[line - 1] ?? 0;
  const end = source.text.indexOf('\n', start);
  const text = source.text.slice(start, end < 0 ? undefined : end).replace(/\r$/, '');
  return {
    path: source.path,
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    text: text.slice(0, MAX_SHOWN_LINE),
  };
}

/** Adds a problem at an offset. */
export function report(source: RuleSource, offset: number, message: string, hint?: string): void {
  source.problems.push(templateError(message, placeAt(source, offset), hint));
}

/** Adds a warning at an offset. */
export function warn(source: RuleSource, offset: number, message: string, hint?: string): void {
  source.warnings.push(templateError(message, placeAt(source, offset), hint));
}

/** Where a node begins. */
export const offsetOf = (node: Node | null | undefined): number => node?.range?.[0] ?? 0;

/** The entries of a map, aliases followed; keys that are no text are reported and left out. */
export function entriesOf(source: RuleSource, document: Document, map: YAMLMap): Entry[] {
  const entries: Entry[] = [];
  for (const pair of map.items) {
    const keyNode = pair.key as Node | null;
    if (!isScalar(keyNode) || keyNode.value === null || typeof keyNode.value === 'object') {
      report(source, offsetOf(keyNode ?? map), 'a key must be text');
      continue;
    }
    const value = followed(document, pair.value as Node | null);
    entries.push({ key: String(keyNode.value), keyNode, value });
  }
  return entries;
}

/** The node itself, or what an alias stands for. */
export function followed(document: Document, node: Node | null): Node | null {
  return isAlias(node) ? ((node.resolve(document) as Node | undefined) ?? null) : node;
}

/** The value of a scalar; undefined for maps, lists and values Sigma has no type for. */
export function scalarOf(node: Node | null): SigmaValue | undefined {
  if (node === null) return null;
  if (!isScalar(node)) return undefined;
  const { value } = node as Scalar;
  // A number that a double cannot hold exactly keeps its digits.
  if (typeof value === 'number' && !Number.isSafeInteger(value) && Number.isInteger(value)) {
    return (node as Scalar).source ?? value;
  }
  if (typeof value === 'bigint') return String(value);
  const isPlain = value === null || ['string', 'number', 'boolean'].includes(typeof value);
  return isPlain ? (value as SigmaValue) : undefined;
}

/** Where the text of a one-line scalar begins; for folded and block text, where the scalar begins. */
export function textOffset(node: Scalar): number {
  const isQuoted = node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE';
  return offsetOf(node) + (isQuoted ? 1 : 0);
}
