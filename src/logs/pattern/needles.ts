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
export function needleTest({ texts, areAtStart }: Needles): (text: string) => boolean {
  if (texts.length === 0) return () => true;
  if (areAtStart) return (text) => texts.some((needle) => text.startsWith(needle));
  const wanted = texts.map((needle) => [needle, ...signsOf(needle)] as const);
  return (text) => {
    if (latest.text !== text) latest = { text, signs: signsOf(text) };
    const [a, b, c] = latest.signs;
    for (const [needle, x, y, z] of wanted)
      if ((a & x) === x && (b & y) === y && (c & z) === z && text.includes(needle)) return true;
    return false;
  };
}

type Signs = readonly [number, number, number];

/** All formats are asked about one line, one after the other. */
let latest: { text: string; signs: Signs } = { text: '', signs: [0, 0, 0] };

/** Which characters of ASCII a text holds: what lacks one of a needle's need not be searched for it. */
function signsOf(text: string): Signs {
  let [a, b, c] = [0, 0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const bit = 1 << (code & 31);
    if (code < 64) a |= bit;
    else if (code < 96) b |= bit;
    else if (code < 128) c |= bit;
  }
  return [a, b, c];
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
