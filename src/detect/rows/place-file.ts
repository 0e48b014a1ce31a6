/** Times and locations by number, in a private temporary file: ten million of them take 160 MB of disk and no memory. */
import { readSync } from 'node:fs';
import type { Location } from '../location.ts';
import { createOwnFile } from './own-file.ts';
import { writeAll } from './row-file.ts';

/** When, microseconds since the epoch or `NO_TIME`, and where. */
export interface Place {
  timeUs: number;
  location: Location;
}

/** A list that grows at its end. */
export interface PlaceFile {
  readonly count: number;
  /** @throws IrError when there is no room */
  append(timeUs: number, location: Location): void;
  at(number: number): Place;
  /** Gives the disk space back; nothing can be read any more. */
  remove(): void;
}

/** Places read or written at once. */
const BLOCK = 4_096;
const BYTES = 16;

/** Opens a new file that only this user can read. It goes away with the process at the latest. */
export function createPlaceFile(): PlaceFile {
  const { descriptor, remove } = createOwnFile('places');
  const tail = new Float64Array(2 * BLOCK);
  const block = new Float64Array(2 * BLOCK);
  let inBlock = -1;
  let count = 0;
  return {
    remove,
    get count() {
      return count;
    },
    append(timeUs, location) {
      const at = count % BLOCK;
      tail[2 * at] = timeUs;
      tail[2 * at + 1] = location;
      count += 1;
      if (at === BLOCK - 1)
        writeAll(descriptor, new Uint8Array(tail.buffer), (count - BLOCK) * BYTES);
    },
    at(number) {
      const wanted = Math.floor(number / BLOCK);
      const isTail = wanted === Math.floor(count / BLOCK);
      if (!isTail && wanted !== inBlock) {
        readSync(
          descriptor,
          new Uint8Array(block.buffer),
          0,
          BLOCK * BYTES,
          wanted * BLOCK * BYTES,
        );
        inBlock = wanted;
      }
      const from = isTail ? tail : block;
      const at = number % BLOCK;
      return { timeUs: from[2 * at]!, location: from[2 * at + 1]! };
    },
  };
}
