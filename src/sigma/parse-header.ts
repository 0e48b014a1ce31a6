/** What every Sigma document has: title, id, name, level, tags and the rest of the description. */
import { type Document, isScalar, isSeq, type Node } from 'yaml';
import { messageOf, nearestWord, suggestion } from '../errors.ts';
import { LEVELS, type Level } from '../events/level.ts';
import type { SigmaDocument } from './rule.ts';
import {
  type Entry,
  offsetOf,
  placeAt,
  type RuleSource,
  report,
  scalarOf,
  warn,
} from './rule-source.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const STATUSES = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'];
/** Field names of ECS are what our events use, so rules in that taxonomy run as they are. */
const TAXONOMIES = ['sigma', 'ecs'];
const MAX_TITLE = 256;

/** The attributes of specification 2.1; all others are custom. */
const KNOWN_KEYS = [
  'title',
  'id',
  'name',
  'related',
  'taxonomy',
  'status',
  'description',
  'license',
  'references',
  'author',
  'date',
  'modified',
  'logsource',
  'detection',
  'correlation',
  'filter',
  'fields',
  'falsepositives',
  'level',
  'tags',
  'scope',
  'generate',
];

/** The top-level entries of a document by key. */
export type Entries = ReadonlyMap<string, Entry>;

/** Reads the attributes that all kinds of document share. `start` is where the document begins. */
export function parseHeader(
  source: RuleSource,
  document: Document,
  entries: Entries,
  start: number,
): SigmaDocument {
  const text = (key: string): string => textOf(source, entries.get(key));
  const list = (key: string): string[] => textsOf(source, entries.get(key));
  const title = text('title');
  if (title === '')
    report(source, offsetOf(entries.get('title')?.keyNode) || start, 'the title is missing');
  if (title.length > MAX_TITLE) {
    warn(
      source,
      offsetOf(entries.get('title')?.value),
      `the title is longer than ${MAX_TITLE} characters`,
    );
  }
  checkTaxonomy(source, entries.get('taxonomy'));
  return {
    title,
    id: parseId(source, entries.get('id')),
    name: text('name'),
    description: text('description'),
    status: parseStatus(source, entries.get('status')),
    level: parseLevel(source, entries.get('level')),
    tags: list('tags'),
    falsepositives: list('falsepositives'),
    references: list('references'),
    place: placeAt(source, start),
    custom: customOf(source, document, entries),
  };
}

/** The text of an entry, empty when absent; lists and maps are reported. */
export function textOf(source: RuleSource, entry: Entry | undefined): string {
  if (entry === undefined) return '';
  const value = scalarOf(entry.value);
  if (value === undefined) {
    report(source, offsetOf(entry.value ?? entry.keyNode), `"${entry.key}" must be text`);
    return '';
  }
  return value === null ? '' : String(value).trim();
}

/** A list of texts, or one text; anything else is reported. */
export function textsOf(source: RuleSource, entry: Entry | undefined): string[] {
  if (entry === undefined || entry.value === null) return [];
  const nodes = isSeq(entry.value) ? (entry.value.items as (Node | null)[]) : [entry.value];
  const texts: string[] = [];
  for (const node of nodes) {
    const value = scalarOf(node);
    if (value === undefined) {
      report(source, offsetOf(node ?? entry.keyNode), `"${entry.key}" must be a list of texts`);
    } else if (value !== null) texts.push(String(value));
  }
  return texts;
}

function parseId(source: RuleSource, entry: Entry | undefined): string {
  const id = textOf(source, entry);
  if (id !== '' && !UUID.test(id)) {
    report(source, offsetOf(entry?.value), `the id "${id}" is not a UUID`);
  }
  return id.toLowerCase();
}

function parseStatus(source: RuleSource, entry: Entry | undefined): string {
  const status = textOf(source, entry);
  if (status !== '' && !STATUSES.includes(status)) {
    warn(
      source,
      offsetOf(entry?.value),
      `unknown status "${status}"`,
      suggestion(status, STATUSES),
    );
  }
  return status;
}

function parseLevel(source: RuleSource, entry: Entry | undefined): Level {
  const level = textOf(source, entry);
  if (level === '') return 'medium';
  if ((LEVELS as readonly string[]).includes(level)) return level as Level;
  report(source, offsetOf(entry?.value), `unknown level "${level}"`, suggestion(level, LEVELS));
  return 'medium';
}

function checkTaxonomy(source: RuleSource, entry: Entry | undefined): void {
  const taxonomy = textOf(source, entry);
  if (taxonomy === '' || TAXONOMIES.includes(taxonomy)) return;
  report(
    source,
    offsetOf(entry?.value),
    `the field names of taxonomy "${taxonomy}" are not known here`,
    suggestion(taxonomy, TAXONOMIES),
  );
}

/** Attributes the specification does not name, and a warning for those that look like a slip of the pen. */
/** The value of an attribute; one that cannot be written out (aliases that multiply) is reported. */
function customValue(
  source: RuleSource,
  document: Document,
  { key, keyNode, value }: Entry,
): unknown {
  if (isScalar(value)) return value.value;
  try {
    return value?.toJS(document, { maxAliasCount: 100 });
  } catch (error) {
    report(source, offsetOf(keyNode), `"${key}" cannot be read: ${messageOf(error)}`);
    return undefined;
  }
}

function customOf(
  source: RuleSource,
  document: Document,
  entries: Entries,
): Readonly<Record<string, unknown>> {
  const custom: Record<string, unknown> = Object.create(null);
  for (const [key, entry] of entries) {
    if (KNOWN_KEYS.includes(key)) continue;
    const near = nearestWord(key, KNOWN_KEYS);
    if (near !== undefined && !entries.has(near) && key.length > 3) {
      warn(
        source,
        offsetOf(entry.keyNode),
        `unknown attribute "${key}"`,
        `Did you mean "${near}"?`,
      );
    }
    custom[key] = customValue(source, document, entry);
  }
  return custom;
}
