/**
 * Which groups have too few rows in the whole run for a correlation to hold: they need no window. Most sources
 * and users of a large log are of this kind, and memory must not depend on how many there are.
 */
import type { CompiledCorrelation } from '../../sigma/compiled-rule.ts';
import type { RowKind } from '../plan.ts';
import { requiredCount } from './correlator.ts';

/** Could the correlation (by index) hold for the group? */
export type MayFire = (correlation: number, group: number) => boolean;

/** @param rowsOf how many rows of a kind a group has, each for as many as it stands for */
export function createMayFire(
  correlations: readonly CompiledCorrelation[],
  kinds: readonly RowKind[],
  rowsOf: (kind: number, group: number) => number,
): MayFire {
  // Of hundreds of correlations a run asks about few.
  const tests = new Map<number, (group: number) => boolean>();
  return (index, group) => {
    let test = tests.get(index);
    if (test === undefined) {
      test = testOf(index, correlations, kinds, rowsOf) ?? (() => true);
      tests.set(index, test);
    }
    return test(group);
  };
}

function testOf(
  index: number,
  correlations: readonly CompiledCorrelation[],
  kinds: readonly RowKind[],
  rowsOf: (kind: number, group: number) => number,
): ((group: number) => boolean) | undefined {
  const { rule, members, inputs } = correlations[index] as CompiledCorrelation;
  const needed = requiredCount(rule)?.count;
  // A rule that is a member twice makes two hits of one row.
  const isOnce =
    new Set(members.map(({ kind, index: at }) => `${kind} ${at}`)).size === members.length;
  if (needed === undefined || !isOnce) return undefined;
  const kindsOfBases = (bases: readonly number[]): number[] =>
    kinds.flatMap(({ index: kind, feeds }) =>
      feeds.some(
        ({ correlation, input }) =>
          correlation === index && bases.includes(inputs[input]?.rule ?? -1),
      )
        ? [kind]
        : [],
    );
  if (rule.type === 'temporal' || rule.type === 'temporal_ordered') {
    const ofMembers = members.map(({ kind, index: at }) =>
      kindsOfBases(
        kind === 'rule' ? [at] : (correlations[at]?.inputs ?? []).map((input) => input.rule),
      ),
    );
    return (group) => {
      let present = 0;
      for (const own of ofMembers) if (own.some((kind) => rowsOf(kind, group) > 0)) present += 1;
      return present >= needed;
    };
  }
  const all = kindsOfBases(inputs.map((input) => input.rule));
  return (group) => {
    let rows = 0;
    for (const kind of all) rows += rowsOf(kind, group);
    return rows >= needed;
  };
}
