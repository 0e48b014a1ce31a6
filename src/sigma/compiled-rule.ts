/**
 * What the Sigma compiler gives to the engine. The language lives behind this line: the engine knows
 * predicates and literals, the compiler knows no files and no formats.
 */
import type { Event } from '../events/event.ts';
import type { Level } from '../events/level.ts';
import type { SigmaCorrelation, SigmaLogSource, SigmaRule } from './rule.ts';

/** Gives the value of a Sigma field of an event: undefined when absent. */
export interface FieldReader {
  (event: Event): unknown;
  /**
   * True when the value is made by the program (a normalised word, a joined or unescaped text) and so need
   * not occur in the raw line or its percent-decoded form. No literal is taken from such a field. False when
   * literals may be taken whatever the field is called: the search for them looks where the value comes from.
   */
  isComputed?: boolean;
  /** Are its values those of its paths as they are? Of a field of ECS, failing that of the record's field of that name. */
  isPlain?: boolean;
  /** The fields of the event, and names of its record, that it reads. */
  paths?: readonly string[];
  /** Where the values are transformed in the end: what they are before. */
  untransformed?: FieldReader;
}

/** Finds the reader for a Sigma field name under a log source (`cs-uri-query`, `user.name`, `a0`). */
export type FieldResolver = (field: string, logsource: SigmaLogSource) => FieldReader;

/** A rule as a test of events. */
export interface CompiledRule {
  rule: SigmaRule;
  /**
   * Decides on one event of a fitting log source. Never throws.
   * @param raw the event's raw line or lines, which keywords search
   */
  test(event: Event, raw: string): boolean;
  /**
   * Lower-case strings of which at least one must occur (ignoring ASCII case) in the event's raw text or
   * its percent-decoded form whenever `test` is true. `undefined`: no such set is known, test every event.
   */
  literals: readonly string[] | undefined;
  /** Sigma field names that `test` reads, in order of first use. */
  fields: readonly string[];
  /** Does `test` look at the raw text (keywords)? */
  readsLine: boolean;
}

/** A correlation with the rules that feed it. */
export interface CompiledCorrelation {
  rule: SigmaCorrelation;
  /** Indexes into the rule set's `rules` (base rules) or `correlations`, in the order written. */
  members: readonly CorrelationMember[];
  /** The base rules that feed this correlation, directly or through a chain of correlations. */
  inputs: readonly CorrelationInput[];
}

/** A rule, or another correlation, that a correlation refers to. */
export interface CorrelationMember {
  kind: 'rule' | 'correlation';
  index: number;
}

/** How the events of one base rule are grouped and counted in a correlation. */
export interface CorrelationInput {
  /** Index into the rule set's `rules`. */
  rule: number;
  /** One reader per `group-by` field, aliases resolved. */
  groupBy: readonly FieldReader[];
  /** Readers of the counted fields of the value types, else empty. */
  counted: readonly FieldReader[];
}

/** Everything the engine runs, in a stable order. */
export interface RuleSet {
  rules: readonly CompiledRule[];
  /** Members come before the correlations that refer to them. */
  correlations: readonly CompiledCorrelation[];
  /** Rules that only feed a correlation and must not report on their own (`generate: false`). */
  silent: ReadonlySet<number>;
  /** The same for correlations that only feed another correlation. */
  silentCorrelations: ReadonlySet<number>;
  /** What the names of fields mean. */
  resolve: FieldResolver;
}

/** The parts of a rule that a finding repeats. */
export interface RuleCard {
  id: string;
  name: string;
  title: string;
  level: Level;
  /** Tactic slugs such as `credential-access`. */
  tactics: readonly string[];
  /** ATT&CK ids such as `T1110.001`. */
  techniques: readonly string[];
}
