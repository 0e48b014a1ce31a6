/** Leaves out unpacked copies of what is read anyway: a log lies in its folder, packed beside it, and in the support bundle. */
import { createHash } from 'node:crypto';
import { closeSync, readSync } from 'node:fs';
import { openInput } from './open-input.ts';
import type { UndatedFile } from './prepare.ts';
import type { Turn } from './turns.ts';
import { type InputProblem, STDIN_PATH } from './walk.ts';

/**
 * Keeps of unpacked contents that are the same, byte for byte and of one host, the first, and none where a file of that
 * content lies there unpacked. Files that nobody packed are all kept: two machines may have written the same.
 */
export async function withoutCopies(
  files: readonly UndatedFile[],
  turn: Turn,
): Promise<{ files: UndatedFile[]; problems: InputProblem[] }> {
  const first = new Map<UndatedFile, string>();
  for (const alike of groupsOf(files)) {
    const kept = new Map<string, UndatedFile[]>();
    for (const file of [...alike.filter((one) => !isCopy(one)), ...alike.filter(isCopy)]) {
      await turn();
      const content = await hashOf(file, turn);
      if (content === undefined) continue;
      const same = kept.get(content) ?? [];
      const original = isCopy(file) ? same.find((one) => mayShareHost(one, file)) : undefined;
      if (original !== undefined) first.set(file, original.path);
      else kept.set(content, [...same, file]);
    }
  }
  return {
    files: files.filter((file) => !first.has(file)),
    problems: files.flatMap((file) => {
      const path = first.get(file);
      const reason = `the same content as ${path}: read there`;
      return path === undefined ? [] : [{ path: file.path, reason, isFailure: false }];
    }),
  };
}

/** Two machines may have written the same. */
const mayShareHost = ({ adjustment: one }: UndatedFile, { adjustment: other }: UndatedFile) =>
  one?.host === undefined || other?.host === undefined || one.host === other.host;

/** Of standard input nobody kept another. */
const isCopy = ({ contentState, path }: UndatedFile): boolean =>
  contentState === undefined && path !== STDIN_PATH;

/** Files that can be the same: as long, and one of them unpacked by us. */
function groupsOf(files: readonly UndatedFile[]): UndatedFile[][] {
  const groups = new Map<number, UndatedFile[]>();
  for (const file of files) {
    if (file.contentBytes === 0) continue;
    const group = groups.get(file.contentBytes);
    if (group === undefined) groups.set(file.contentBytes, [file]);
    else group.push(file);
  }
  return [...groups.values()].filter((group) => group.length > 1 && group.some(isCopy));
}

const BLOCK_BYTES = 1 << 18;

/** Undefined when the content went away: then it is no copy of anything. */
async function hashOf(
  { absolute, contentBytes, contentState }: UndatedFile,
  turn: Turn,
): Promise<string | undefined> {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let descriptor: number;
  try {
    descriptor = openInput(absolute, contentState);
  } catch {
    return undefined;
  }
  try {
    for (let at = 0; at < contentBytes; ) {
      await turn();
      const got = readSync(descriptor, block, 0, Math.min(block.length, contentBytes - at), at);
      if (got === 0) return undefined;
      hash.update(block.subarray(0, got));
      at += got;
    }
    return hash.digest('hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
