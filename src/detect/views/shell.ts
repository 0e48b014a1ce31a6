/** A request as a shell reads it: quotes gone, `$IFS` a blank, braces a list, wildcards what they stand for. */
import { wildcardPaths } from './known-paths.ts';

/** `$IFS$9`, `${IFS%??}`, and the slices of variables that Windows writes for a blank. */
const SEPARATOR =
  /\$\{IFS(?:[^}]{0,20})?\}(?:\$\d)?|\$IFS(?:\$\d)?(?:''|"")?|%[a-z]{1,20}:~-?\d{1,2},-?\d{1,2}%/gi;
/** Variables that are empty: arguments of a script without arguments, names in the middle of a word. */
const EMPTY =
  /\$(?:[@*!?_\-0-9]|\{[@*!?_\-0-9]\}|\{[a-z_]\w{0,30}\})(?=[\w/'"\\${]|$)|\$\((?:\s{0,4})\)|``/gi;
const OCTAL = /\\([0-3]?[0-7]{2})/g;
const BRACES = /\{([^{}\s]{1,200},[^{}\s]{0,200})\}/g;
const QUOTES = /['"]/g;
/** Before a letter: of a shell, and of the command line of Windows. */
const ESCAPES = /[\\^](?=[a-z/.\-_])/gi;
const CONTINUED = /\\[\r\n]{1,2}/g;
const BLANKS = /[ \t\v\f\u00a0]+/g;

/** Forms: the text as a shell has it after its quoting; the same with wildcards resolved. */
export function shellForms(text: string): string[] {
  const plain = text
    .replace(CONTINUED, '')
    .replace(SEPARATOR, ' ')
    .replace(OCTAL, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
    .replace(QUOTES, '')
    .replace(ESCAPES, '')
    .replace(EMPTY, '')
    .replace(BRACES, (_, list: string) => list.replaceAll(',', ' ').trim())
    .replace(BLANKS, ' ');
  const paths = wildcardPaths(plain);
  return paths.length === 0 ? [plain] : [plain, `\n${paths.join('\n')}`];
}
