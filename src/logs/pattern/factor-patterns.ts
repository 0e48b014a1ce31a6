/** Patterns that begin alike read their beginning once: a dozen forms of a line share one stamp. */
import type { Node, Sequence } from './pattern-node.ts';

/** One sequence that fits what the first of these fits, in their order. */
export function factored(sequences: readonly Sequence[]): Sequence {
  const [only] = sequences;
  if (sequences.length === 1 && only !== undefined) return only;
  const groups: Sequence[][] = [];
  for (const sequence of sequences) {
    const last = groups.at(-1);
    if (last !== undefined && beginAlike(last[0]?.[0], sequence[0])) last.push(sequence);
    else groups.push([sequence]);
  }
  const branches = groups.map((group): Sequence => {
    const [head] = group[0] ?? [];
    if (group.length === 1 || head === undefined) return group[0] ?? [];
    return [head, ...factored(group.map((sequence) => sequence.slice(1)))];
  });
  return branches.length === 1 ? (branches[0] ?? []) : [{ is: 'choice', branches, at: 0 }];
}

function beginAlike(left: Node | undefined, right: Node | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  if (left.is === 'literal') return right.is === 'literal' && left.text === right.text;
  return left.is === 'field' && right.is === 'field' && left.written === right.written;
}
