/**
 * Where an event lies, packed into one number: file index and byte offset. Compact enough that millions
 * of hits fit into typed arrays, and everything else is read again from the file when it is shown.
 */

/** Bytes addressable per file: 64 GiB. */
const OFFSET_SPAN = 2 ** 36;
/** Files addressable in one run: 131,072. */
export const MAX_FILES = 2 ** 17;

/** An exact integer below 2^53; sorts by file, then offset. */
export type Location = number;

/** The location of an event that begins `offset` bytes into a file. */
export const locate = (file: number, offset: number): Location => file * OFFSET_SPAN + offset;
/** The index of the file. */
export const fileOf = (location: Location): number => Math.floor(location / OFFSET_SPAN);
/** Bytes from the beginning of the file, below `OFFSET_SPAN`. */
export const offsetOf = (location: Location): number => location % OFFSET_SPAN;
