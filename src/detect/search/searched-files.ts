/** Makes the files of a search ready: most need nothing but to be text, and no format is loaded for them. */
import { closeSync } from 'node:fs';
import { openInput } from '../../logs/open-input.ts';
import {
  isProblem,
  type PrepareOptions,
  prepareFile,
  type UndatedFile,
} from '../../logs/prepare.ts';
import { withoutCopies } from '../../logs/same-content.ts';
import { readHead } from '../../logs/spool.ts';
import type { Turn } from '../../logs/turns.ts';
import { type InputFile, type InputProblem, STDIN_PATH } from '../../logs/walk.ts';

/** What can be searched, in the order of the walk, and what cannot. */
export interface SearchedFiles {
  files: readonly UndatedFile[];
  problems: readonly InputProblem[];
}

/**
 * Opens and unpacks the files. Those that are no text, and documents on a single line, are read as what their format says:
 * record by record (`isRecords`); all others by lines.
 */
export async function searchedFiles(
  found: readonly InputFile[],
  options: Omit<PrepareOptions, 'formats'>,
  turn: Turn,
): Promise<SearchedFiles> {
  const files: UndatedFile[] = [];
  const problems: InputProblem[] = [];
  for (const file of found) {
    await turn();
    const prepared = await prepareFile(file, { ...options, formats: [], isUndated: true });
    const isOdd = prepared.some((one) =>
      isProblem(one) ? !one.isFailure || isUnknown(one) : isOneLine(one),
    );
    const known = isOdd && file.path !== STDIN_PATH ? await prepareKnown(file, options) : prepared;
    for (const one of known) {
      if (isProblem(one)) problems.push(one);
      else files.push(isOdd ? one : { ...one, isRecords: false });
    }
  }
  const single = await withoutCopies(files, turn);
  return { files: single.files, problems: [...problems, ...single.problems] };
}

/** Named by the user, and no text: a format may know it. */
const isUnknown = ({ reason }: InputProblem): boolean => /binary|NUL/.test(reason);

async function prepareKnown(
  file: InputFile,
  options: Omit<PrepareOptions, 'formats'>,
): Promise<Awaited<ReturnType<typeof prepareFile>>> {
  const { FORMATS } = await import('../../logs/formats/list.ts');
  const prepared = await prepareFile(file, { ...options, formats: FORMATS, isUndated: true });
  return prepared.map((one) =>
    isProblem(one) || one.format?.records?.isBinary === true || isOneLine(one)
      ? one
      : { ...one, isRecords: false },
  );
}

/** Longer than any line that is meant to be read. */
const LINE_BYTES = 1 << 12;

/** Does it begin as a document that is written without line breaks? */
function isOneLine({ absolute, contentState, contentBytes }: UndatedFile): boolean {
  if (contentBytes < LINE_BYTES) return false;
  try {
    const descriptor = openInput(absolute, contentState);
    try {
      const head = readHead(descriptor, LINE_BYTES);
      return (head[0] === 0x7b || head[0] === 0x5b) && !head.includes(10);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // It went away: the search will say so.
    return false;
  }
}
