/** Contributing factors as a tree: `Scripts ran in the upload folder > nobody reviewed the configuration > it has no owner` is a chain of whys. */
import type { NoteItem } from './report-model.ts';

/** A factor; `above` has one member for each that it hangs under. */
export interface CauseItem {
  text: string;
  above: readonly string[];
}

const MOST_DEPTH = 7;

/** The tree in reading order; factors that begin alike share their stems, and what was withdrawn is left out. */
export function causeTree(factors: readonly NoteItem[]): CauseItem[] {
  const paths = factors
    .filter(({ withdrawn }) => withdrawn === null)
    .map(({ text }) =>
      text
        .split(/\s+>\s+/)
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .slice(0, MOST_DEPTH),
    );
  return branch(paths, []);
}

function branch(paths: readonly (readonly string[])[], above: readonly string[]): CauseItem[] {
  const stems = [...new Set(paths.flatMap(([first]) => first ?? []))];
  return stems.flatMap((text) => {
    const under = paths.filter(([first]) => first === text).map(([, ...rest]) => rest);
    return [{ text, above }, ...branch(under, [...above, text])];
  });
}
