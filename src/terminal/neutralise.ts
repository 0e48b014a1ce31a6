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
