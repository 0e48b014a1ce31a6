/** Text in XML on one line: what is no plain character becomes a reference, so that nothing of it is lost. */

const SPECIAL = /[&<>"\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]/;
const ALL_SPECIAL = new RegExp(SPECIAL.source, 'g');
const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** The text as content of an element or an attribute. */
export const escapeXml = (text: string): string =>
  SPECIAL.test(text)
    ? text.replace(ALL_SPECIAL, (one) => NAMED[one] ?? `&#${one.charCodeAt(0)};`)
    : text;

const NAME = /^[A-Za-z_][\w.:-]*$/;

/** A name as an element or an attribute may have it: names come from outside. */
export function xmlName(name: string): string {
  if (NAME.test(name)) return name;
  const clean = name.slice(0, 256).replace(/[^\p{L}\p{N}_.:-]/gu, '_');
  return /^[\p{L}_]/u.test(clean) ? clean : `_${clean}`;
}
