/**
 * Makes text from logs, files and templates safe to show: control, ANSI/OSC and bidi characters become
 * visible escapes. Tab and newline are left to the caller.
 * @see https://www.unicode.org/reports/tr9/ (bidi controls)
 */
const UNSAFE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufff9-\ufffb]|\p{Bidi_Control}|\p{Default_Ignorable_Code_Point}/gu;

/** Replaces every unsafe character with `\xNN` or `\u{NNNN}`. Newlines and tabs stay. */
export const neutralise = (text: string): string => text.replace(UNSAFE, escapeCharacter);

/** The same, on one line: newline and tab are escaped as well. */
export const neutraliseLine = (text: string): string =>
  neutralise(text).replace(/[\t\n]/g, (character) => (character === '\t' ? '\\t' : '\\n'));

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** JSON on which no terminal acts: what JSON itself leaves as it is becomes `\uNNNN`, and reads back the same. */
export const safeJson = (json: string): string =>
  json.replace(UNSAFE, (character) => [...utf16(character)].map(escapeUnit).join(''));

function* utf16(character: string): Iterable<number> {
  for (let index = 0; index < character.length; index += 1) yield character.charCodeAt(index);
}

const escapeUnit = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;
