/** The text of a Sigma file (one or more YAML documents) to rules, correlations and filters. */
import { type Document, isMap, type YAMLMap } from 'yaml';
import { fileFault, type IrError, suggestion } from '../errors.ts';
import { parseCorrelation } from './parse-correlation.ts';
import { parseDetection } from './parse-detection.ts';
import { parseFilter } from './parse-filter.ts';
import { type Entries, parseHeader, textOf, textsOf } from './parse-header.ts';
import type {
  Placeholders,
  SigmaCorrelation,
  SigmaFilter,
  SigmaLogSource,
  SigmaRule,
} from './rule.ts';
import {
  type Entry,
  entriesOf,
  offsetOf,
  openSource,
  placeAt,
  type RuleSource,
  report,
  reportYamlErrors,
  warn,
} from './rule-source.ts';

/** The documents of a rule file, with what is wrong or odd in it. */
export interface ParsedSigma {
  /** The documents without a mistake, in file order. */
  documents: readonly (SigmaRule | SigmaCorrelation)[];
  /** The filters without a mistake, in file order. */
  filters: readonly SigmaFilter[];
  /** Everything that is wrong with the others, each with its place. */
  problems: readonly IrError[];
  /** Oddities of documents that are used all the same. */
  warnings: readonly IrError[];
}

interface Context {
  source: RuleSource;
  document: Document;
  placeholders: Placeholders;
}

/**
 * Parses a file of rules. Never throws: a document with mistakes is left out and all of them reported.
 * @param placeholders what `%name%` stands for under `expand`
 */
export function parseSigma(
  text: string,
  path: string,
  placeholders: Placeholders = {},
): ParsedSigma {
  const source = openSource(text.replace(/^\ufeff/, ''), path);
  const documents: (SigmaRule | SigmaCorrelation)[] = [];
  const filters: SigmaFilter[] = [];
  for (const document of source.documents) {
    const problemsBefore = source.problems.length;
    if (reportYamlErrors(source, document)) continue;
    if (document.contents === null && source.documents.length > 1) continue;
    const parsed = guarded({ source, document, placeholders });
    if (parsed === undefined || source.problems.length > problemsBefore) continue;
    if (parsed.kind === 'filter') filters.push(parsed);
    else documents.push(parsed);
  }
  if (source.documents.length === 0) report(source, 0, 'the file holds no rule');
  return { documents, filters, problems: source.problems, warnings: source.warnings };
}

/** Parses a document; whatever is thrown becomes a problem of this one document. */
function guarded(context: Context): SigmaRule | SigmaCorrelation | SigmaFilter | undefined {
  const { source, document } = context;
  try {
    return parseDocument(context);
  } catch (error) {
    const place = placeAt(source, offsetOf(document.contents as never));
    source.problems.push(fileFault(error, 'rule', place));
    return undefined;
  }
}

function parseDocument(context: Context): SigmaRule | SigmaCorrelation | SigmaFilter | undefined {
  const { source, document } = context;
  const { contents } = document;
  if (!isMap(contents)) {
    report(
      source,
      offsetOf(contents as never),
      'a rule must be a map with a title, a logsource and a detection',
    );
    return undefined;
  }
  const start = offsetOf(contents);
  const entries: Entries = new Map(
    entriesOf(source, document, contents).map((entry) => [entry.key, entry] as const),
  );
  if (isOfCollection(source, entries.get('action'))) return undefined;
  const header = parseHeader(source, document, entries, start);
  const filter = entries.get('filter');
  if (filter !== undefined) {
    const map = mapOf(source, filter);
    const logsource = parseLogSource(context, entries.get('logsource'), start);
    const parts = map === undefined ? undefined : parseFilter(context, map);
    return parts === undefined ? undefined : { kind: 'filter', ...header, logsource, ...parts };
  }
  const correlation = entries.get('correlation');
  if (correlation !== undefined) {
    const map = mapOf(source, correlation);
    if (map === undefined) return undefined;
    return {
      kind: 'correlation',
      ...header,
      ...parseCorrelation(context, map, entries.get('generate')),
    };
  }
  const parts = parseSelections(context, entries, start);
  return parts === undefined ? undefined : { kind: 'rule', ...header, ...parts };
}

/** Does a document belong to a collection of the first version of Sigma? Reports it. */
function isOfCollection(source: RuleSource, action: Entry | undefined): boolean {
  if (action === undefined || !['global', 'reset', 'repeat'].includes(textOf(source, action)))
    return false;
  report(
    source,
    offsetOf(action.keyNode),
    'collections of rules with "action" are no longer part of Sigma',
    'Write each rule out, in a document of its own.',
  );
  return true;
}

/** What a rule has beside its header. */
function parseSelections(
  context: Context,
  entries: Entries,
  start: number,
): Pick<SigmaRule, 'logsource' | 'searches' | 'condition' | 'fields'> | undefined {
  const { source } = context;
  const logsource = parseLogSource(context, entries.get('logsource'), start);
  const detectionEntry = entries.get('detection');
  if (detectionEntry === undefined) {
    report(
      source,
      start,
      'the detection is missing',
      'A rule needs "detection" (or "correlation").',
    );
    return undefined;
  }
  const map = mapOf(source, detectionEntry);
  const detection = map === undefined ? undefined : parseDetection(context, map);
  if (detection === undefined) return undefined;
  return { logsource, ...detection, fields: textsOf(source, entries.get('fields')) };
}

function mapOf(source: RuleSource, entry: Entry): YAMLMap | undefined {
  if (isMap(entry.value)) return entry.value;
  report(source, offsetOf(entry.value ?? entry.keyNode), `"${entry.key}" must be a map`);
  return undefined;
}

const LOGSOURCE_KEYS = ['category', 'product', 'service', 'definition'];

function parseLogSource(context: Context, entry: Entry | undefined, start: number): SigmaLogSource {
  const { source, document } = context;
  if (entry === undefined) {
    report(source, start, 'the logsource is missing');
    return {};
  }
  const map = mapOf(source, entry);
  if (map === undefined) return {};
  const logsource: SigmaLogSource = {};
  for (const part of entriesOf(source, document, map)) {
    if (part.key === 'category' || part.key === 'product' || part.key === 'service') {
      const text = textOf(source, part).toLowerCase();
      if (text !== '') logsource[part.key] = text;
    } else if (!LOGSOURCE_KEYS.includes(part.key)) {
      // The specification allows more keys; they select nothing here.
      warn(
        source,
        offsetOf(part.keyNode),
        `the logsource key "${part.key}" has no effect`,
        suggestion(part.key, LOGSOURCE_KEYS),
      );
    }
  }
  if (Object.keys(logsource).length === 0) {
    report(source, offsetOf(entry.keyNode), 'the logsource names no category, product or service');
  }
  return logsource;
}
