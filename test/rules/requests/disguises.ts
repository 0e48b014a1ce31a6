// biome-ignore-all lint/suspicious/noTemplateCurlyInString: lookups and templates are written so.
/**
 * Ways to write the same attack differently. Half of the kinds (`isHeldOut`) were not looked at while the rules
 * were written: how many of these are found says how the rules generalise.
 */
import type { Random } from './random.ts';

export interface Disguise {
  name: string;
  isHeldOut: boolean;
  apply(payload: string, random: Random): string;
}

/** Marks text that is to stay in the address as it is: `\u{1}%0a\u{2}`. */
const raw = (text: string): string => `\u{1}${text}\u{2}`;

const some = (random: Random, text: string, pattern: RegExp, by: (found: string) => string) =>
  text.replace(pattern, (found) => (random.once(3) ? found : by(found)));

const hex = (character: string, width = 2): string =>
  character.charCodeAt(0).toString(16).padStart(width, '0');

const disguise = (name: string, isHeldOut: boolean, apply: Disguise['apply']): Disguise => ({
  name,
  isHeldOut,
  apply,
});

const mixedCase = disguise('mixed case', false, (text, random) =>
  text.replace(/[a-z]{4,}/gi, (word) =>
    [...word].map((letter) => (random.once(2) ? letter.toUpperCase() : letter)).join(''),
  ),
);
const none = disguise('none', false, (text) => text);
const twice = disguise('encoded twice', false, (text) =>
  text.replace(/[^\w.-]/g, (character) =>
    character.charCodeAt(0) < 128 ? raw(`%25${hex(character)}`) : character,
  ),
);
const allEncoded = disguise('letters percent-encoded', true, (text, random) =>
  some(random, text, /[a-z]/gi, (letter) => raw(`%${hex(letter)}`)),
);
const wideEncoded = disguise('%uXXXX', true, (text, random) =>
  some(random, text, /[a-z'"<>/.]/gi, (letter) => raw(`%u${hex(letter, 4)}`)),
);
const fullWidth = disguise('full-width letters', true, (text) =>
  text.replace(/[<>'"/.]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)),
);

export const SQL_DISGUISES: readonly Disguise[] = [
  none,
  mixedCase,
  twice,
  disguise('comments for blanks', false, (text) => text.replaceAll(' ', '/**/')),
  disguise('brackets for blanks', false, (text) =>
    text.replace(/\b(select|union|and|or) (\d+)(?![\w.'])/gi, '$1($2)'),
  ),
  disguise('newlines for blanks', false, (text) => text.replaceAll(' ', raw('%0a'))),
  allEncoded,
  wideEncoded,
  fullWidth,
  disguise('odd blanks', true, (text, random) =>
    text.replace(/ /g, () => raw(random.pick(['%09', '%0b', '%0c', '%a0', '%0d%0a', '%c2%a0']))),
  ),
  disguise('comments to the end of the line', true, (text, random) =>
    text.replace(/ /g, () => raw(random.pick(['%23x%0a', '--x%0a', '%23%0a']))),
  ),
  disguise('versioned comments', true, (text) =>
    text.replace(/\b(union|select|and|or|from|where|sleep)\b/gi, '/*!50000$1*/'),
  ),
  disguise('comments inside of words', true, (text) =>
    text.replace(
      /\b(un)(ion)|(sel)(ect)|(up)(date)\b/gi,
      (word) => `${word.slice(0, 2)}/**/${word.slice(2)}`,
    ),
  ),
];

export const SCRIPT_DISGUISES: readonly Disguise[] = [
  none,
  mixedCase,
  twice,
  disguise('slashes for blanks', false, (text) => text.replace(/<(\w+) /g, '<$1/')),
  disguise('tabs in words', false, (text) =>
    text.replace(/javascript:/gi, `java${raw('%09')}script:`),
  ),
  disguise('brackets around the call', false, (text) =>
    text.replace(/\b(alert|confirm|prompt)\(/g, '($1)('),
  ),
  allEncoded,
  fullWidth,
  disguise('entities', true, (text, random) =>
    text.replace(/(?<==|javascri|:|&)[a-z(]/g, (letter) =>
      random.pick([
        `&#${letter.charCodeAt(0)};`,
        `&#x${hex(letter)};`,
        `&#0000${letter.charCodeAt(0)}`,
      ]),
    ),
  ),
  disguise('escapes of scripts', true, (text) =>
    text.replace(
      /\b(a)(lert)|(p)(rompt)|(e)(val)\b/g,
      (word) => `\\u00${hex(word[0] ?? '')}${word.slice(1)}`,
    ),
  ),
  disguise('members in brackets', true, (text, random) =>
    text.replace(/\b(alert|confirm|prompt|eval)\(/g, (call) => {
      const name = call.slice(0, -1);
      const of = random.pick(['self', 'top', 'window', 'globalThis']);
      return `${of}['${name.slice(0, 2)}'+'${name.slice(2)}'](`;
    }),
  ),
  disguise('newlines before signs', true, (text) => text.replace(/(on\w+)=/g, `$1${raw('%0a')}=`)),
];

export const PATH_DISGUISES: readonly Disguise[] = [
  none,
  twice,
  disguise('slashes encoded', false, (text) => text.replaceAll('/', raw('%2f'))),
  disguise('doubled slashes', false, (text) => text.replace(/(?<=[a-z])\/(?=[a-z])/g, '//')),
  disguise('doubled dots', false, (text) => text.replaceAll('../', '....//')),
  disguise('zero byte', false, (text) => `${text}${raw('%00')}.png`),
  allEncoded,
  wideEncoded,
  disguise('overlong', true, (text) =>
    text.replace(/[./]/g, (sign) => raw(sign === '.' ? '%c0%ae' : '%c0%af')),
  ),
  disguise('dots between', true, (text) => text.replace(/(?<=[a-z])\/(?=[a-z])/g, '/./')),
  disguise('back and forth', true, (text, random) =>
    text.replace(/(?<=[a-z])\/(?=[a-z])/g, () => `/${random.word()}/../`),
  ),
  disguise('backslashes', true, (text) => text.replaceAll('/', '\\')),
  disguise('parameters of paths', true, (text) => text.replaceAll('../', '..;/')),
];

export const SHELL_DISGUISES: readonly Disguise[] = [
  none,
  disguise('quotes in words', false, (text) => text.replace(/\b([a-z])([a-z]+)\b/, "$1''$2")),
  disguise('IFS', false, (text) => text.replace(/(?<=\w) (?=\S)/g, '$IFS')),
  disguise('wildcards', false, (text) =>
    text
      .replace(/\/etc\/passwd/g, '/e?c/p?sswd')
      .replace(/\bcat /g, '/???/c?t ')
      .replace(/\b(id|ls|whoami)\b/g, (name) => `/usr/bin/${name.slice(0, -1)}?`),
  ),
  disguise('encoded script', false, (text) =>
    text.replace(/\b(?:cat|id|ls|uname)\b.*/, 'echo aWQK|base64 -d|sh'),
  ),
  twice,
  allEncoded,
  disguise('backslashes in words', true, (text) => text.replace(/\b([a-z])([a-z]+)\b/, '$1\\$2')),
  disguise('IFS in braces', true, (text) => text.replace(/(?<=\w) (?=\S)/g, '${IFS}')),
  disguise('braces', true, (text) =>
    text.replace(
      /\b(cat|ls|wget|curl|ping|uname|head) ([^ ;|&)`]+)/g,
      (_, name: string, rest: string) => `{${name},${rest}}`,
    ),
  ),
  disguise('empty variables', true, (text) =>
    text.replace(/\b([a-z]{1,2})([a-z]{1,9})\b/, '$1$@$2'),
  ),
  disguise('carets', true, (text) => text.replace(/\b([a-z])([a-z])([a-z]*)\b/, '$1^$2$3')),
  disguise('redirected', true, (text) => text.replace(/\b(cat|head|tail|nl) \//g, '$1</')),
  disguise('double quotes', true, (text) => text.replace(/\b([a-z]+)([a-z])\b/, '"$1"$2')),
];

export const LOOKUP_DISGUISES: readonly Disguise[] = [
  none,
  mixedCase,
  twice,
  disguise('lower and upper', false, (text, random) =>
    text.replace(/(?<=\$\{)[jndi]{4}|ldap|rmi|dns/g, (word) =>
      [...word]
        .map((letter) =>
          random.once(2) ? letter : `\${${random.pick(['lower', 'upper'])}:${letter}}`,
        )
        .join(''),
    ),
  ),
  allEncoded,
  disguise('empty defaults', true, (text) =>
    text.replace(/jndi/g, (word) => [...word].map((letter) => `\${::-${letter}}`).join('')),
  ),
  disguise('defaults of variables', true, (text, random) =>
    text.replace(/jndi|ldap/g, (word) =>
      [...word]
        .map((letter) => `\${${random.pick(['env', 'sys', 'ctx'])}:${random.word()}:-${letter}}`)
        .join(''),
    ),
  ),
  disguise('dates', true, (text) => text.replace(/ndi/g, "${date:'n'}${date:'d'}${date:'i'}")),
];

export const PLAIN_DISGUISES: readonly Disguise[] = [none, twice, allEncoded, wideEncoded];
export const MARKUP_DISGUISES: readonly Disguise[] = [
  none,
  mixedCase,
  twice,
  allEncoded,
  fullWidth,
];
export const CODE_DISGUISES: readonly Disguise[] = [
  none,
  mixedCase,
  twice,
  disguise('blanks before brackets', false, (text) => text.replace(/(\w)\(/g, '$1 (')),
  allEncoded,
  disguise('comments before brackets', true, (text) => text.replace(/(\w)\(/g, '$1/**/(')),
  disguise('joined names', true, (text) =>
    text.replace(
      /\b(sys)(tem)\(|\b(pass)(thru)\(/g,
      (call) => `('${call.slice(0, 3)}'.'${call.slice(3, -1)}')(`,
    ),
  ),
];
