/**
 * Items as a page carries them: columns that the script reads at once, and blocks of details that it opens when somebody
 * looks. Both packed: a hundred thousand findings with their lines would be a hundred megabytes.
 */
import { gzipSync } from 'node:zlib';
import { levelRank } from '../events/level.ts';
import { type ItemDetail, type ItemIndex, type PageItem, SIDES } from './page-item.ts';

const BLOCK_SIZE = 500;
/** Characters of a line that a page carries; the file has the rest. */
const MOST_LINE = 2_000;
const MOST_ENTITIES = 12;

/** Numbers values in the order in which they come. */
function interner<T>(keyOf: (value: T) => string): { values: T[]; numberOf(value: T): number } {
  const numbers = new Map<string, number>();
  const values: T[] = [];
  return {
    values,
    numberOf(value) {
      const key = keyOf(value);
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, values.length);
      return values.push(value) - 1;
    },
  };
}

/** The columns. */
export function indexOf(items: readonly PageItem[]): ItemIndex {
  const titles = interner<string>((text) => text);
  const sources = interner<string>((text) => text);
  const tactics = interner<string>((text) => text);
  const techniques = interner<string>((text) => text);
  const entities = interner<readonly [string, string]>(([field, value]) => `${field}\0${value}`);
  let before = 0;
  const at = items.map(({ atUs }) => {
    if (atUs === undefined) return null;
    const ms = Math.floor(atUs / 1000);
    const step = ms - before;
    before = ms;
    return step;
  });
  return {
    at,
    lasted: items.map(({ atUs, untilUs }) =>
      atUs === undefined || untilUs === undefined
        ? 0
        : Math.max(0, Math.round((untilUs - atUs) / 1000)),
    ),
    levels: items.map(({ level }) => (level === undefined ? 9 : levelRank(level))).join(''),
    sides: items.map(({ side }) => SIDES.indexOf(side)).join(''),
    title: items.map(({ title }) => titles.numberOf(title)),
    source: items.map(({ source }) => sources.numberOf(source)),
    count: items.map(({ count }) => count),
    entity: items.map((item) => item.entities.slice(0, MOST_ENTITIES).map(entities.numberOf)),
    tactic: items.map((item) => item.tactics.map(tactics.numberOf)),
    technique: items.map((item) => item.techniques.map(techniques.numberOf)),
    titles: titles.values,
    sources: sources.values,
    entities: entities.values,
    tactics: tactics.values,
    techniques: techniques.values,
    blockSize: BLOCK_SIZE,
  };
}

/** The data elements of a page: `items`, and `block-0` on. */
export function* itemData(
  items: readonly PageItem[],
): Iterable<readonly [id: string, text: string]> {
  yield ['items', packed(indexOf(items))];
  for (let first = 0; first < items.length; first += BLOCK_SIZE) {
    const details = items.slice(first, first + BLOCK_SIZE).map(detailOf);
    yield [`block-${first / BLOCK_SIZE}`, packed(details)];
  }
}

const detailOf = ({ number, lines, notes }: PageItem): ItemDetail => ({
  number,
  lines: lines.map((line) => ({ ...line, text: cut(line.text) })),
  notes,
});

const cut = (text: string): string =>
  text.length <= MOST_LINE
    ? text
    : `${text.slice(0, MOST_LINE)} (${text.length - MOST_LINE} more characters)`;

/** JSON of a string in base64: nothing in it means anything to a reader of HTML. */
const packed = (value: unknown): string =>
  JSON.stringify(gzipSync(JSON.stringify(value), { level: 6 }).toString('base64'));
