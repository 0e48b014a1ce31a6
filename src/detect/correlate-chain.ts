/**
 * All correlations of a rule set together, so that results of one feed another. Takes rows as the readers
 * give them: one per event and correlation input, in time order, rows of one event side by side.
 *
 * In a chain, each hit at which the inner condition holds is a hit of the outer temporal correlation, so that
 * the inner result counts with its latest time. An outer count takes each inner result once, when it opens.
 */
import type { CompiledCorrelation, CorrelationMember } from '../sigma/compiled-rule.ts';
import { createCorrelator } from './correlate.ts';
import type { CorrelationHit, CorrelationResult } from './correlate-window.ts';

export interface Correlations {
  /**
   * An event that hit a base rule, as seen by one correlation.
   * @param correlation index into the rule set's correlations
   * @param input index into that correlation's inputs
   */
  push(
    correlation: number,
    input: number,
    timeUs: number,
    groupKey: string,
    value: string | undefined,
    ref: number,
  ): void;
  finish(): void;
}

interface Row {
  correlation: number;
  rule: number;
  groupKey: string;
  value: string | undefined;
}

/** What a correlation did at the event at hand. */
interface Held {
  stamp: number;
  isFirst: boolean;
}

/** Makes the correlators of a rule set and joins them. `onResult` gets the correlation's index. */
export function createCorrelations(
  correlations: readonly CompiledCorrelation[],
  onResult: (correlation: number, result: CorrelationResult) => void,
): Correlations {
  const held: Held[] = correlations.map(() => ({ stamp: -1, isFirst: false }));
  let stamp = 0;
  const correlators = correlations.map(({ rule }, index) =>
    createCorrelator(rule, {
      onResult: (result) => onResult(index, result),
      onHold(_hit, isFirst) {
        const state = held[index]!;
        state.isFirst = isFirst || (state.stamp === stamp && state.isFirst);
        state.stamp = stamp;
      },
    }),
  );
  const isChained = chainedCorrelations(correlations);
  const positions = correlations.map(positionsOfInputs);
  const waiting: Row[] = [];
  // One object for all hits: correlators do not keep it.
  const direct: CorrelationHit = { rule: 0, timeUs: 0, groupKey: '', value: undefined, ref: 0 };
  let waitingUs = 0;
  let waitingRef = 0;

  const flush = (): void => {
    stamp += 1;
    // Members come before the correlations that refer to them.
    waiting.sort((left, right) => left.correlation - right.correlation);
    for (const { correlation, rule, groupKey, value } of waiting) {
      const compiled = correlations[correlation]!;
      compiled.members.forEach((member, position) => {
        if (!isMemberHit(member, rule, compiled, held, stamp)) return;
        const hit = { rule: position, timeUs: waitingUs, groupKey, value, ref: waitingRef };
        correlators[correlation]!.push(hit);
      });
    }
    waiting.length = 0;
  };

  return {
    push(correlation, input, timeUs, groupKey, value, ref) {
      if (isChained[correlation] === false) {
        direct.timeUs = timeUs;
        direct.groupKey = groupKey;
        direct.value = value;
        direct.ref = ref;
        for (const position of positions[correlation]![input]!) {
          direct.rule = position;
          correlators[correlation]!.push(direct);
        }
        return;
      }
      if (waiting.length > 0 && (timeUs !== waitingUs || ref !== waitingRef)) flush();
      waitingUs = timeUs;
      waitingRef = ref;
      const { rule } = correlations[correlation]!.inputs[input]!;
      waiting.push({ correlation, rule, groupKey, value });
    },
    finish() {
      if (waiting.length > 0) flush();
      for (const correlator of correlators) correlator.finish();
    },
  };
}

/** The positions among the members that each input stands for. */
const positionsOfInputs = ({ members, inputs }: CompiledCorrelation): number[][] =>
  inputs.map(({ rule }) =>
    members.flatMap(({ kind, index }, position) =>
      kind === 'rule' && index === rule ? [position] : [],
    ),
  );

function isMemberHit(
  member: CorrelationMember,
  rule: number,
  outer: CompiledCorrelation,
  held: readonly Held[],
  stamp: number,
): boolean {
  if (member.kind === 'rule') return member.index === rule;
  const state = held[member.index]!;
  if (state.stamp !== stamp) return false;
  const isCounting = outer.rule.type === 'event_count' || outer.rule.type === 'value_count';
  return isCounting ? state.isFirst : true;
}

/** Correlations that refer to another one, or are referred to by one: their rows must meet. */
function chainedCorrelations(correlations: readonly CompiledCorrelation[]): boolean[] {
  const isChained = correlations.map(() => false);
  correlations.forEach(({ members }, index) => {
    for (const member of members) {
      if (member.kind !== 'correlation') continue;
      isChained[index] = true;
      isChained[member.index] = true;
    }
  });
  return isChained;
}
