/** A scenario that is like another has that one's logs, people and ordinary days, and tells another story. */
import { usageError } from '../errors.ts';

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Maps of which the scenario's own rows come beside those of the other, or in their place. */
const JOINED = ['files', 'lists', 'names', 'records'];

/**
 * What a file says, with what it leaves to the one that it is `like`; one without logs gets those of nobody.
 * @param read the tree of a bundled scenario
 * @throws IrError (exit 2) for a chain of such files
 */
export function withWhatItIsLike(own: unknown, read: (name: string) => unknown): unknown {
  if (!isTree(own)) return own;
  const { like, ...rest } = own;
  if (like === undefined) return 'records' in own || 'site' in own ? own : { ...NO_LOGS, ...own };
  const other = read(String(like));
  if (!isTree(other) || !('records' in other) || 'like' in other)
    throw usageError(
      `a scenario can be like one that tells its lines itself, not "${String(like)}"`,
    );
  const joined = Object.fromEntries(
    JOINED.map((key) => [key, { ...treeAt(other, key), ...treeAt(rest, key) }]),
  );
  const routines = [...listAt(other, 'routines'), ...listAt(rest, 'routines')];
  const { exercise: _, answers: __, ...usual } = other;
  return { ...usual, ...rest, ...joined, routines };
}

const NO_LOGS: Tree = {
  start: '2026-01-01T00:00:00Z',
  days: 1,
  files: {},
  rhythm: Array.from({ length: 24 }, () => 1),
  lists: {},
  records: {},
  routines: [],
  chapters: [],
};

const treeAt = (tree: Tree, key: string): Tree => {
  const value = tree[key];
  return isTree(value) ? value : {};
};
const listAt = (tree: Tree, key: string): readonly unknown[] => {
  const value = tree[key];
  return Array.isArray(value) ? value : [];
};
