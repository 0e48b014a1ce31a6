/** Who comes most, among any number of values, in bounded memory. */

/** A value, how often it came, and its bytes. */
export type TopRow = readonly [value: string, events: number, bytes: number];

/** Counts of values. */
export interface Top {
  add(value: string, bytes: number): void;
  put(value: string, events: number, bytes: number): void;
  all(): TopRow[];
  /** Those with most events and those with most bytes, so many of each. */
  best(most: number): TopRow[];
}

/** More values are not counted at a time: then those with least are forgotten. */
const MOST = 4096;

/** Begins with what was counted before. */
export function createTop(saved: readonly TopRow[] = []): Top {
  const rows = new Map<string, [events: number, bytes: number]>();
  const put = (value: string, events: number, bytes: number): void => {
    const row = rows.get(value);
    if (row !== undefined) {
      row[0] += events;
      row[1] += bytes;
      return;
    }
    if (rows.size >= MOST) forget();
    rows.set(value, [events, bytes]);
  };
  const all = (): TopRow[] => [...rows].map(([value, [events, bytes]]) => [value, events, bytes]);
  const best = (most: number): TopRow[] => {
    const known = all();
    if (known.length <= most) return known.sort(byEvents);
    const kept = new Set([
      ...known.sort(byBytes).slice(0, most),
      ...known.sort(byEvents).slice(0, most),
    ]);
    return [...kept].sort(byEvents);
  };
  const forget = (): void => {
    const kept = new Set(best(MOST / 4).map(([value]) => value));
    for (const value of rows.keys()) if (!kept.has(value)) rows.delete(value);
  };
  for (const row of saved) put(...row);
  return { add: (value, bytes) => put(value, 1, bytes), put, all, best };
}

const byText = (a: TopRow, b: TopRow): number => (a[0] < b[0] ? -1 : 1);
const byEvents = (a: TopRow, b: TopRow): number => b[1] - a[1] || byText(a, b);
const byBytes = (a: TopRow, b: TopRow): number => b[2] - a[2] || byText(a, b);
