/** The rows of a page in typed columns, and which of them a filter leaves. Pure: the page and tests use it alike. */
import type { ItemIndex } from '../page-item.ts';

/** The columns; times in microseconds, NaN for none. */
export interface Columns {
  index: ItemIndex;
  size: number;
  at: Float64Array;
  until: Float64Array;
  /** 9: no finding. */
  ranks: Uint8Array;
  sides: Uint8Array;
  /** Titles, entities and sources in lower case, by their numbers. */
  lower: { titles: string[]; entities: string[]; sources: string[] };
  /** The lines of each row in lower case; undefined until its block was opened. */
  raws: (string | undefined)[];
}

/** What is asked for. Indexes of -1 ask for nothing. */
export interface Filter {
  fromUs: number;
  toUs: number;
  ranks: ReadonlySet<number>;
  text: string;
  entity: string;
  source: number;
  technique: number;
}

/** The filter that leaves all. */
export const allOf = (): Filter => ({
  fromUs: Number.NEGATIVE_INFINITY,
  toUs: Number.POSITIVE_INFINITY,
  ranks: new Set([0, 1, 2, 3, 4, 9]),
  ...{ text: '', entity: '', source: -1, technique: -1 },
});

/** Columns from what the page carries. */
export function decode(index: ItemIndex): Columns {
  const size = index.title.length;
  const at = new Float64Array(size);
  const until = new Float64Array(size);
  let ms = 0;
  for (let row = 0; row < size; row += 1) {
    const step = index.at[row];
    if (step === null || step === undefined) {
      at[row] = Number.NaN;
      until[row] = Number.NaN;
      continue;
    }
    ms += step;
    at[row] = ms * 1000;
    until[row] = (ms + index.lasted[row]!) * 1000;
  }
  const lower = (texts: readonly string[]): string[] => texts.map((text) => text.toLowerCase());
  return {
    ...{ index, size, at, until },
    ranks: Uint8Array.from(index.levels, Number),
    sides: Uint8Array.from(index.sides, Number),
    lower: {
      titles: lower(index.titles),
      sources: lower(index.sources),
      entities: lower(index.entities.map(([, value]) => value)),
    },
    raws: new Array<string | undefined>(size).fill(undefined),
  };
}

/** Rows that the filter leaves, in order. */
export function select(columns: Columns, filter: Filter): Uint32Array {
  const { index, size, at, until, ranks } = columns;
  const { fromUs, toUs, source, technique } = filter;
  const isTimed = fromUs !== Number.NEGATIVE_INFINITY || toUs !== Number.POSITIVE_INFINITY;
  const hasText = textTest(columns, filter.text);
  const hasEntity = entityTest(columns, filter.entity);
  const found = new Uint32Array(size);
  let length = 0;
  for (let row = 0; row < size; row += 1) {
    if (!filter.ranks.has(ranks[row]!)) continue;
    // What has no time lies in no stretch of it.
    if (isTimed && !(at[row]! <= toUs && until[row]! >= fromUs)) continue;
    if (source !== -1 && index.source[row] !== source) continue;
    if (technique !== -1 && !index.technique[row]!.includes(technique)) continue;
    if (!hasEntity(row) || !hasText(row)) continue;
    found[length] = row;
    length += 1;
  }
  return found.subarray(0, length);
}

/** Each different value is looked at once; the lines of a row only where nothing else holds the text. */
function textTest({ index, lower, raws }: Columns, text: string): (row: number) => boolean {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return () => true;
  const holding = (texts: readonly string[]): Uint8Array =>
    Uint8Array.from(texts, (one) => Number(one.includes(wanted)));
  const [titles, sources, entities] = [lower.titles, lower.sources, lower.entities].map(holding);
  return (row) =>
    titles![index.title[row]!] === 1 ||
    sources![index.source[row]!] === 1 ||
    index.entity[row]!.some((one) => entities![one] === 1) ||
    raws[row]?.includes(wanted) === true;
}

/** An entity is meant as a whole where one is called so, else any that holds the text. */
function entityTest({ index, lower }: Columns, text: string): (row: number) => boolean {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return () => true;
  const isWhole = lower.entities.includes(wanted);
  const fits = Uint8Array.from(lower.entities, (one) =>
    Number(isWhole ? one === wanted : one.includes(wanted)),
  );
  return (row) => index.entity[row]!.some((one) => fits[one] === 1);
}

/** How often each entity is named, the most often first. */
export function commonEntities({ index }: Columns, most: number): string[] {
  const counts = new Uint32Array(index.entities.length);
  for (const row of index.entity) for (const one of row) counts[one]! += 1;
  const order = [...counts.keys()].sort((a, b) => counts[b]! - counts[a]!).slice(0, most);
  return [...new Set(order.map((one) => index.entities[one]![1]))];
}
