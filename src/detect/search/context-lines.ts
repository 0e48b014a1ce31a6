/** The lines around those that were found, as grep has them: none twice, and marked where some were left out. */
import { closeSync } from 'node:fs';
import { openInput } from '../../logs/open-input.ts';
import type { UndatedFile } from '../../logs/prepare.ts';
import { type BlockReader, createBlockReader } from '../block-reader.ts';
import type { FoundLine, FoundPart } from './search-files.ts';

/** How many lines are wanted. */
export interface Around {
  before: number;
  after: number;
}

/** Adds the lines around those that were found, which come in the order of the files. Records of files that are no text have none. */
export async function* withContext(
  parts: AsyncIterable<FoundPart>,
  files: readonly UndatedFile[],
  around: Around,
): AsyncGenerator<FoundPart> {
  let open: OpenFile | undefined;
  let isFirst = true;
  try {
    for await (const part of parts) {
      if (open?.file !== part.file) {
        if (open !== undefined) yield { file: open.file, count: 0, lines: open.rest() };
        open?.close();
        open = openFile(files[part.file] as UndatedFile, part.file, around);
      }
      const lines = [...part.lines].flatMap((line) => (open as OpenFile).around(line));
      if (isFirst && lines[0] !== undefined) lines[0] = { ...lines[0], isApart: false };
      isFirst = false;
      yield { ...part, lines };
    }
    if (open !== undefined) yield { file: open.file, count: 0, lines: open.rest() };
  } finally {
    open?.close();
  }
}

/** A file whose lines are shown. */
interface OpenFile {
  file: number;
  /** The line with those before it and those that the one before still wants behind it. */
  around(found: FoundLine): FoundLine[];
  /** What the last line still wants. */
  rest(): FoundLine[];
  close(): void;
}

function openFile(
  { absolute, contentState, contentBytes, isRecords }: UndatedFile,
  file: number,
  { before, after }: Around,
): OpenFile {
  const descriptor = isRecords ? undefined : openAgain(absolute, contentState);
  const blockAt =
    descriptor === undefined ? undefined : createBlockReader(descriptor, contentBytes);
  // Where the last line that was shown ends, and how many are wanted behind it.
  let shown = { offset: 0, line: 1 };
  let isNew = true;
  let wanted = 0;

  const follow = (limit: number): FoundLine[] => {
    const lines: FoundLine[] = [];
    while (blockAt !== undefined && wanted > 0 && shown.offset < limit) {
      const bytes = lineAt(blockAt, shown.offset, contentBytes);
      lines.push({ file, ...shown, bytes, isContext: true });
      shown = { offset: shown.offset + bytes.length + 1, line: shown.line + 1 };
      wanted -= 1;
    }
    return lines;
  };

  return {
    file,
    around(found) {
      const lines = follow(found.offset);
      const starts: number[] = [];
      let first = found.offset;
      while (blockAt !== undefined && starts.length < before && first > shown.offset) {
        first = lineStartBefore(blockAt, first);
        starts.unshift(first);
      }
      const isApart = isNew || first > shown.offset;
      const group: FoundLine[] = starts.map((offset, index) => ({
        ...{ file, offset, line: found.line - starts.length + index, isContext: true },
        bytes: lineAt(blockAt as BlockReader, offset, contentBytes),
      }));
      group.push(found);
      group[0] = { ...(group[0] as FoundLine), isApart };
      shown = { offset: found.offset + found.bytes.length + 1, line: found.line + 1 };
      wanted = after;
      isNew = false;
      return [...lines, ...group];
    },
    rest: () => follow(contentBytes),
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
    },
  };
}

/** A file that went away has no lines around those that were found. */
function openAgain(...place: Parameters<typeof openInput>): number | undefined {
  try {
    return openInput(...place);
  } catch {
    return undefined;
  }
}

const STEP_BYTES = 1 << 14;
/** What stands around may be cut, it is only there to be looked at. */
const MOST_BYTES = 1 << 20;

function lineAt(blockAt: BlockReader, offset: number, sizeBytes: number): Uint8Array {
  for (let length = STEP_BYTES; ; length *= 8) {
    const block = blockAt(offset, length);
    const newline = block.indexOf(10);
    const isWhole = newline !== -1 || length >= MOST_BYTES || offset + block.length >= sizeBytes;
    // A copy: the next block takes the place of this one.
    if (isWhole) return Uint8Array.from(block.subarray(0, newline === -1 ? block.length : newline));
  }
}

/** Where the line begins that ends at `end`. */
function lineStartBefore(blockAt: BlockReader, end: number): number {
  for (let stop = end - 1; stop > 0; ) {
    const start = Math.max(0, stop - STEP_BYTES);
    const newline = blockAt(start, stop - start).lastIndexOf(10);
    if (newline !== -1) return start + newline + 1;
    stop = start;
  }
  return 0;
}
