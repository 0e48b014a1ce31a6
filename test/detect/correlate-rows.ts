/** Short builders for correlation tests. */
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
    field: undefined,
    countedFields: [],
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
