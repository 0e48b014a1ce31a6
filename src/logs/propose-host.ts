/**
 * Which machine wrote a file whose lines name none: said by the user, else proposed from where the file lies in a copied
 * file system, and marked so.
 */
import { closeSync, constants, fstatSync, openSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { HostBasis } from '../events/event.ts';
import type { FilePath } from './input-path.ts';
import { type Adjustment, type SaidOfFiles, saidOf } from './said-of-files.ts';
import { readHead } from './spool.ts';

/** Where the path of a file leaves the copied file system that it lies in. */
const LOG_FOLDER = /^(.*?)[!/]*\/var\/(?:log|www|lib|adm|opt)\//s;
/** Folders that are called after what they are, not after a machine. */
const NO_HOST =
  /^(?:root|rootfs|mnt|media|image|img|disk|fs|files?|data|logs?|sysroot|target|host|system|evidence|extracted?|unpacked|mount|upper|merged|diff|overlay|snapshot|backup|collect(?:ed|ion)?|case|src|home|tmp|c|d|[a-z]?part\d*|p\d+|sd[a-z]\d*|\d+)$/i;
const HOST = /^(?=.{1,253}$)[a-z\d](?:[a-z\d-]{0,62})(?:\.[a-z\d][a-z\d-]{0,62})*$/i;
const ARCHIVE = /(?:\.(?:tar|zip|7z|tgz|txz|tbz2?|tzst|gz|bz2|xz|zst|lz4))+$/i;
/** What tells a machine's name from any other word. */
const NAMED_LIKE_HOST = /[\d.-]/;
const MOST_BYTES = 256;

/**
 * What is changed in the events of a file.
 * @param path as shown
 * @param absolute where it lies
 */
export function adjustmentOf(
  said: SaidOfFiles | undefined,
  path: string,
  absolute: FilePath,
): Adjustment | undefined {
  const skewUs = saidOf(said?.skews, path) ?? 0;
  const named = saidOf(said?.hosts, path);
  const place = path.includes('!/') ? path : absolute.toString();
  const proposed = named === undefined ? proposeHost(place) : undefined;
  const host = named ?? proposed?.host;
  const isFormatSaid = saidOf(said?.formats, path) === 'generic';
  if (skewUs === 0 && host === undefined && !isFormatSaid) return undefined;
  const hostBasis = named === undefined ? proposed?.basis : 'option';
  return { skewUs, host, hostBasis, isFormatSaid };
}

/**
 * The machine whose file system a path lies in: by `etc/hostname` of the same copy, else by the name of the folder
 * above `var`. Undefined for the file system that we run on, and where neither looks like a name.
 */
export function proposeHost(
  path: string,
): { host: string; basis: Exclude<HostBasis, 'option'> } | undefined {
  const root = LOG_FOLDER.exec(path)?.[1] ?? '';
  if (root === '') return undefined;
  const written = hostnameFile(`${root}/etc/hostname`);
  if (written !== undefined) return { host: written, basis: 'hostname-file' };
  const folder = basename(root).replace(ARCHIVE, '');
  const isHost = HOST.test(folder) && NAMED_LIKE_HOST.test(folder) && !NO_HOST.test(folder);
  return isHost ? { host: folder, basis: 'folder' } : undefined;
}

/** The name in a file such as `/etc/hostname`. @see hostname(5) */
function hostnameFile(path: string): string | undefined {
  try {
    // Links in a copied file system lead into the one that we run on.
    const folder = dirname(path);
    if (realpathSync(folder) !== join(realpathSync(dirname(folder)), 'etc')) return undefined;
    const descriptor = openSync(
      path,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    try {
      if (!fstatSync(descriptor).isFile()) return undefined;
      const lines = readHead(descriptor, MOST_BYTES).toString('utf8').split('\n');
      const name = lines.map((line) => line.trim()).find((line) => line !== '' && line[0] !== '#');
      return name !== undefined && HOST.test(name) && name !== 'localhost' ? name : undefined;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}
