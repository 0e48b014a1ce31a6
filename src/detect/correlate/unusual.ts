/**
 * What is much against a group's own history: amounts are added up by the hour, and one counts only where it is many times
 * the hour that is usual for the group (the median of its hours with any). A correlation is one where it is a
 * `value_sum` and says `ir.unusual_times`; its timespan is how long a history is kept. A group without one has nothing that is usual.
 */
import type { SigmaCorrelation } from '../../sigma/rule.ts';
import { type CorrelationHit, KEPT_REFS, type WindowKind } from './window.ts';

const HOUR_US = 3_600_000_000;
/** Hours that are remembered: two weeks of those in which something was. */
const MOST_HOURS = 336;

interface History {
  /** Hours since the epoch. */
  hour: number;
  sum: number;
  firstUs: number;
  count: number;
  refs: number[];
  /** Sums of earlier hours, oldest first. */
  past: number[];
  /** The median of those. */
  usual: number;
  /** When the latest hit was. */
  lastUs: number;
}

/** How many times the usual an hour must be; undefined: the rule asks for something else. */
export function unusualTimes({ type, custom }: SigmaCorrelation): number | undefined {
  const times = (custom['ir'] as { unusual_times?: unknown } | undefined)?.unusual_times;
  return type === 'value_sum' && typeof times === 'number' && times > 1 ? times : undefined;
}

/** Windows whose amount is the sum of the hour, where that is more than `times` the usual one. */
export function unusualWindow(
  times: number,
  timespanUs: number,
  textOf: (value: number) => string,
): WindowKind<History> {
  return {
    create: () => ({
      ...{ hour: Number.NaN, sum: 0, firstUs: 0, count: 0, refs: [] },
      ...{ past: [], usual: 0, lastUs: Number.NaN },
    }),
    add(history, hit) {
      const amount = Number(textOf(hit.value));
      if (!Number.isFinite(amount)) return Number.NaN;
      // What is older is forgotten, or of another group.
      if (hit.timeUs - history.lastUs > timespanUs) {
        history.past = [];
        history.sum = 0;
      }
      enter(history, hit);
      history.lastUs = hit.timeUs;
      history.sum += amount;
      history.count += 1;
      if (history.refs.length < KEPT_REFS) history.refs.push(hit.ref);
      return history.sum > times * history.usual ? history.sum : 0;
    },
    opening: ({ firstUs, count, refs }) => ({ firstUs, count, refs: [...refs] }),
    save: ({ hour, sum, firstUs, count, refs, past, usual, lastUs }) =>
      Number.isNaN(hour) ? [] : [[hour, sum, firstUs, count, usual, lastUs], refs, past],
    load([numbers = [], refs = [], past = []]) {
      const [hour = Number.NaN, sum = 0, firstUs = 0, count = 0, usual = 0, lastUs = Number.NaN] =
        numbers.map(Number);
      const kept = { refs: refs.map(Number), past: past.map(Number) };
      return { hour, sum, firstUs, count, usual, lastUs, ...kept };
    },
  };
}

/** Begins another hour where the hit is of one. */
function enter(history: History, { timeUs }: CorrelationHit): void {
  const hour = Math.floor(timeUs / HOUR_US);
  if (hour === history.hour) return;
  if (history.sum > 0) history.past.push(history.sum);
  if (history.past.length > MOST_HOURS) history.past.shift();
  const usual = medianOf(history.past);
  Object.assign(history, { hour, sum: 0, firstUs: timeUs, count: 0, refs: [], usual });
}

/** The value in the middle; 0 of none. */
function medianOf(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}
