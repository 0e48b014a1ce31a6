/** The key of names for values, and what is derived from it. Without it a name tells nothing, and cannot be guessed either. */
import { hkdfSync, scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { EXIT, IrError, messageOf, usageError } from '../errors.ts';
import { createHmacOf } from './hmac.ts';

/** What is derived of a key. */
export interface MaskKey {
  /** Tells keys apart, and says nothing of them: 8 hexadecimal digits. */
  id: string;
  /** Names a value: 16 characters of base32, 80 bits. The same value under the same kind has the same name. */
  nameOf(kind: string, value: Uint8Array): string;
  /** 32 bytes of a name's code, for addresses. */
  codeOf(kind: string, value: Uint8Array): Buffer;
  /** Encrypts the map. */
  mapKey: Buffer;
}

/** The variable that holds a key where no file is named. */
export const KEY_VARIABLE = 'IR_MASK_KEY';
/** A shorter one can be tried out. */
const LEAST_KEY = 16;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * The text of the key: from the file, else from the environment. Undefined where neither is there.
 * @throws IrError (exit 4) for a file that cannot be read, (exit 2) for a key that is too short
 */
export function readKeyText(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const said = env[KEY_VARIABLE];
  if (file === undefined && (said === undefined || said === '')) return undefined;
  let text: string;
  try {
    text = (file === undefined ? (said as string) : readFileSync(file, 'utf8')).trim();
  } catch (error) {
    throw new IrError(`the key file ${file} cannot be read: ${messageOf(error)}`, {
      exit: EXIT.unreadableInput,
      hint: 'Make one with: ir mask --new-key FILE',
    });
  }
  if (text.length >= LEAST_KEY) return text;
  throw usageError(
    `the key ${file === undefined ? `in ${KEY_VARIABLE}` : `in ${file}`} is too short: ${text.length} characters, at least ${LEAST_KEY} are needed`,
    'Make one with: ir mask --new-key FILE',
  );
}

/** @param text as `readKeyText` gives it; slow to derive, so that a phrase is hard to guess */
export function deriveKey(text: string): MaskKey {
  // No random salt: the same key must give the same names everywhere.
  const master = scryptSync(text, 'ir mask 1', 32, { N: 1 << 14 });
  const derived = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', master, '', purpose, 32));
  const names = derived('names');
  const hmac = createHmacOf(names);
  const leads = new Map<string, Buffer>();
  const codeOf = (kind: string, value: Uint8Array): Buffer => {
    let lead = leads.get(kind);
    if (lead === undefined) {
      lead = Buffer.from(`${kind}\0`);
      leads.set(kind, lead);
    }
    return hmac(lead, value);
  };
  return {
    id: derived('id').toString('hex', 0, 4),
    codeOf,
    nameOf: (kind, value) => base32(codeOf(kind, value)),
    mapKey: derived('map'),
  };
}

/** The first 80 bits. */
function base32(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < 10; at += 5) {
    // Forty bits are eight characters; kept in two halves, as shifts know only 32.
    let high = bytes.readUInt16BE(at) * 16 + ((bytes[at + 2] as number) >> 4);
    let low = ((bytes[at + 2] as number) & 15) * 65_536 + bytes.readUInt16BE(at + 3);
    let left = '';
    let right = '';
    for (let count = 0; count < 4; count += 1) {
      left = (BASE32[high & 31] as string) + left;
      right = (BASE32[low & 31] as string) + right;
      high >>>= 5;
      low >>>= 5;
    }
    text += left + right;
  }
  return text;
}
