/** Characters that are not seen, or that change how others are seen, made visible: the same on every surface. */

/** Control, bidi and invisible characters, and halves of surrogate pairs. */
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufff9-\ufffb]|(?!\ufe0f)\p{DI}|(?! )\p{Zs}|\p{Cs}/gu;

/** Shows what cannot be seen as `\xNN` or `\u{NNNN}`; unusual blanks become a blank. */
export const visible = (text: string): string => text.replace(UNSEEN, show);

function show(character: string): string {
  if (/\p{Zs}/u.test(character)) return ' ';
  const code = character.codePointAt(0) as number;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
