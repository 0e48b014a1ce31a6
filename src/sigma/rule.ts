/**
 * The typed form of Sigma documents, specification 2.1.
 * @see https://github.com/SigmaHQ/sigma-specification
 */
import type { SourcePlace } from '../errors.ts';
import type { Level } from '../events/level.ts';
import type { WordList } from './word-list.ts';

/** Which logs a rule is for. */
export interface SigmaLogSource {
  category?: string | undefined;
  product?: string | undefined;
  service?: string | undefined;
}

/** What every Sigma document has. */
export interface SigmaDocument {
  title: string;
  /** UUID; empty when the rule has none. */
  id: string;
  /** Short name that correlations refer to; empty when the rule has none. */
  name: string;
  description: string;
  status: string;
  level: Level;
  tags: readonly string[];
  falsepositives: readonly string[];
  references: readonly string[];
  /** Where the document was read from; `path` is what errors and `rule.file` show. */
  place: SourcePlace;
  /** Custom attributes (specification: arbitrary fields), ours under `ir`. */
  custom: Readonly<Record<string, unknown>>;
}

/** A rule over single events. */
export interface SigmaRule extends SigmaDocument {
  kind: 'rule';
  /**
   * What compiling gave when the rule was kept from the build, besides no fault. Compiling may then be put
   * off until an event has to be tested.
   */
  compiled?: {
    literals: readonly string[] | undefined;
    fields: readonly string[];
    readsLine: boolean;
  };
  logsource: SigmaLogSource;
  /** Search identifiers by name. */
  searches: ReadonlyMap<string, Search>;
  condition: Condition;
  fields: readonly string[];
}

/** A search identifier: the alternatives of a list, each a conjunction of field conditions or keywords. */
export type Search =
  | { kind: 'all'; of: readonly Search[] }
  | { kind: 'any'; of: readonly Search[] }
  | { kind: 'field'; field: string; match: Match }
  | { kind: 'keyword'; match: Match };

/** One field with its modifiers and values, before compilation. */
export interface Match {
  /** Modifier names as written, left to right. */
  modifiers: readonly string[];
  /** As written in YAML: strings, numbers, booleans or null. */
  values: readonly SigmaValue[];
  /** Further values, in lower case: too many for a list of strings. With `contains`, all are URLs from their slashes on, or hashes. */
  words?: readonly WordList[];
  /** Where the field (or keyword list) is written, for errors. */
  place?: SourcePlace | undefined;
  /** What the placeholders of values under `expand` stand for. */
  placeholders?: Placeholders;
  /** It compiled before without a fault and its literals are kept with the rule: neither need be worked out again. */
  isChecked?: boolean;
}

/** The values of placeholders by name, without percent signs. */
export type Placeholders = Readonly<Record<string, readonly string[]>>;

/** A value as written in YAML. */
export type SigmaValue = string | number | boolean | null;

/** The condition of a rule as a tree. */
export type Condition =
  | { kind: 'and' | 'or'; of: readonly Condition[] }
  | { kind: 'not'; of: Condition }
  | { kind: 'search'; name: string }
  | { kind: 'of'; quantity: 'all' | number; names: readonly string[] };

/** A document that narrows rules down: they hit only where its condition holds, too. @see Sigma Filters Specification 2.1 */
export interface SigmaFilter extends SigmaDocument {
  kind: 'filter';
  logsource: SigmaLogSource;
  /** Ids or names of the rules it is for, as written; undefined: all of its log source. */
  rules: readonly string[] | undefined;
  searches: ReadonlyMap<string, Search>;
  condition: Condition;
}

/** Correlations over the numbers in a field. */
export type AmountType = 'value_sum' | 'value_avg' | 'value_percentile' | 'value_median';

/** What a correlation counts. @see Sigma Correlation Rules Specification 2 */
export type CorrelationType =
  | 'event_count'
  | 'value_count'
  | 'temporal'
  | 'temporal_ordered'
  | AmountType;

/** From which count on a correlation fires. */
export interface CorrelationCondition {
  gt?: number | undefined;
  gte?: number | undefined;
  lt?: number | undefined;
  lte?: number | undefined;
  eq?: number | undefined;
  neq?: number | undefined;
}

/** A rule over the hits of others. */
export interface SigmaCorrelation extends SigmaDocument {
  kind: 'correlation';
  type: CorrelationType;
  /** Ids or names of the referenced rules, as written. */
  references_to: readonly string[];
  groupBy: readonly string[];
  timespanSeconds: number;
  condition: CorrelationCondition;
  /** For value_count: all fields whose values together are one counted value; for the other value types the one field. */
  countedFields: readonly string[];
  /** For value_percentile: which one, 0 to 100; undefined: the share of the hit's own value is meant. */
  percentile: number | undefined;
  /** Alias name to the field it stands for in each referenced rule. */
  aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** True: the referenced rules also report on their own. */
  generate: boolean;
}
