/** The key of names for values, and what is derived from it. Without it a name tells nothing, and cannot be guessed either. */
import { hkdfSync, scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { EXIT, IrError, messageOf, usageError } from '../errors.ts';
import { bytesOf, createCoder } from './hmac.ts';

/** How the characters of a value are bytes of its file: one each, or as a text that was decoded. */
export type Encoding = 'latin1' | 'utf8';

/** What is derived of a key. */
export interface MaskKey {
  /** Tells keys apart, and says nothing of them: 8 hexadecimal digits. */
  id: string;
  /**
   * Names a value, with a lead: 16 characters of base32, 80 bits. The same value under the same kind has the same name.
   * @param lead of ASCII, such as `tok-card-`
   */
  nameOf(lead: string, kind: string, value: string, encoding: Encoding): string;
  /** 32 bytes of a name's code, for addresses. */
  codeOf(kind: string, value: string): Buffer;
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
  const coder = createCoder(derived('names'));
  /** The code of kind, NUL and value, whose bytes are written where they are hashed. */
  const codeOf = (kind: string, value: string, encoding: Encoding): Int32Array => {
    const from = kind.length + 1;
    const message = coder.room(from + value.length * (encoding === 'utf8' ? 3 : 1));
    writeShort(message, 0, kind);
    message[kind.length] = 0;
    const isShort = encoding === 'latin1' && value.length < SHORT;
    if (isShort) writeShort(message, from, value);
    const length = isShort ? value.length : message.write(value, from, encoding);
    return coder.code(from + length);
  };
  const name = Buffer.alloc(LONGEST_NAME);
  return {
    id: derived('id').toString('hex', 0, 4),
    codeOf: (kind, value) => bytesOf(codeOf(kind, value, 'utf8')),
    nameOf(lead, kind, value, encoding) {
      writeShort(name, 0, lead);
      writeBase32(name, lead.length, codeOf(kind, value, encoding));
      return name.toString('latin1', 0, lead.length + NAME);
    },
    mapKey: derived('map'),
  };
}

/** Below that many characters a loop is faster than a call out of the engine. */
const SHORT = 64;
/** Characters of a name, and of a name with its lead: those of a kind are few. */
const NAME = 16;
const LONGEST_NAME = 256;

function writeShort(into: Uint8Array, from: number, text: string): void {
  for (let at = 0; at < text.length; at += 1) into[from + at] = text.charCodeAt(at);
}

const BASE32_CODES = Uint8Array.from(BASE32, (letter) => letter.charCodeAt(0));

/** The first 80 bits: sixteen times five, the first word ends within the seventh. */
function writeBase32(into: Uint8Array, from: number, code: Int32Array): void {
  let held = 0;
  let bits = 0;
  let word = 0;
  for (let at = 0; at < NAME; at += 1) {
    if (bits < 5) {
      // Sixteen bits at a time: what is held stays below 2^21.
      const half = ((code[word >> 1] as number) >>> (word % 2 === 0 ? 16 : 0)) & 0xffff;
      held = ((held & ((1 << bits) - 1)) << 16) | half;
      bits += 16;
      word += 1;
    }
    bits -= 5;
    into[from + at] = BASE32_CODES[(held >>> bits) & 31] as number;
  }
}
