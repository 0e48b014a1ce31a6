/**
 * `--rule X --all`: which hits are of what was asked for. A rule that was named has all of its own; a correlation has what it
 * counted where it fired, by group and time, not every hit of the rules that it counts.
 */
import type { CorrelationHit } from './correlate/pass.ts';
import { joinGroupKey, type Plan } from './plan.ts';
import { HIT_KIND, type Rows } from './rows/rows.ts';

/** From and to, microseconds since the epoch, both included. */
type Span = readonly [fromUs: number, toUs: number];

/**
 * Makes the choice among rows as the readers note hits.
 * @param named indexes of the rules that were named themselves
 * @param hits all correlations that fired
 */
export function createWanted(
  { correlations: count, rowKinds }: { correlations: number; rowKinds: Plan['rowKinds'] },
  named: ReadonlySet<number>,
  hits: readonly CorrelationHit[],
): (rows: Rows) => Rows {
  const spansOf = Array.from({ length: count }, () => new Map<string, Span[]>());
  for (const { correlation, group, firstUs, lastUs, before } of hits) {
    const spans = spansOf[correlation]!;
    const key = joinGroupKey(group);
    // What it waited for began earlier.
    const fromUs = Math.min(firstUs, ...before.map((inner) => inner.firstUs));
    spans.set(key, [...(spans.get(key) ?? []), [fromUs, lastUs]]);
  }
  const spansOfKind = rowKinds.map(({ feeds }) =>
    feeds.map(({ correlation }) => spansOf[correlation]!),
  );
  const isWanted = (kind: number, group: string, timeUs: number): boolean =>
    kind === HIT_KIND
      ? group === '' || named.has(Number(group))
      : spansOfKind[kind]!.some((spans) => isWithin(spans.get(group) ?? [], timeUs));
  return (rows) => {
    const { times, locations, kinds, groups, values, strings } = rows;
    const kept: number[] = [];
    for (let index = 0; index < rows.count; index += 1) {
      if (isWanted(kinds[index]!, strings[groups[index]!]!, times[index]!)) kept.push(index);
    }
    if (kept.length === rows.count) return rows;
    return {
      count: kept.length,
      times: Float64Array.from(kept, (index) => times[index]!),
      locations: Float64Array.from(kept, (index) => locations[index]!),
      kinds: Uint16Array.from(kept, (index) => kinds[index]!),
      groups: Uint32Array.from(kept, (index) => groups[index]!),
      values: Uint32Array.from(kept, (index) => values[index]!),
      strings,
    };
  };
}

/** The results of a group come in time order; only what one waited for may reach back over others. */
function isWithin(spans: readonly Span[], timeUs: number): boolean {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]![1] < timeUs) low = middle + 1;
    else high = middle;
  }
  return spans.slice(low, low + 2).some(([fromUs]) => fromUs <= timeUs);
}
