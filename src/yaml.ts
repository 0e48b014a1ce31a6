/**
 * YAML with places: a parsed document that can tell line and column of every key and value, and that
 * reports schema issues there. Shared by playbooks, answer files and log formats.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Document, LineCounter, Node } from 'yaml';
import type { z as Zod } from 'zod';
import { fileFault, type SourcePlace, suggestion, templateError } from './errors.ts';

/** Something wrong in a file: what, where, and what to do. */
export interface Problem {
  message: string;
  source: SourcePlace;
  hint: string | undefined;
}

/** Keys and positions that lead to a value. */
export type YamlPath = readonly (string | number)[];

/** A document with the place of each of its values. */
export interface YamlDocument {
  value: unknown;
  /** Syntax errors; `value` is undefined when there are any. */
  problems: readonly Problem[];
  /** Place of the value at a path, or of its nearest parent that exists. */
  placeOf(path: YamlPath, offset?: number): SourcePlace;
  /** Place of the character `index` of the text at a path: quotes and escapes of the YAML are passed over. */
  placeInText(path: YamlPath, index: number): SourcePlace;
  /** Place of a key in the map at a path. */
  placeOfKey(path: YamlPath, key: string): SourcePlace;
}

const MAX_CHARACTERS = 1_000_000;
/** A file that is no YAML at all has a mistake on every line, and the first ones say so. */
const MOST_SYNTAX_PROBLEMS = 10;

const require = createRequire(import.meta.url);

/** Parses one YAML document of at most a million characters. Never throws on bad content. */
export function parseYaml(text: string, path: string): YamlDocument {
  // Loaded when the first document is read: most runs read none.
  const yaml = require('yaml') as typeof import('yaml');
  const lineCounter: LineCounter = new yaml.LineCounter();
  const isTooLong = text.length > MAX_CHARACTERS;
  const document = yaml.parseDocument(isTooLong ? '' : text, { lineCounter, prettyErrors: false });
  const placeAt = (offset: number): SourcePlace => placeAtOffset(text, path, lineCounter, offset);
  const told = document.errors.slice(0, MOST_SYNTAX_PROBLEMS);
  const untold = document.errors.length - told.length;
  const problems: Problem[] = told.map((error) => ({
    message: `not valid YAML: ${error.message}`,
    source: placeAt(error.pos[0]),
    hint: 'Check indentation, quotes and colons on this line and the one above.',
  }));
  if (untold > 0) {
    problems.push({
      message: `not valid YAML: ${untold} more mistakes of this kind`,
      source: placeAt(document.errors.at(-1)?.pos[0] ?? 0),
      hint: 'Mend the first ones, then check again.',
    });
  }
  if (isTooLong) {
    problems.push({
      message: 'the file is larger than a million characters',
      source: { path },
      hint: undefined,
    });
  }
  let value: unknown;
  try {
    if (problems.length === 0) value = document.toJS({ maxAliasCount: 50 });
  } catch {
    problems.push({
      message: 'too many YAML aliases',
      source: { path },
      hint: 'Write the values out.',
    });
  }
  return {
    value,
    problems,
    placeOf: (at, offset = 0) => placeAt((nodeAt(document, at)?.range?.[0] ?? 0) + offset),
    placeInText: (at, index) => {
      const start = nodeAt(document, at)?.range?.[0] ?? 0;
      return placeAt(start + writtenLength(text, start, index));
    },
    placeOfKey: (at, key) => {
      const map = nodeAt(document, at);
      const pair = yaml.isMap(map)
        ? map.items.find((item) => yaml.isScalar(item.key) && String(item.key.value) === key)
        : undefined;
      const node = pair === undefined ? map : (pair.key as Node);
      return placeAt(node?.range?.[0] ?? 0);
    },
  };
}

/** How many characters of the file stand for the opening quote and the first `index` of a scalar's text. */
function writtenLength(text: string, start: number, index: number): number {
  const quote = text[start];
  if (quote !== "'" && quote !== '"') return index;
  let at = start + 1;
  for (let count = 0; count < index; count++) {
    const isPair = quote === "'" ? text.startsWith("''", at) : text[at] === '\\';
    at += isPair ? 2 : 1;
  }
  return at - start;
}

function nodeAt(document: Document, path: YamlPath): Node | undefined {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    if (node?.range) return node;
  }
  return (document.contents as Node | null) ?? undefined;
}

function placeAtOffset(
  text: string,
  path: string,
  counter: LineCounter,
  offset: number,
): SourcePlace {
  const { line, col } = counter.linePos(Math.min(offset, text.length));
  const start = counter.lineStarts[line - 1] ?? 0;
  const end = text.indexOf('\n', start);
  const content = text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '');
  return { path, line, column: col, text: content.slice(0, 200) };
}

/** Turns the issues of a failed check against the schema into problems with places. */
export function problemsOf(
  error: Zod.ZodError,
  document: YamlDocument,
  schema: Zod.ZodType,
): Problem[] {
  return error.issues.map(meant).flatMap((issue): Problem[] => {
    const path = issue.path as (string | number)[];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        message: `unknown key "${key}"${path.length === 0 ? '' : ` in ${pathText(path)}`}`,
        source: document.placeOfKey(path, key),
        hint: suggestion(
          key,
          keysAt(schema, path),
          'Remove it or correct its spelling; keys are never ignored.',
        ),
      }));
    }
    const isMissing = issue.code !== 'custom' && valueAt(document.value, path) === undefined;
    if (isMissing && path.length > 0) {
      return [
        {
          message: `missing key "${String(path.at(-1))}"${path.length > 1 ? ` in ${pathText(path.slice(0, -1))}` : ''}`,
          source: document.placeOf(path.slice(0, -1)),
          hint: undefined,
        },
      ];
    }
    return [{ message: issueText(issue, path), source: document.placeOf(path), hint: undefined }];
  });
}

/** Of a choice that none of its forms fits: what is wrong with the form that was written, not that none fits. */
function meant(issue: Zod.core.$ZodIssue): Zod.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const forms = issue.errors.flatMap(([first]) => (first === undefined ? [] : [first]));
  // A mistake inside the value shows that its form is right.
  const first =
    forms.find(({ path }) => path.length > 0) ?? forms.find(({ code }) => code !== 'invalid_type');
  return first === undefined ? issue : meant({ ...first, path: [...issue.path, ...first.path] });
}

/** A schema as Zod describes it: what it wraps, what it chooses between, what stands in it. */
interface SchemaParts {
  shape?: Record<string, Zod.ZodType>;
  element?: Zod.ZodType;
  valueType?: Zod.ZodType;
  options?: readonly Zod.ZodType[];
  innerType?: Zod.ZodType;
  in?: Zod.ZodType;
}

/** The keys that the schema has for the map at a path. */
function keysAt(schema: Zod.ZodType | undefined, path: readonly (string | number)[]): string[] {
  if (schema === undefined) return [];
  const {
    shape,
    element,
    valueType,
    options,
    innerType,
    in: first,
  } = schema._zod.def as unknown as SchemaParts;
  const wrapped = innerType ?? first;
  if (wrapped !== undefined) return keysAt(wrapped, path);
  if (options !== undefined) return options.flatMap((option) => keysAt(option, path));
  const [part, ...rest] = path;
  if (part === undefined) return Object.keys(shape ?? {});
  const isOwn = shape !== undefined && Object.hasOwn(shape, part);
  return keysAt(isOwn ? shape[part] : (element ?? valueType), rest);
}

function issueText(issue: Zod.core.$ZodIssue, path: readonly (string | number)[]): string {
  const where = path.length === 0 ? 'the file' : pathText(path);
  switch (issue.code) {
    case 'invalid_type':
      return `${where} must be ${withArticle(issue.expected)}`;
    case 'invalid_value':
      return `${where} must be one of: ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `${where} is too short or too small (at least ${issue.minimum})`;
    case 'too_big':
      return `${where} is too long or too large (at most ${issue.maximum})`;
    default:
      return `${where}: ${issue.message}`;
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map',
  string: 'text (quote it when it looks like a number or a date)',
  boolean: 'true or false',
  int: 'a whole number',
};

const withArticle = (type: string): string => TYPE_WORDS[type] ?? `a ${type}`;

/** `phases.triage[2].command.run`, as people write it. */
const pathText = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part + 1}]` : text === '' ? part : `${text}.${part}`,
    '',
  );

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part))
      return undefined;
    current = (current as Record<string | number, unknown>)[part];
  }
  return current;
}

/**
 * What a file of templates says.
 * @param what in words for its readers: `alert`
 * @throws IrError (exit 3) with the place of the first mistake
 */
export function readYamlFile<T extends Zod.ZodType>(
  path: string,
  what: string,
  schema: T,
): Zod.infer<T> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fileFault(error, what, { path });
  }
  const document = parseYaml(text, path);
  const checked = schema.safeParse(document.value);
  const problem = checked.success
    ? document.problems[0]
    : (document.problems[0] ?? problemsOf(checked.error, document, schema)[0]);
  if (problem === undefined && checked.success) return checked.data;
  const { message = 'the file cannot be read', source = { path }, hint } = problem ?? {};
  throw templateError(message, source, hint);
}
