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
  const decoded = Buffer.from(bytes, 'latin1').toString('utf8');
  return decoded.includes('\ufffd') ? bytes : decoded;
}
