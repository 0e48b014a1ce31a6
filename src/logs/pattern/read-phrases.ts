/** Makes a reader of the phrases of a format file: the first that fits says what the text means. */
import type { Event } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { compilePattern, type Pattern } from './compile-pattern.ts';
import { factored } from './factor-patterns.ts';
import { defaultKind, type Setter, setterOf } from './fields.ts';
import type { Case, FormatDocument, Phrase, Setting } from './format-document.ts';
import { NO_NEEDLES, needleTest } from './needles.ts';
import { parsePattern } from './parse-pattern.ts';
import { isLike, isOneOf } from './words.ts';

/** What the pattern that fitted has for a name such as `$verb`. */
export type Variables = (name: string) => string | undefined;

/** The phrases of a file, ready to read. */
export interface PhraseReader {
  /** Does any pattern fit? */
  matches(text: string): boolean;
  /** Fills the event by the first that fits; undefined when none does. */
  read(text: string, event: Event, clock?: Clock): Variables | undefined;
}

interface Compiled {
  pattern: Pattern;
  phrase: Phrase;
  /** Tables for what the pattern itself has found, and those for values of its lists. */
  tables: readonly Table[];
  lateTables: readonly Table[];
}

/** The row of a table for a value; undefined when it has none. */
type RowOf = (value: string | undefined) => readonly Setting[] | undefined;

type Table = readonly [variable: string, rowOf: RowOf];

/** The tables that `by` names, ready to be asked: for the value itself, then for a row whose `*` stands for the rest. */
export const tablesOf = (by: Phrase['by'], values: FormatDocument['values']): readonly Table[] =>
  by.map(([variable, table]) => {
    const rows = new Map(Object.entries(values[table] ?? {}));
    const open = [...rows].filter(([word]) => word.startsWith('*') || word.endsWith('*'));
    return [
      variable,
      (value) =>
        rows.get(value ?? '') ??
        open.find(([word]) => word === '*' || isLike(value ?? '', word))?.[1],
    ] as const;
  });

const NO_ROWS: readonly (readonly Setting[])[] = [];

/** The rows of all tables; undefined when one does not have the value. */
function rowsOf(
  tables: readonly Table[],
  variables: Variables,
): readonly (readonly Setting[])[] | undefined {
  if (tables.length === 0) return NO_ROWS;
  const rows: (readonly Setting[])[] = [];
  for (const [variable, rowOf] of tables) {
    const row = rowOf(variables(variable));
    if (row === undefined) return undefined;
    rows.push(row);
  }
  return rows;
}

/** A phrase that is compiled with the first text that it may fit: of a format's many, a log has few. */
interface Late {
  phrase: Phrase;
  mayFit(text: string): boolean;
  compiled: Compiled | undefined;
}

/** Makes the reader of phrases. */
export function phraseReader(phrases: readonly Phrase[], document: FormatDocument): PhraseReader {
  let late: readonly Late[] | undefined;
  const all = (): readonly Late[] => {
    late ??= joined(phrases).map((phrase) => ({
      phrase,
      mayFit: needleTest(phrase.needles ?? NO_NEEDLES),
      compiled: undefined,
    }));
    return late;
  };
  const fitting = (one: Late, text: string): Compiled | undefined => {
    if (one.compiled === undefined) {
      if (!one.mayFit(text)) return undefined;
      one.compiled = compilePhrase(one.phrase, document);
    }
    return one.compiled.pattern.match(text) ? one.compiled : undefined;
  };
  return {
    matches: (text) => all().some((one) => fitting(one, text) !== undefined),
    read: (text, event, clock) => {
      for (const one of all()) {
        const compiled = fitting(one, text);
        if (compiled === undefined) continue;
        const { pattern, phrase, tables, lateTables } = compiled;
        const variables: Variables = pattern.textOf;
        const rows = rowsOf(tables, variables);
        if (rows === undefined) continue;
        pattern.apply(event, clock);
        applySettings(phrase.set, event, variables);
        for (const row of rows) applySettings(row, event, variables);
        for (const [variable, rowOf] of lateTables)
          applySettings(rowOf(variables(variable)), event, variables);
        applyCases(phrase.cases, event, variables);
        return variables;
      }
      return undefined;
    },
  };
}

function compilePhrase(phrase: Phrase, { ignoresCase, values, keys }: FormatDocument): Compiled {
  const tables = tablesOf(phrase.by, values);
  const isFound = ([variable]: Table): boolean =>
    phrase.patterns.some((text) => text.includes(`{${variable}`));
  return {
    pattern: compilePattern(factored(phrase.patterns.map(parsePattern)), { ignoresCase, keys }),
    phrase,
    tables: tables.filter(isFound),
    lateTables: tables.filter((table) => !isFound(table)),
  };
}

/** Patterns in a row that mean nothing of their own are tried together. */
function joined(phrases: readonly Phrase[]): readonly Phrase[] {
  const isBare = ({ set, by, cases }: Phrase): boolean =>
    set.length + by.length + cases.length === 0;
  const kept: Phrase[] = [];
  for (const phrase of phrases) {
    const last = kept.at(-1);
    if (last === undefined || !isBare(last) || !isBare(phrase)) kept.push(phrase);
    else {
      const patterns = [...last.patterns, ...phrase.patterns];
      kept[kept.length - 1] = { ...last, patterns, needles: NO_NEEDLES };
    }
  }
  return kept;
}

/** Puts the settings into the event. */
export function applySettings(
  settings: readonly Setting[] | undefined,
  event: Event,
  variables: Variables,
): void {
  if (settings === undefined) return;
  const target = event as unknown as Record<string, Setting[1] | undefined>;
  for (const [field, value] of settings) {
    if (typeof value === 'string' && value.charCodeAt(0) === 36) {
      target[field] = undefined;
      const text = variables(value)?.trim();
      if (text) setterFor(field)(event, text);
    } else target[field] = value ?? undefined;
  }
}

const setters = new Map<string, Setter>();

/** Puts a text that was found into a field as if a pattern had it there: numbers are numbers, addresses are checked. */
function setterFor(field: string): Setter {
  let setter = setters.get(field);
  if (setter === undefined) setters.set(field, (setter = setterOf(field, defaultKind(field))));
  return setter;
}

/** Applies the first case whose tests hold. */
export function applyCases(cases: readonly Case[], event: Event, variables: Variables): void {
  const source = event as unknown as Record<string, unknown>;
  const found = cases.find((each) =>
    each.if.every(([field, test]) => {
      const value = field.charCodeAt(0) === 36 ? variables(field) : source[field];
      if ('in' in test) return isOneOf(String(value ?? ''), test.in);
      return value !== undefined && Number(value) >= test.from && Number(value) <= test.to;
    }),
  );
  if (found !== undefined) applySettings(found.set, event, variables);
}
