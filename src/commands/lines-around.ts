/** The lines before and after a cited one, as they stand in its file: what a reader looks at next. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Evidence } from '../detect/finding.ts';
import type { PageLine } from '../pages/page-item.ts';

const LINES = 3;
const BYTES = 4_096;
const MOST_OPEN = 50;

/** Reads what stands around a line; undefined where the file does not show it there any more, or is packed. */
export type ReadAround = (
  evidence: Evidence,
) => { before: readonly PageLine[]; after: readonly PageLine[] } | undefined;

/** A reader that keeps files open until it is closed. @param pathOf where a file lies */
export function createLineReader(pathOf: (file: string) => string): {
  read: ReadAround;
  close(): void;
} {
  const open = new Map<string, number | undefined>();
  const descriptorOf = (file: string): number | undefined => {
    if (open.has(file) || open.size >= MOST_OPEN) return open.get(file);
    let descriptor: number | undefined;
    try {
      descriptor = openSync(pathOf(file), 'r');
    } catch {
      // Standard input, a member of an archive, a file that is gone.
    }
    open.set(file, descriptor);
    return descriptor;
  };
  return {
    read(evidence) {
      const descriptor = descriptorOf(evidence.file);
      return descriptor === undefined ? undefined : readAround(descriptor, evidence);
    },
    close() {
      for (const descriptor of open.values()) if (descriptor !== undefined) closeSync(descriptor);
      open.clear();
    },
  };
}

function readAround(
  descriptor: number,
  { file, line, offset, raw }: Evidence,
): ReturnType<ReadAround> {
  const bytes = Buffer.byteLength(raw, 'utf8');
  const from = Math.max(0, offset - BYTES);
  const read = (at: number, length: number): string => {
    const block = Buffer.alloc(length);
    return block.subarray(0, readSync(descriptor, block, 0, length, at)).toString('utf8');
  };
  try {
    // Packed content has other offsets: what stands there is not the line.
    const start = raw.slice(0, 40);
    if (start === '' || read(offset, Buffer.byteLength(start)) !== start) return undefined;
    const above = read(from, offset - from)
      .split('\n')
      .slice(0, -1);
    // What the block begins with is cut.
    const before = (from === 0 ? above : above.slice(1)).slice(-LINES);
    const behind = read(offset + bytes, BYTES).split('\n');
    const after = behind.slice(1, -1).slice(0, LINES);
    const told = (text: string, at: number): PageLine => ({
      ...{ place: `${file}:${at}`, text: text.replace(/\r$/, ''), isAround: true },
    });
    return {
      before: before.map((text, index) => told(text, line - before.length + index)),
      after: after.map((text, index) => told(text, line + 1 + index)),
    };
  } catch {
    return undefined;
  }
}
