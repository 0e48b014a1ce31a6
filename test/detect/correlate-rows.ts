/** Short builders for correlation tests. */
import type { Rows } from '../../src/detect/rows/rows.ts';
import type { CompiledCorrelation } from '../../src/sigma/compiled-rule.ts';
import type {
  CorrelationCondition,
  CorrelationType,
  SigmaCorrelation,
} from '../../src/sigma/rule.ts';

const SECOND_US = 1_000_000;

/** A correlation over `members` rules with a timespan in seconds. */
export function correlation(
  type: CorrelationType,
  members: number,
  timespanSeconds: number,
  condition: CorrelationCondition = {},
): SigmaCorrelation {
  return {
    kind: 'correlation',
    title: 'Test',
    id: '',
    name: '',
    description: '',
    status: '',
    level: 'medium',
    tags: [],
    falsepositives: [],
    references: [],
    place: { path: 'test.yml' },
    custom: {},
    type,
    references_to: Array.from({ length: members }, (_, index) => `member_${index}`),
    groupBy: ['source.ip'],
    timespanSeconds,
    condition,
    countedFields: [],
    percentile: undefined,
    aliases: new Map(),
    generate: false,
  };
}

/** A compiled correlation over base rules given by number, or over another correlation (`{ of: 0 }`). */
export function compiled(
  rule: SigmaCorrelation,
  members: readonly (number | { of: number })[],
  inputs: readonly number[],
): CompiledCorrelation {
  return {
    rule,
    members: members.map((member) =>
      typeof member === 'number'
        ? { kind: 'rule', index: member }
        : { kind: 'correlation', index: member.of },
    ),
    inputs: inputs.map((base) => ({ rule: base, groupBy: [], counted: [] })),
  };
}

/** Seconds to microseconds. */
export const us = (seconds: number): number => seconds * SECOND_US;

/** A row with its texts. */
export interface WrittenRow {
  kind: number;
  timeUs: number;
  location: number;
  group: string;
  value: string;
}

/** Columns of rows, in the order given. */
export function rowsOf(written: readonly WrittenRow[]): Rows {
  const strings = [...new Set(written.flatMap(({ group, value }) => [group, value]))];
  const numbers = new Map(strings.map((text, index) => [text, index]));
  return {
    count: written.length,
    times: Float64Array.from(written, ({ timeUs }) => timeUs),
    locations: Float64Array.from(written, ({ location }) => location),
    kinds: Uint16Array.from(written, ({ kind }) => kind),
    groups: Uint32Array.from(written, ({ group }) => numbers.get(group)!),
    values: Uint32Array.from(written, ({ value }) => numbers.get(value)!),
    strings,
  };
}
