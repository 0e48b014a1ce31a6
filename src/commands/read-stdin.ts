/** Reads what was piped in. */
import { fstatSync } from 'node:fs';
import { usageError } from '../errors.ts';

/** The whole of stdin as UTF-8. Throws a usage error when it is larger than `maxBytes`. */
export async function readStdin(maxBytes = 1_000_000): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      throw usageError(
        `stdin holds more than ${maxBytes} bytes`,
        'Keep the long text as a file and cite it.',
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Is there something to read on standard input? */
export function isPiped(): boolean {
  try {
    const status = fstatSync(0);
    return status.isFIFO() || status.isFile() || status.isSocket();
  } catch {
    return false;
  }
}
