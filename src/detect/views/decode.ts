/**
 * The text that an application may have seen, with every layer of encoding taken off: percent signs (also
 * `%u0027`, overlong UTF-8, encoded twice), HTML entities, escapes of scripts and JSON, wide letters.
 */

/** How often a text is decoded: attackers encode twice, hardly ever four times. */
const ROUNDS = 4;

/** @param hasPlus `+` stands for a space, as in addresses */
export function decodeFully(text: string, hasPlus: boolean): string {
  let current = hasPlus ? text.replaceAll('+', ' ') : text;
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = decodeRound(current);
    if (next === current) break;
    current = next;
  }
  const plain = NUL.test(current) ? current.replaceAll('\0', '') : current;
  return NON_ASCII.test(plain) ? plain.normalize('NFKC').replace(DOTS, '.') : plain;
}

/** The same for a text that `isPlain`: percent signs once, and nothing else. */
export function decodePlain(text: string, hasPlus: boolean): string {
  const spaced = hasPlus ? text.replaceAll('+', ' ') : text;
  return spaced.includes('%') ? spaced.replace(PERCENT_RUN, (run) => decodeBytes(run)) : spaced;
}

const NUL = /\0/;
const NON_ASCII = /[^\x00-\x7f]/;
/** Dots that a browser takes for one in a host name. */
const DOTS = /[\u3002\uff0e\uff61]/g;

function decodeRound(text: string): string {
  let result = text;
  if (result.includes('%')) {
    result = result
      .replace(WIDE_PERCENT, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(PERCENT_RUN, (run) => decodeBytes(run));
  }
  if (result.includes('&')) result = result.replace(ENTITY, entityOf);
  if (result.includes('\\')) result = result.replace(ESCAPE, escapeOf);
  return result;
}

const WIDE_PERCENT = /%u([0-9a-fA-F]{4})/g;
const PERCENT_RUN = /(?:%[0-9a-fA-F]{2})+/g;

/** UTF-8 as lenient readers take it: overlong forms count, and what is no UTF-8 stays a byte. */
function decodeBytes(run: string): string {
  let text = '';
  const count = run.length / 3;
  const byteAt = (index: number): number =>
    Number.parseInt(run.slice(index * 3 + 1, index * 3 + 3), 16);
  for (let index = 0; index < count; ) {
    const lead = byteAt(index);
    const more = lead >= 0xf0 && lead < 0xf8 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
    let code = more === 0 ? lead : lead & (0x3f >> more);
    let used = 1;
    while (used <= more && index + used < count && (byteAt(index + used) & 0xc0) === 0x80) {
      code = code * 64 + (byteAt(index + used) & 0x3f);
      used += 1;
    }
    const isWhole = used === more + 1 && code <= 0x10ffff && lead < 0xf8;
    text += isWhole ? String.fromCodePoint(code) : String.fromCharCode(lead);
    index += isWhole ? used : 1;
  }
  return text;
}

/** Numbers need no semicolon in browsers, names of markup do. */
const ENTITY = /&(?:#0{0,9}(\d{1,7})|#[xX]0{0,9}([0-9a-fA-F]{1,6})|([A-Za-z]{2,9}););?/g;
const NAMED: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  tab: '\t',
  newline: '\n',
  colon: ':',
  sol: '/',
  bsol: '\\',
  lpar: '(',
  rpar: ')',
  lsqb: '[',
  lbrack: '[',
  rsqb: ']',
  lcub: '{',
  lbrace: '{',
  rcub: '}',
  period: '.',
  comma: ',',
  semi: ';',
  equals: '=',
  grave: '`',
  excl: '!',
  num: '#',
  dollar: '$',
  percnt: '%',
  ast: '*',
  lowbar: '_',
  vert: '|',
};

function entityOf(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) {
    const key = name.toLowerCase();
    return Object.hasOwn(NAMED, key) ? (NAMED[key] ?? whole) : whole;
  }
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|u\{0{0,8}([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2}))/g;

function escapeOf(whole: string, wide?: string, braced?: string, byte?: string): string {
  const code = Number.parseInt(wide ?? braced ?? byte ?? '', 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}
