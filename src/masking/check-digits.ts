/** What a pattern alone cannot say of a value: check digits, prefixes that are never given out, entropy. By name, for the detectors. */
import { isIP } from 'node:net';

const digitsOf = (text: string): number[] => [...text.replace(/\D/g, '')].map(Number);

/** @see ISO/IEC 7812-1, annex B */
export function luhn(text: string): boolean {
  const digits = digitsOf(text).reverse();
  const doubled = digits.map((digit, at) =>
    at % 2 === 0 ? digit : (digit * 2) % 9 || (digit && 9),
  );
  return doubled.reduce((sum, digit) => sum + digit, 0) % 10 === 0 && new Set(digits).size > 1;
}

/** Prefixes and lengths of issuers. @see ISO/IEC 7812-1, and the numbers that the networks publish */
const ISSUERS =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}(?:\d{2,5})?|(?:6011|64[4-9]\d|65\d\d|622\d)\d{12,15}|(?:35\d{14,17}|(?:2131|1800)\d{11,12})|(?:5018|5020|5038|5[6-8]\d\d|6304|6390|67\d\d|0604)\d{8,15}|62\d{14,17})$/;

const card = (text: string): boolean => ISSUERS.test(text.replace(/\D/g, '')) && luhn(text);

/** The remainder of a number of any length. */
const remainder = (digits: string, by: number): number => {
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % by;
  return rest;
};

/** Length of an IBAN by country. @see SWIFT, IBAN Registry */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
    .split(' ')
    .map((one) => [one.slice(0, 2), Number(one.slice(2))]),
);

/** How long an IBAN is that begins so, in characters without blanks; undefined for no country. */
export const ibanLength = (text: string): number | undefined =>
  IBAN_LENGTHS[text.slice(0, 2).toUpperCase()];

/** @see ISO 13616-1, ISO/IEC 7064 MOD 97-10 */
function iban(text: string): boolean {
  const plain = text.replace(/[ -]/g, '').toUpperCase();
  if (plain.length !== ibanLength(plain)) return false;
  const turned = plain.slice(4) + plain.slice(0, 4);
  const digits = turned.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return remainder(digits, 97) === 1;
}

/** Steuerliche Identifikationsnummer: one digit stands there twice or three times. @see ISO/IEC 7064 MOD 11,10 */
function germanTaxId(text: string): boolean {
  const digits = digitsOf(text);
  const counts = new Map<number, number>();
  for (const digit of digits.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  const many = [...counts.values()].filter((count) => count > 1);
  if (many.length !== 1 || (many[0] as number) > 3) return false;
  let product = 10;
  for (const digit of digits.slice(0, 10)) {
    const sum = (digit + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === digits[10];
}

/** Numéro d'inscription au répertoire, with its key. @see INSEE; Corsica's 2A and 2B count as 19 and 18 */
function frenchNir(text: string): boolean {
  const plain = text.replace(/[ .-]/g, '').toUpperCase();
  const number = plain.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return /^\d{13}$/.test(number) && 97 - remainder(number, 97) === Number(plain.slice(13));
}

/** DNI and NIE. @see Orden INT/2058/2008 */
function spanishDni(text: string): boolean {
  const plain = text.replace(/[ .-]/g, '').toUpperCase();
  const number = plain.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)));
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(number) % 23] === plain.at(-1);
}

const ODD = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

/** @see Decreto ministeriale 23 dicembre 1976 */
function codiceFiscale(text: string): boolean {
  const plain = text.toUpperCase();
  let sum = 0;
  for (let at = 0; at < 15; at += 1) {
    const code = plain.charCodeAt(at);
    const value = code < 58 ? code - 48 : code - 65;
    sum += at % 2 === 0 ? (ODD[value] as number) : value;
  }
  return String.fromCharCode(65 + (sum % 26)) === plain[15];
}

/** The dihedral group D5, as Verhoeff has it. */
const times = (a: number, b: number): number =>
  a < 5
    ? b < 5
      ? (a + b) % 5
      : 5 + ((a + b) % 5)
    : b < 5
      ? 5 + ((a - b + 5) % 5)
      : (a - b + 5) % 5;
const TURN = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/** @see J. Verhoeff: Error detecting decimal codes (1969) */
function verhoeff(text: string): boolean {
  let check = 0;
  for (const [at, digit] of digitsOf(text).reverse().entries()) {
    let turned = digit;
    for (let turns = at % 8; turns > 0; turns -= 1) turned = TURN[turned] as number;
    check = times(check, turned);
  }
  return check === 0;
}

/** The first part of a JSON Web Token is a JSON object. */
function jwt(text: string): boolean {
  const head = Buffer.from(text.split('.')[0] ?? '', 'base64url').toString('latin1');
  return head.startsWith('{"') && head.trimEnd().endsWith('}');
}

/** A number that is used as a telephone's, by its digits; the first ones of documents and clocks are none. */
function phone(text: string): boolean {
  const digits = digitsOf(text.replace(/(?:x|ext).*$/i, ''));
  return digits.length >= 7 && digits.length <= 15 && new Set(digits).size > 2;
}

/** Checks by the name that data gives them. */
export const CHECKS = {
  address: (text: string): boolean => isIP(text) !== 0,
  card,
  iban,
  phone,
  jwt,
  'german-tax-id': germanTaxId,
  'french-nir': frenchNir,
  'spanish-dni': spanishDni,
  'codice-fiscale': codiceFiscale,
  verhoeff,
  'letters-and-digits': (text: string): boolean => /[A-Za-z]/.test(text) && /\d/.test(text),
  /** Letters in both cases and digits: no word, no hexadecimal number. */
  mixed: (text: string): boolean => /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text),
} as const;

/** Bits per character, by how often each occurs. @see Shannon: A mathematical theory of communication (1948) */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let sum = 0;
  for (const count of counts.values()) sum += count * Math.log2(text.length / count);
  return text.length === 0 ? 0 : sum / text.length;
}
