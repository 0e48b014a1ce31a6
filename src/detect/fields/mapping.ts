/**
 * What Sigma's field names mean: data, one file for each kind of log source in `templates/mappings/`. The matcher makes
 * readers of it (`resolver.ts`); whoever asks elsewhere, such as a cluster, can translate it without running anything.
 * @see https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-taxonomy.md
 */

/**
 * Where a value stands: an ECS field; `record`, what the source wrote, or `record.a.b` in it; `own`, what ECS, then the
 * source, calls by the mapped name itself; `@timestamp`.
 */
export type FieldPath = string;

/** One value: of the first path that has one. */
export interface ValueSource {
  path: readonly FieldPath[];
  /** Only of events in which these ECS fields have these values. */
  when?: Readonly<Record<string, string>>;
  /** The value stands for another; `*` is any other value. One that is not here is none. */
  values?: Readonly<Record<string, string>>;
  /** By name, see `transforms.ts`. */
  transform?: string;
}

/** A name's meaning: the value, or all values, of its sources. */
export interface FieldMapping {
  all: readonly ValueSource[];
  /** What becomes of each value. */
  transform?: string;
}

/** A part of a rule's log source is one of the words; `*` at the end of a word stands for anything. */
export type LogSourceWords = Readonly<
  Partial<Record<'product' | 'category' | 'service', readonly string[]>>
>;

/** One file of mappings. */
export interface Mapping {
  /** The name of the file: `extends` refers to it. */
  name: string;
  title: string;
  /** Rules of these it is for: all that is stated holds. Absent: those that extend it. */
  logsource?: readonly LogSourceWords[];
  /** Mappings in which a name is looked up that this one has not. */
  extends: readonly string[];
  /** Names that no mapping has are those of the record before they are those of ECS. */
  isRecordFirst: boolean;
  /** Are names, which are in lower case then, found in any case? */
  isAnyCase: boolean;
  /** `a.*` is any name below `a.`, of which the transform gets the rest. */
  fields: Readonly<Record<string, FieldMapping>>;
}
