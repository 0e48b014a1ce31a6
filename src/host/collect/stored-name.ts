/** Where a file of a machine lies in a collection: below `files/`, under a name that every system and tool can hold. */
import { createHash } from 'node:crypto';
import type { FilePath } from '../../logs/input-path.ts';

const MOST_BYTES = 200;

/** The path below the output. Bytes that are not plain are written `%XX`; a part that is too long ends in a hash of all of it. */
export function storedName(path: FilePath): string {
  const parts = Buffer.from(path)
    .toString('latin1')
    .split('/')
    .filter((part) => part !== '');
  return `files/${parts.map(storedPart).join('/')}`;
}

function storedPart(part: string): string {
  const plain = part.replace(
    /[^\w.@+=,:-]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  // `.` and `..` are no names.
  const name = /^\.{1,2}$/.test(plain) ? plain.replaceAll('.', '%2E') : plain;
  if (name.length <= MOST_BYTES) return name;
  const hash = createHash('sha256').update(part, 'latin1').digest('hex').slice(0, 16);
  return `${name.slice(0, MOST_BYTES).replace(/%[0-9A-F]?$/, '')}~${hash}`;
}
