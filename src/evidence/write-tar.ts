/**
 * A tar archive as a stream: regular files alone, in the ustar form that every tar reads.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html (ustar Interchange Format)
 */

const BLOCK = 512;
/** What eleven octal digits hold; larger sizes are in base 256, as GNU tar, bsdtar and Python have them. */
const MOST_OCTAL = 8 ** 11 - 1;

/** A file of the archive. Its content must have exactly that many bytes. */
export interface TarFile {
  /** At most 100 bytes, or 155 and 100 around a slash. */
  name: string;
  sizeBytes: number;
  mtimeMs: number;
  content(): AsyncIterable<Uint8Array>;
}

/** The bytes of the archive. @throws Error where a content has another length, or a name does not fit */
export async function* writeTar(files: Iterable<TarFile>): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    yield headerOf(file);
    let left = file.sizeBytes;
    for await (const piece of file.content()) {
      left -= piece.length;
      if (left < 0) break;
      yield piece;
    }
    if (left !== 0) throw new Error(`${file.name} has not ${file.sizeBytes} bytes`);
    const padding = (BLOCK - (file.sizeBytes % BLOCK)) % BLOCK;
    if (padding > 0) yield Buffer.alloc(padding);
  }
  yield Buffer.alloc(2 * BLOCK);
}

function headerOf({ name, sizeBytes, mtimeMs }: TarFile): Buffer {
  const header = Buffer.alloc(BLOCK);
  const [prefix, base] = splitName(name);
  header.write(base, 0, 100, 'utf8');
  header.write('0000600\0', 100, 'latin1');
  header.write('0000000\0', 108, 'latin1');
  header.write('0000000\0', 116, 'latin1');
  writeNumber(header, 124, sizeBytes);
  writeNumber(header, 136, Math.max(0, Math.floor(mtimeMs / 1000)));
  header.write('        0', 148, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  header.write(prefix, 345, 155, 'utf8');
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

function writeNumber(header: Buffer, at: number, value: number): void {
  if (value <= MOST_OCTAL) {
    header.write(`${value.toString(8).padStart(11, '0')}\0`, at, 'latin1');
    return;
  }
  header[at] = 0x80;
  header.writeBigUInt64BE(BigInt(value), at + 4);
}

function splitName(name: string): [prefix: string, base: string] {
  if (Buffer.byteLength(name) <= 100) return ['', name];
  for (let at = name.indexOf('/'); at !== -1; at = name.indexOf('/', at + 1)) {
    const [prefix, base] = [name.slice(0, at), name.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(base) <= 100) return [prefix, base];
  }
  throw new Error(`the name ${name} is too long for an archive`);
}
