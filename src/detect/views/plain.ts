/**
 * Is a text plain: can no view of it differ from its percent-decoded form? Nearly all requests are, and are
 * neither normalised nor searched again. A view of a plain text is by definition its decoded form, so what
 * is decided here can cost a finding but never makes the search for literals unsound.
 */

/** What a text is: the rules of addresses and those of header fields differ. */
export type TextKind = 'target' | 'header';

const byteTable = (characters: string, from: number, to: number): Uint8Array => {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  // Control characters, and what is not ASCII.
  table.fill(1, 0, 32);
  table.fill(1, from, to);
  return table;
};

/** Written so, or percent-encoded. */
const TRIGGERS: Readonly<Record<TextKind, Uint8Array>> = {
  target: byteTable('\'"`\\*$<([{#^', 127, 256),
  header: byteTable('\'"`\\$<{#^', 127, 256),
};
/** Percent-encoded bytes from which no letter of ASCII is ever made do not count: most alphabets. */
const ENCODED_TRIGGERS: Readonly<Record<TextKind, Uint8Array>> = {
  target: encodedTable(TRIGGERS.target),
  header: encodedTable(TRIGGERS.header),
};

function encodedTable(plain: Uint8Array): Uint8Array {
  const table = Uint8Array.from(plain);
  table.fill(0, 128, 256);
  // Overlong forms, spaces, wide and circled letters, punctuation.
  for (const lead of [0xc0, 0xc1, 0xc2, 0xe0, 0xe2, 0xe3, 0xef, 0xf0]) table[lead] = 1;
  table['%'.charCodeAt(0)] = 1;
  return table;
}

/** Characters at which the test has to stop and look. */
const MARKS: Readonly<Record<TextKind, Uint8Array>> = {
  target: marksOf(TRIGGERS.target, '%&;?/+ -@'),
  header: marksOf(TRIGGERS.header, '%&;'),
};

function marksOf(triggers: Uint8Array, others: string): Uint8Array {
  const table = Uint8Array.from(triggers);
  for (const character of others) table[character.charCodeAt(0)] = 1;
  return table;
}

/** 1 by byte of a header field that may be encoded or not plain; a text without any means what it says. */
export const HEADER_MARKS = Uint8Array.from(MARKS.header, (mark, code) =>
  code === ';'.charCodeAt(0) ? 0 : code === '+'.charCodeAt(0) ? 1 : mark,
);

const [SPACE, PERCENT, AMPERSAND, PLUS, DASH, DOT, SLASH] = [32, 37, 38, 43, 45, 46, 47];
const [COLON, SEMICOLON, QUESTION, AT] = [58, 59, 63, 64];

/** The same for a text. */
export function isPlain(kind: TextKind, text: string): boolean {
  if (text.length > scratch.length) scratch = Buffer.allocUnsafe(text.length * 2);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    // As many bytes in the file.
    if (code > 126) return false;
    scratch[index] = code;
  }
  return isPlainBytes(kind, scratch, 0, text.length);
}

let scratch = Buffer.allocUnsafe(1 << 12);

/** Is `bytes[start, end)` plain? */
export function isPlainBytes(
  kind: TextKind,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const marks = MARKS[kind];
  let hasAmpersand = false;
  let hasQuestion = false;
  for (let index = start; index < end; index += 1) {
    const code = bytes[index] as number;
    if (marks[code] === 0) continue;
    switch (code) {
      case PERCENT:
        return isPlainDecoded(kind, bytes, start, end);
      case AMPERSAND:
        hasAmpersand = true;
        break;
      case SEMICOLON:
        if (hasAmpersand) return false;
        break;
      case QUESTION:
        if (hasQuestion) return false;
        hasQuestion = true;
        break;
      case SLASH: {
        const next = index + 1 < end ? bytes[index + 1] : 0;
        const isAfterColon = index > start && bytes[index - 1] === COLON;
        if (next === DOT || (next === SLASH) !== isAfterColon) return false;
        if (next === SLASH) {
          index += 1;
          if (index + 1 < end && isAfterSlashes(bytes[index + 1] as number)) return false;
        }
        break;
      }
      case PLUS:
      case SPACE:
        if (index + 1 < end && (bytes[index + 1] === PLUS || bytes[index + 1] === SPACE))
          return false;
        break;
      case DASH:
        if (index + 1 < end && bytes[index + 1] === DASH) return false;
        break;
      case AT:
        if (index + 1 < end && isDigit(bytes[index + 1] as number)) return false;
        break;
      default:
        return false;
    }
  }
  return true;
}

/** What may not follow the two slashes of an address. */
const isAfterSlashes = (code: number): boolean => isDigit(code) || code === DOT || code === SLASH;

/** The same for a text with percent signs. */
function isPlainDecoded(kind: TextKind, bytes: Uint8Array, start: number, end: number): boolean {
  const triggers = TRIGGERS[kind];
  const encoded = ENCODED_TRIGGERS[kind];
  const isTarget = kind === 'target';
  let before = 0;
  let last = 0;
  let hasQuestion = false;
  let hasAmpersand = false;
  for (let index = start; index < end; index += 1) {
    let code = bytes[index] as number;
    if (code === PERCENT) {
      const high = hexValue(bytes[index + 1]);
      const low = hexValue(bytes[index + 2]);
      if (index + 2 >= end || high < 0 || low < 0) return false;
      code = high * 16 + low;
      index += 2;
      if (encoded[code] === 1) return false;
      // A blank of Latin-1; after another such byte it is part of a letter.
      if (code === 0xa0 && last < 0x80) return false;
    } else if (triggers[code] === 1) return false;
    else if (code === PLUS && isTarget) code = SPACE;
    if (isTarget) {
      if (isPair(before, last, code)) return false;
      if (code === QUESTION) {
        if (hasQuestion) return false;
        hasQuestion = true;
      }
    }
    if (code === AMPERSAND) hasAmpersand = true;
    else if (code === SEMICOLON && hasAmpersand) return false;
    before = last;
    last = code;
  }
  return true;
}

/** Characters that mean something beside each other: `//`, `/.`, `--`, two spaces, `//1`, `@1`, `:/x`. */
function isPair(before: number, last: number, code: number): boolean {
  switch (last) {
    case SLASH:
      if (code === DOT) return true;
      if (code === SLASH) return before !== COLON;
      if (before === COLON) return true;
      return before === SLASH && isDigit(code);
    case SPACE:
      return code === SPACE;
    case DASH:
      return code === DASH;
    case AT:
      return isDigit(code);
    default:
      return false;
  }
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

function hexValue(code: number | undefined): number {
  if (code === undefined) return -1;
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
