/**
 * Which rules to try on an event: those whose log source fits its kind, and of these only the ones of
 * which a required literal occurs in the text.
 */
import type { Event } from '../events/event.ts';
import type { LogFormat } from '../logs/formats/log-format.ts';
import type { CompiledRule } from '../sigma/compiled-rule.ts';
import { type Automaton, createAutomaton } from './aho-corasick.ts';
import { createKinds, type EventKind, ruleFits } from './fields/log-sources.ts';
import type { TextKind } from './views/plain.ts';

/** What to try on the events of one kind; rules are named by their index. */
export interface RuleBucket {
  /** Rules to try on every event. */
  always: readonly number[];
  /** All rules that fit. */
  all: readonly number[];
  /** Literals of the rules, but for those that read nothing but views of the request. */
  literals: LiteralIndex;
  /** Literals of the rules that read views of such texts: looked for in the views alone. */
  views: Readonly<Record<TextKind, LiteralIndex>>;
  /** Its events hold values that the raw line has only escaped: there is no looking for literals. */
  isEncoded: boolean;
}

/** The fields that are views: of the target, of header fields. */
const TARGET_VIEW = /^ir\.request\./;
const HEADER_VIEW = /^ir\.header\./;
/** Fields of which no literal is taken (`isComputed`): they need no place to look. */
const NUMBER_FIELD =
  /^(?:sc-status|sc-bytes|cs-bytes|time-taken|http\.response\.(?:status_code|body\.bytes)$|event\.)/i;

/** Literals and the rules that need one of them. */
export interface LiteralIndex {
  automaton: Automaton;
  /** Rules by literal. */
  rulesOfLiteral: readonly (readonly number[])[];
}

/** Gives the bucket of an event; buckets are made once per kind of event. @param isTaken leaves rules out, by index */
export function createBuckets(
  rules: readonly CompiledRule[],
  formats: readonly LogFormat[],
  isTaken: (rule: number) => boolean = () => true,
): (event: Event) => RuleBucket {
  const kindOf = createKinds(formats);
  const buckets = new Map<EventKind, RuleBucket>();
  return (event) => {
    const kind = kindOf(event);
    let bucket = buckets.get(kind);
    if (bucket === undefined) buckets.set(kind, (bucket = createBucket(rules, kind, isTaken)));
    return bucket;
  };
}

function createBucket(
  rules: readonly CompiledRule[],
  { format, source }: EventKind,
  isTaken: (rule: number) => boolean,
): RuleBucket {
  const all: number[] = [];
  const always: number[] = [];
  rules.forEach((compiled, index) => {
    if (!isTaken(index) || !ruleFits(compiled.rule.logsource, source)) return;
    all.push(index);
    if (compiled.literals === undefined) always.push(index);
  });
  const reading = (test: (compiled: CompiledRule) => boolean): LiteralIndex =>
    createLiteralIndex(
      rules,
      all.filter((index) => test(rules[index] as CompiledRule)),
    );
  const readsView = ({ fields }: CompiledRule, view: RegExp): boolean =>
    fields.some((field) => view.test(field));
  const isOfViews = ({ fields, readsLine }: CompiledRule): boolean => {
    const texts = fields.filter((field) => !NUMBER_FIELD.test(field));
    const isView = (field: string): boolean => TARGET_VIEW.test(field) || HEADER_VIEW.test(field);
    return !readsLine && texts.length > 0 && texts.every(isView);
  };
  let literals: LiteralIndex | undefined;
  let views: RuleBucket['views'] | undefined;
  return {
    all,
    always,
    isEncoded: format.isEncoded === true,
    // Access logs have indexes of their own and never ask.
    get literals() {
      literals ??= reading((compiled) => !isOfViews(compiled));
      return literals;
    },
    get views() {
      views ??= {
        target: reading((compiled) => readsView(compiled, TARGET_VIEW)),
        header: reading((compiled) => readsView(compiled, HEADER_VIEW)),
      };
      return views;
    },
  };
}

/** Indexes the literals of some of the rules. */
export function createLiteralIndex(
  rules: readonly CompiledRule[],
  chosen: readonly number[],
): LiteralIndex {
  const literals = new Map<string, number[]>();
  for (const index of chosen) {
    for (const literal of rules[index]?.literals ?? []) {
      const known = literals.get(literal);
      if (known === undefined) literals.set(literal, [index]);
      else known.push(index);
    }
  }
  return {
    automaton: createAutomaton([...literals.keys()]),
    rulesOfLiteral: [...literals.values()],
  };
}

/** Rules by mark: which have been seen for the event at hand, without clearing between events. */
export interface CandidateSet {
  /** Begins a new event. */
  begin(): void;
  /**
   * Adds the rules whose literals occur in `bytes[start, end)`.
   * @param kinds bits by byte @returns the bits of all bytes together
   */
  addFound(
    index: LiteralIndex,
    bytes: Uint8Array,
    start: number,
    end: number,
    kinds?: Uint8Array,
  ): number;
  /** The same for a text. @returns does any literal occur? */
  addFoundIn(index: LiteralIndex, text: string): boolean;
  /** Adds the rules whose literals occur in the percent-decoded bytes. @param plus what `+` stands for */
  addDecoded(
    index: LiteralIndex,
    bytes: Uint8Array,
    start: number,
    end: number,
    plus: number,
  ): void;
  /** Adds rules directly. */
  addAll(rules: readonly number[]): void;
  readonly rules: readonly number[];
}

const NO_KINDS = new Uint8Array(256);

/** Makes the set for `ruleCount` rules. */
export function createCandidateSet(ruleCount: number): CandidateSet {
  const marks = new Uint32Array(ruleCount);
  let mark = 0;
  let found: number[] = [];
  let scratch = Buffer.allocUnsafe(1 << 14);
  let current: LiteralIndex | undefined;
  const add = (rule: number): void => {
    if (marks[rule] === mark) return;
    marks[rule] = mark;
    found.push(rule);
  };
  const addAll = (chosen: readonly number[]): void => {
    for (let index = 0; index < chosen.length; index += 1) add(chosen[index] as number);
  };
  let isFound = false;
  const addLiteral = (literal: number): void => {
    isFound = true;
    addAll(current?.rulesOfLiteral[literal] ?? []);
  };
  return {
    get rules() {
      return found;
    },
    begin() {
      mark += 1;
      if (found.length > 0) found = [];
    },
    addFound(index, bytes, start, end, kinds = NO_KINDS) {
      current = index;
      return index.automaton.scan(bytes, start, end, addLiteral, kinds);
    },
    addFoundIn(index, text) {
      if (text.length > scratch.length) scratch = Buffer.allocUnsafe(text.length * 2);
      current = index;
      isFound = false;
      index.automaton.scan(scratch, 0, scratch.write(text, 'latin1'), addLiteral, NO_KINDS);
      return isFound;
    },
    addDecoded(index, bytes, start, end, plus) {
      current = index;
      index.automaton.scanDecoded(bytes, start, end, plus, addLiteral);
    },
    addAll,
  };
}
