/** The rows of a list: findings, those unfolded followed by their lines, or lines alone; made of what is filtered, without a copy of any line. */
import type { BrowseEntity, BrowseFinding, LineList } from '../../commands/browse-source.ts';

/** One row. */
export type Row =
  | { kind: 'finding'; finding: BrowseFinding; fold: 'closed' | 'reading' | 'open' }
  | { kind: 'line'; list: LineList; number: number; of: BrowseFinding | undefined };

/** Rows by position. */
export interface Rows {
  readonly count: number;
  /** Undefined where there is none. */
  at(position: number): Row | undefined;
  /** -1: not among them. */
  positionOf(finding: BrowseFinding): number;
}

/** Numbers that grow while a search goes on. */
export interface Numbers {
  readonly count: number;
  at(index: number): number;
}

/** Unfolded findings, each with its lines, or being read. */
export type Folds = ReadonlyMap<BrowseFinding, LineList | 'reading'>;

/** Does a finding hold a text, and name an entity? @param text in lower case */
export function holds(
  finding: BrowseFinding,
  text: string,
  entity: BrowseEntity | undefined,
): boolean {
  const { title, id, level, source, entities, techniques, cited } = finding;
  if (entity !== undefined && !entities.some(([, value]) => value === entity[1])) return false;
  if (text === '') return true;
  const has = (one: string): boolean => one.toLowerCase().includes(text);
  if ([title, id, level, source].some(has) || techniques.some(has)) return true;
  if (entities.some(([field, value]) => has(value) || has(`${field}:${value}`))) return true;
  for (let number = 0; number < cited.count; number += 1)
    if (has(cited.at(number).text)) return true;
  return false;
}

/** Rows of findings. */
export function findingRows(findings: readonly BrowseFinding[], folds: Folds): Rows {
  /** Position of each finding; a last one for the end. */
  const starts = new Float64Array(findings.length + 1);
  for (const [index, finding] of findings.entries()) {
    const lines = folds.get(finding);
    const inside = lines === undefined || lines === 'reading' ? 0 : lines.count;
    starts[index + 1] = starts[index]! + 1 + inside;
  }
  return {
    count: starts[findings.length]!,
    positionOf(finding) {
      const index = findings.indexOf(finding);
      return index === -1 ? -1 : starts[index]!;
    },
    at(position) {
      if (position < 0 || position >= starts[findings.length]!) return undefined;
      const index = lastAtOrBefore(starts, position, findings.length);
      const finding = findings[index]!;
      const lines = folds.get(finding);
      const within = position - starts[index]!;
      if (within > 0 && lines !== undefined && lines !== 'reading')
        return { kind: 'line', list: lines, number: within - 1, of: finding };
      const fold = lines === undefined ? 'closed' : lines === 'reading' ? 'reading' : 'open';
      return { kind: 'finding', finding, fold };
    },
  };
}

function lastAtOrBefore(starts: Float64Array, position: number, count: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle]! <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Rows of lines alone. @param found those that a filter found; absent: all */
export const lineRows = (list: LineList, found: Numbers | undefined): Rows => ({
  count: found?.count ?? list.count,
  positionOf: () => -1,
  at(position) {
    if (position < 0 || position >= (found?.count ?? list.count)) return undefined;
    return { kind: 'line', list, number: found?.at(position) ?? position, of: undefined };
  },
});
