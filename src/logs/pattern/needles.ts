/**
 * Texts of which every line of a format holds one, so that most lines of others are told without any pattern: a look for a
 * text is many times cheaper than a match, and a format that is never asked need not be compiled.
 */
import type { FormatDocument } from './format-document.ts';
import { parsePattern } from './parse-pattern.ts';
import type { Node, Sequence } from './pattern-node.ts';

/** Looking for more of them costs more than it saves. */
const MOST = 40;

/** What a format file's lines hold. */
export interface Needles {
  texts: readonly string[];
  /** They stand at the beginning of the line. */
  areAtStart: boolean;
}

/** Nothing is known of the lines. */
export const NO_NEEDLES: Needles = { texts: [], areAtStart: false };

/** May the text be a line of which that is known? */
export function holds({ texts, areAtStart }: Needles, text: string): boolean {
  if (texts.length === 0) return true;
  for (const needle of texts)
    if (areAtStart ? text.startsWith(needle) : text.includes(needle)) return true;
  return false;
}

/** The needles of the lines of a format; none where a line may do without, or case does not count. */
export function needlesOf({
  lines,
  ignoresCase,
}: Pick<FormatDocument, 'lines' | 'ignoresCase'>): Needles {
  const sequences = lines.flatMap(({ patterns }) => patterns).map(parsePattern);
  const gather = (find: (sequence: Sequence) => readonly string[] | undefined): string[] => {
    const found = sequences.map(find);
    const texts = new Set(found.flatMap((each) => each ?? []));
    return found.includes(undefined) || texts.size > MOST ? [] : [...texts];
  };
  if (ignoresCase) return NO_NEEDLES;
  const texts = gather(beginnings);
  return texts.length > 0
    ? { texts, areAtStart: true }
    : { texts: gather(required), areAtStart: false };
}

/** What a text of the sequence begins with: one of these. */
function beginnings(sequence: Sequence): readonly string[] | undefined {
  const [first, ...rest] = sequence;
  if (first === undefined) return undefined;
  if (first.is === 'literal') return [first.text];
  if (first.is === 'field') return first.kind.words;
  const found = first.branches.map((branch) => beginnings([...branch, ...rest]));
  return found.every((each) => each !== undefined) ? found.flat() : undefined;
}

/** One of these must stand in a text of the sequence: the choice whose shortest is longest. */
function required(sequence: Sequence): readonly string[] | undefined {
  let best: readonly string[] | undefined;
  for (const node of sequence) {
    const needles = requiredBy(node);
    if (needles !== undefined && (best === undefined || worth(needles) > worth(best)))
      best = needles;
  }
  return best;
}

function requiredBy(node: Node): readonly string[] | undefined {
  if (node.is === 'literal') return node.text.trim() === '' ? undefined : [node.text];
  if (node.is === 'field') return node.kind.words;
  const needles = node.branches.map(required);
  return needles.every((each) => each !== undefined) ? needles.flat() : undefined;
}

const worth = (needles: readonly string[]): number =>
  Math.min(...needles.map((needle) => needle.length)) - needles.length / 16;
