/**
 * The way back from names to values, encrypted under the key: files of the workspace, one a run, so that runs beside one
 * another and runs that were killed harm none. A block is length, nonce, tag and text; each is written before the names in it are shown.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { EXIT, IrError, messageOf } from '../errors.ts';
import type { Encoding, MaskKey } from './mask-key.ts';

/** The folder of maps in a workspace. */
export const MAPS = 'masks';
const MAGIC = Buffer.from('irmask1\n', 'latin1');
const HEAD = 4 + 12 + 16;
const FIRST_ROOM = 1 << 16;
const LINE = 10;
const BLANK = 32;

/** Takes names as they are given. */
export interface MapWriter {
  keep(name: string, value: string, encoding: Encoding): void;
  /** Writes what was kept since. @throws IrError (exit 9) */
  flush(): void;
  close(): void;
}

/** A file is made with the first name. @param folder of the workspace */
export function createMapWriter(folder: string, key: MaskKey): MapWriter {
  const path = join(
    folder,
    MAPS,
    `${key.id}-${Date.now().toString(36)}${randomBytes(4).toString('hex')}.map`,
  );
  let waiting: Buffer = Buffer.alloc(FIRST_ROOM);
  let used = 0;
  let file: number | undefined;
  const write = (bytes: Buffer): void => {
    try {
      if (file === undefined) {
        mkdirSync(join(folder, MAPS), { recursive: true, mode: 0o700 });
        file = openSync(path, 'wx', 0o600);
        writeSync(file, MAGIC);
      }
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    } catch (error) {
      throw new IrError(`the map of names cannot be written: ${path}: ${messageOf(error)}`, {
        exit: EXIT.outputFailed,
        hint: 'Without it nobody can unmask. Name a workspace with --store, or use --method hash.',
      });
    }
  };
  return {
    keep(name, value, encoding) {
      const room = name.length + 2 + 4 * (value.length + 2);
      if (used + room > waiting.length) waiting = larger(waiting, used + room);
      if (used > 0) waiting[used++] = LINE;
      used += waiting.write(name, used, 'latin1');
      waiting[used++] = BLANK;
      // btoa takes characters of one byte, which most are.
      used +=
        encoding === 'latin1'
          ? waiting.write(btoa(value), used, 'latin1')
          : waiting.write(Buffer.from(value, 'utf8').toString('base64'), used, 'latin1');
    },
    flush() {
      if (used === 0) return;
      write(seal(key, waiting.subarray(0, used)));
      used = 0;
    },
    close() {
      this.flush();
      if (file === undefined) return;
      fsyncSync(file);
      closeSync(file);
      file = undefined;
    },
  };
}

const larger = (bytes: Buffer, least: number): Buffer => {
  const room = Buffer.alloc(Math.max(least, bytes.length * 2));
  bytes.copy(room);
  return room;
};

function seal({ mapKey }: MaskKey, text: Uint8Array): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', mapKey, nonce);
  const body = Buffer.concat([cipher.update(text), cipher.final()]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, nonce, cipher.getAuthTag(), body]);
}

/** The ids of the keys that there are maps of. */
export function keysWithMaps(folder: string): string[] {
  return [...new Set(mapFiles(folder).map((name) => name.slice(0, 8)))];
}

const mapFiles = (folder: string): string[] => {
  try {
    return readdirSync(join(folder, MAPS)).filter((name) => /^[0-9a-f]{8}-\w+\.map$/.test(name));
  } catch {
    return [];
  }
};

/** What names stand for. */
export interface TokenMap {
  values: ReadonlyMap<string, Buffer>;
  /** Files whose end is missing, as after a kill: what stands before it counts. */
  torn: readonly string[];
}

/** All maps of the key. @throws IrError (exit 7) for one that was changed */
export function readMaps(folder: string, key: MaskKey): TokenMap {
  const values = new Map<string, Buffer>();
  const torn: string[] = [];
  for (const name of mapFiles(folder).filter((one) => one.startsWith(`${key.id}-`))) {
    const path = join(folder, MAPS, name);
    const bytes = readFileSync(path);
    let at = MAGIC.length;
    while (at + HEAD <= bytes.length) {
      const length = bytes.readUInt32BE(at);
      if (at + HEAD + length > bytes.length) break;
      for (const line of open(key, bytes.subarray(at + 4, at + HEAD + length), path).split('\n')) {
        const space = line.indexOf(' ');
        values.set(line.slice(0, space), Buffer.from(line.slice(space + 1), 'base64'));
      }
      at += HEAD + length;
    }
    if (at !== bytes.length) torn.push(path);
  }
  return { values, torn };
}

function open({ mapKey }: MaskKey, block: Buffer, path: string): string {
  try {
    const decipher = createDecipheriv('aes-256-gcm', mapKey, block.subarray(0, 12));
    decipher.setAuthTag(block.subarray(12, 28));
    return Buffer.concat([decipher.update(block.subarray(28)), decipher.final()]).toString('utf8');
  } catch {
    throw new IrError(`the map ${path} does not open: it was changed since it was written`, {
      exit: EXIT.integrity,
      hint: 'Take it from a backup of the workspace.',
    });
  }
}

/** A name in a text; a number of JSON had no quotes. */
const NAMES =
  /(\\{0,15}")tok-number-([a-z-]{1,40}-[a-z2-7]{16})\1|tok-[a-z-]{1,40}-[a-z2-7]{16}(?:@masked\.invalid)?|(?<![\w.])2(?:4\d|5[0-5])(?:\.\d{1,3}){3}(?![\w.])|(?<![\w:])2001:db8(?::[0-9a-f]{1,4}){6}(?![\w:])/g;

/** The bytes with values in place of names; `unknown` hears of names that no map has. */
export function unmaskBytes(
  lines: Buffer,
  { values }: TokenMap,
  unknown: (name: string) => void,
): Buffer {
  const text = lines.toString('latin1');
  let isChanged = false;
  const shown = text.replace(
    NAMES,
    (found: string, _quote: string | undefined, number: string | undefined) => {
      const name = number === undefined ? found : `tok-${number}`;
      const value = values.get(name);
      if (value === undefined) {
        if (name.startsWith('tok-')) unknown(name);
        return found;
      }
      isChanged = true;
      return value.toString('latin1');
    },
  );
  return isChanged ? Buffer.from(shown, 'latin1') : lines;
}
