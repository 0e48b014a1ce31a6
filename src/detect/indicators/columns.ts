/** A list of indicators in columns, as there may be a million of them. */
import { createWordList, type WordList, wordOf } from '../../sigma/word-list.ts';
import { INDICATOR_KINDS, type Indicator, type IndicatorKind } from './indicator.ts';

/** The indicators of one kind, in the order of the list. */
export interface KindColumn {
  words: WordList;
  /** 1-based, by number of the word. */
  lines: Uint32Array;
  /** Those with characters beyond U+00FF, and their lines. */
  others: ReadonlyMap<string, number>;
}

/** The indicators of a list, in its order. */
export interface IndicatorColumns extends Iterable<Indicator> {
  length: number;
  of(kind: IndicatorKind): KindColumn;
}

/** Added to the number of a kind: it is one of the others. */
const OTHER = 64;

/** Puts indicators into columns. */
export function columnsOf(indicators: Iterable<Indicator>): IndicatorColumns {
  const drafts = INDICATOR_KINDS.map(() => ({
    words: createWordList(),
    lines: new Uint32Array(64),
    count: 0,
    others: new Map<string, number>(),
  }));
  /** Of each one its kind. */
  let order = Buffer.alloc(1 << 10);
  let length = 0;
  for (const indicator of indicators) {
    const kind = INDICATOR_KINDS.indexOf(indicator.kind);
    const draft = drafts[kind]!;
    const { value, line } = indicator;
    const isWord = draft.words.add(value);
    if (isWord) addLine(draft, line);
    else if (draft.others.has(value)) continue;
    else draft.others.set(value, line);
    if (length === order.length) order = Buffer.concat([order, Buffer.alloc(length)]);
    order[length] = isWord ? kind : kind + OTHER;
    length += 1;
  }
  const columns = drafts.map(
    ({ words, lines, count, others }): KindColumn => ({
      words: words.done(),
      lines: lines.subarray(0, count),
      others,
    }),
  );
  return {
    length,
    of: (kind) => columns[INDICATOR_KINDS.indexOf(kind)]!,
    *[Symbol.iterator]() {
      const next = new Uint32Array(OTHER);
      const others = columns.map((column) => column.others.entries());
      for (const code of order.subarray(0, length)) {
        const kind = INDICATOR_KINDS[code % OTHER]!;
        if (code >= OTHER) {
          const [value, line] = others[code % OTHER]!.next().value!;
          yield { kind, value, line };
          continue;
        }
        const { words, lines } = columns[code]!;
        const index = next[code]!;
        next[code] = index + 1;
        yield { kind, value: wordOf(words, index), line: lines[index]! };
      }
    },
  };
}

function addLine(draft: { lines: Uint32Array; count: number }, line: number): void {
  if (draft.count === draft.lines.length) {
    const larger = new Uint32Array(draft.count * 2);
    larger.set(draft.lines);
    draft.lines = larger;
  }
  draft.lines[draft.count] = line;
  draft.count += 1;
}
