/**
 * A request as a browser or an interpreter of PHP or JavaScript reads it: comments gone, pieces of text joined,
 * no blanks around brackets and signs, members in brackets as members after a dot.
 */
import { replaceComments } from './comments.ts';

const LINE_COMMENT = /(?:\/\/|#)[^\n\r<>&]{0,80}[\n\r]/g;
const JOINED = /(['"`])\s{0,6}[.+]\s{0,6}\1/g;
const MEMBER = /\[\s{0,6}(['"`])(\w{1,40})\1\s{0,6}\]/g;
const OPTIONAL = /\?\.(?=[([a-z_$])/gi;
const AROUND_SIGNS = /\s{0,6}([([{=<`])\s{0,6}|\s{1,6}(?=[\])}])| {1,4}(\.) {1,4}/g;
/** `(alert)(1)` and `["system"]("id")` call what stands in the brackets. */
const WRAPPED = /[([]['"]?(\w{2,40})['"]?[)\]](?=[(`])/g;
const OCTAL = /\\([0-3]?[0-7]{2})/g;
const INVISIBLE = /[\x00-\x1f\x7f\u00ad\u200b-\u200f\u2028\u2029\ufeff]+/g;

/** `<f o r m` and `< x: script`: filters that drop blanks make tags of them. */
const SPACED_TAG = /< ?\w(?: \w){2}|<\w: \w/;
const TAG_START = /<(?: ?[\w:]){2,20}/g;

/** Forms: control characters as blanks; as nothing, which is how browsers read `java\tscript`; tags without blanks. */
export function codeForms(text: string): string[] {
  const bare = replaceComments(text, '')
    .replace(OCTAL, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
    .replace(LINE_COMMENT, ' ');
  const blank = tidy(bare.replace(INVISIBLE, ' '));
  const none = tidy(bare.replace(INVISIBLE, ''));
  const forms = blank === none ? [blank] : [blank, none];
  if (SPACED_TAG.test(blank)) {
    forms.push(blank.replace(TAG_START, (tag) => tag.replaceAll(' ', '')));
  }
  return forms;
}

const tidy = (text: string): string =>
  text
    .replace(JOINED, '')
    .replace(MEMBER, '.$2')
    .replace(OPTIONAL, (whole, offset: number, all: string) =>
      /[([]/.test(all[offset + whole.length] ?? '') ? '' : '.',
    )
    .replace(AROUND_SIGNS, '$1$2')
    .replace(WRAPPED, ' $1')
    .replace(/\s+/g, ' ');
