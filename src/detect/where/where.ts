/** What `--where` asks of events, as plain data: parsed once, sent to every reader, compiled there. */

/** How a field is compared with values. */
export type Operator = '=' | '<' | '<=' | '>' | '>=' | '~' | 'in' | WordOperator;

/** An operator that is a word. */
type WordOperator = 'contains' | 'startswith' | 'endswith' | 'exists';

/** A value as it was written, and what else it is. */
export interface Value {
  text: string;
  /** As a number in the unit of its field: bytes, nanoseconds, microseconds since the epoch. */
  number?: number | undefined;
}

/** A condition on events. `!=` and `not in` are `not` around their opposite. */
export type Where =
  | { kind: 'and' | 'or'; of: readonly Where[] }
  | { kind: 'not'; of: Where }
  /** Not of the language: it happened in one of these stretches, microseconds, in order and apart. */
  | { kind: 'within'; windows: readonly (readonly [fromUs: number, toUs: number])[] }
  | { kind: 'compare'; field: string; operator: Operator; values: readonly Value[] };

/** The fields that a condition names, each once. */
export const fieldsOf = (where: Where): ReadonlySet<string> => {
  if (where.kind === 'compare') return new Set([where.field]);
  if (where.kind === 'within') return new Set(['@timestamp']);
  const inner = where.kind === 'not' ? [where.of] : where.of;
  return new Set(inner.flatMap((each) => [...fieldsOf(each)]));
};
