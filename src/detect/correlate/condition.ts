/** The condition of a correlation: which counts hold, the least of them, and how far counting matters. */
import type { CorrelationCondition, SigmaCorrelation } from '../../sigma/rule.ts';

/** The condition as a predicate over whole counts. It never holds for 0: nothing happened. */
export function compileCondition(condition: CorrelationCondition): (count: number) => boolean {
  const { gt, gte, lt, lte, eq, neq } = condition;
  const least = Math.max(1, Math.floor(gt ?? 0) + 1, gte ?? 1, eq ?? 1);
  const most = Math.min(Math.ceil(lt ?? Infinity) - 1, lte ?? Infinity, eq ?? Infinity);
  const except = neq ?? Number.NaN;
  return (count) => count >= least && count <= most && count !== except;
}

/** The condition as a predicate over any number: sums, averages, percentiles. */
export function compileAmountCondition({
  gt = Number.NEGATIVE_INFINITY,
  gte = Number.NEGATIVE_INFINITY,
  lt = Number.POSITIVE_INFINITY,
  lte = Number.POSITIVE_INFINITY,
  eq,
  neq,
}: CorrelationCondition): (amount: number) => boolean {
  return (amount) =>
    amount > gt &&
    amount >= gte &&
    amount < lt &&
    amount <= lte &&
    (eq === undefined || amount === eq) &&
    amount !== neq;
}

/** The count from which on the condition always holds, if it says nothing else; otherwise undefined. */
export function thresholdOf({
  gt,
  gte,
  lt,
  lte,
  eq,
  neq,
}: CorrelationCondition): number | undefined {
  const isThreshold = [lt, lte, eq, neq].every((bound) => bound === undefined);
  return isThreshold ? Math.max(1, Math.floor(gt ?? 0) + 1, Math.ceil(gte ?? 1)) : undefined;
}

/** From this count on, counting further changes no answer: all a window has to remember. */
export function countingLimit({ gt, gte, lt, lte, eq, neq }: CorrelationCondition): number {
  return Math.max(
    1,
    gt === undefined ? 1 : Math.floor(gt) + 1,
    Math.ceil(gte ?? 1),
    Math.ceil(lt ?? 1),
    lte === undefined ? 1 : Math.floor(lte) + 1,
    eq === undefined ? 1 : Math.floor(eq) + 1,
    neq === undefined ? 1 : Math.floor(neq) + 1,
  );
}

/** The condition in force: temporal correlations want every member unless they say otherwise. */
export function effectiveCondition(correlation: SigmaCorrelation): CorrelationCondition {
  const { type, condition } = correlation;
  const isTemporal = type === 'temporal' || type === 'temporal_ordered';
  return isTemporal && Object.keys(condition).length === 0
    ? { gte: correlation.references_to.length }
    : condition;
}
