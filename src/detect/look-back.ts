/** What a reader must have seen of a log before its piece begins: the processes that it tells of there. */
import { closeSync, openSync } from 'node:fs';
import type { Event } from '../events/event.ts';
import { readChunks } from '../logs/chunks.ts';
import { createClock } from '../logs/clock.ts';
import { LOOK_BACK_BYTES, type LogFormat } from '../logs/formats/log-format.ts';
import { createAccount } from '../logs/line-account.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import { createEventReader } from '../logs/read-events.ts';
import { atOnce } from '../logs/turns.ts';

/** A part of a file, by where its lines begin. */
export interface ByteRange {
  absolute: PreparedFile['absolute'];
  start: number;
  end: number;
  sizeBytes: number;
}

const NUMBERED = /^(.*?)(?:\.(\d{1,6}))?(?:\.gz)?$/;

/** Gives the ranges before the piece of `files[index]` that begins at `start`; none for logs without processes. */
export function createLookBack(
  files: readonly PreparedFile[],
): (index: number, start: number) => readonly ByteRange[] {
  const byPath = new Map(files.map((file) => [file.path.replace(/\.gz$/, ''), file]));
  /** The file that was rotated away when this one began. */
  const olderOf = ({ path }: PreparedFile): PreparedFile | undefined => {
    const [, base = '', number = '0'] = NUMBERED.exec(path) ?? [];
    return byPath.get(`${base}.${Number(number) + 1}`);
  };
  return (index, start) => {
    const file = files[index];
    const format = file?.format;
    if (file === undefined || format?.hasProcesses !== true) return [];
    const ranges: ByteRange[] = [];
    let missing = LOOK_BACK_BYTES;
    let end = start;
    for (let part: PreparedFile | undefined = file; part !== undefined && missing > 0; ) {
      const from = Math.max(0, end - missing);
      if (end > from) {
        const { absolute, contentBytes } = part;
        ranges.unshift({ absolute, start: from, end, sizeBytes: contentBytes });
      }
      missing -= end - from;
      part = olderOf(part);
      if (part?.format !== format) break;
      end = part.contentBytes;
    }
    return ranges;
  };
}

/** Hands out the events of the ranges. What cannot be read is said by whoever reads it for itself. */
export function readBack(
  ranges: readonly ByteRange[],
  format: LogFormat | undefined,
  formats: readonly LogFormat[],
  sink: (event: Event) => void,
): void {
  for (const { absolute, start, end, sizeBytes } of ranges) {
    // The times of these events do not matter: no zone and no year has to be known.
    const clock = createClock({ zone: 'UTC' });
    const reader = createEventReader({ format, formats, clock, account: createAccount(), sink });
    let descriptor: number | undefined;
    try {
      descriptor = openSync(absolute, 'r');
      atOnce(readChunks(descriptor, start, end, sizeBytes, reader));
      reader.end();
    } catch {
      // Its own piece says so.
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }
}
