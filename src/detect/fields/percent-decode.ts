/**
 * The readings of a percent-encoded text that a server might have acted on. Attackers encode once, twice,
 * or with `+` for a space; rules are written in plain text.
 */

const PERCENT = /%([0-9a-fA-F]{2})/g;
const NON_ASCII = /[\x80-\xff]/;

/**
 * Decoded forms of `text` other than itself, without repeats: once decoded, the same with `+` as space,
 * twice decoded. Bytes that form UTF-8 become characters; others stay as they are. Empty when nothing is
 * encoded.
 */
export function percentDecode(text: string): readonly string[] {
  const hasPercent = text.includes('%');
  const hasPlus = text.includes('+');
  if (!hasPercent && !hasPlus) return NOTHING;
  if (!hasPercent) return [text.replaceAll('+', ' ')];
  const once = decodeOnce(text);
  const forms = new Set<string>();
  forms.add(once);
  if (hasPlus) forms.add(decodeOnce(text.replaceAll('+', ' ')));
  if (once.includes('%')) {
    const twice = decodeOnce(hasPlus ? decodeOnce(text.replaceAll('+', ' ')) : once);
    forms.add(twice);
  }
  forms.delete(text);
  return [...forms];
}

const NOTHING: readonly string[] = Object.freeze([]);

function decodeOnce(text: string): string {
  const bytes = text.replace(PERCENT, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  if (bytes === text || !NON_ASCII.test(bytes)) return bytes;
  // Characters above U+00FF in the text mean it was decoded before; latin1 would damage them.
  for (let index = 0; index < bytes.length; index += 1) {
    if (bytes.charCodeAt(index) > 255) return bytes;
  }
  const plain = OVERLONG_START.test(bytes) ? withoutOverlong(bytes) : bytes;
  if (plain !== bytes && !NON_ASCII.test(plain)) return plain;
  const decoded = Buffer.from(plain, 'latin1').toString('utf8');
  return decoded.includes('\ufffd') ? plain : decoded;
}

const OVERLONG_START = /[\xc0\xc1]|\xe0[\x80-\x9f]|\xf0[\x80-\x8f]/;
/** ASCII characters written in two to four bytes, which careless decoders take for what they stand for. */
const OVERLONG = /[\xc0\xc1][\x80-\xbf]|\xe0[\x80\x81][\x80-\xbf]|\xf0\x80[\x80\x81][\x80-\xbf]/g;

const withoutOverlong = (bytes: string): string =>
  bytes.replace(OVERLONG, (sequence) => {
    const last = sequence.charCodeAt(sequence.length - 1) & 63;
    const before = sequence.charCodeAt(sequence.length - 2) & (sequence.length === 2 ? 31 : 63);
    return String.fromCharCode((before << 6) | last);
  });

const ENTITY = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));/g;
const NAMED: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

function decodeEntities(text: string): string {
  return text.replace(ENTITY, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** What a client may have sent: as logged, then decoded as a server or a browser would; no repeats. */
export function readings(text: string): string | readonly string[] {
  const isEncoded = text.includes('%') || text.includes('+');
  if (!isEncoded && !text.includes('&')) return text;
  const forms = isEncoded ? [text, ...percentDecode(text)] : [text];
  const last = forms.at(-1) ?? text;
  if (last.includes('&') && last.includes(';')) {
    const plain = decodeEntities(last);
    if (plain !== last) forms.push(plain);
  }
  return forms.length === 1 ? text : forms;
}

/** Readings as a list. */
export const asList = (forms: string | readonly string[]): readonly string[] =>
  typeof forms === 'string' ? [forms] : forms;
