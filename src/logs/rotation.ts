/** The names that rotation gives to logs: `auth.log.1`, `auth.log.2.gz`, `auth.log-20260104`. */

const DAY_MS = 86_400_000;
const PACKED = /\.(?:gz|bz2|xz|zst|lz4|zip|7z|Z)$/;

/** Does the name say that the content is packed, and so several times larger? */
export const isPackedName = (path: string): boolean => PACKED.test(path);

const DATE = /(?:^|\D)((?:19|20)\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?:\D|$)/;
const NUMBERED = /^(.+?)\.(\d{1,4})(\.log)?$/;

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/**
 * The date a rotated file's name gives (`auth.log-20260104`, `syslog-2026-01-04.gz`), in milliseconds:
 * the end of that day. `undefined` when there is none.
 */
export function rotationDateMs(path: string): number | undefined {
  const found = DATE.exec(nameOf(path));
  if (found === null) return undefined;
  return Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3])) + DAY_MS - 1;
}

/** Which log a file is a part of, and how old it is among the parts: 0 is the one that is written to. */
export interface Rotation {
  log: string;
  age: number;
}

/** What the name says of rotation. Parts with dates in their names bound themselves, and count as not rotated. */
export function rotationOf(path: string): Rotation {
  const bare = path.replace(PACKED, '');
  const found = NUMBERED.exec(nameOf(bare));
  if (found === null) return { log: bare, age: 0 };
  const folder = bare.slice(0, bare.length - nameOf(bare).length);
  return { log: `${folder}${found[1]}${found[3] ?? ''}`, age: Number(found[2]) };
}
