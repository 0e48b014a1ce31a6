/** Access lines of attacks and of ordinary visitors, the same for the same seed. Each has a client of its own. */
import { readFileSync } from 'node:fs';
import { ATTACKS, type AttackClass } from './attacks.ts';
import { ordinaryRequest } from './ordinary.ts';
import { createRandom, type Random } from './random.ts';

export interface MadeRequest {
  address: string;
  line: string;
  /** Empty for ordinary requests. */
  attack: string;
  disguise: string;
  isHeldOut: boolean;
}

const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:134.0) Gecko/20100101 Firefox/134.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
];
const PATHS = [
  '/item',
  '/shop/search',
  '/view.php',
  '/api/v1/items',
  '/index',
  '/a/b/page.aspx',
  '/',
];
const START_MS = Date.UTC(2026, 2, 14, 1);
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function lineOf(index: number, target: string, agent: string, referrer: string): string {
  const date = new Date(START_MS + index * 4000);
  const stamp = `${String(date.getUTCDate()).padStart(2, '0')}/${MONTHS[date.getUTCMonth()]}/2026:${date.toISOString().slice(11, 19)} +0000`;
  return `${addressOf(index)} - - [${stamp}] "GET ${target} HTTP/1.1" 200 ${5120 + index * 7} "${referrer}" "${agent}"`;
}

const addressOf = (index: number): string =>
  `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;

/** Percent-encodes what no address holds, and some of what it may hold; marked text stays. */
function inTarget(text: string, random: Random): string {
  const plus = random.once(2);
  return text
    .split(/(\u{1}[^\u{2}]*\u{2})/u)
    .map((part) => {
      if (part.startsWith('\u{1}')) return part.slice(1, -1);
      return [...part]
        .map((character) => {
          if (character === ' ') return plus ? '+' : '%20';
          const mustEncode = /[^!-~]|["#&+%\\<>^`|]/.test(character);
          return mustEncode || (/[^\w.]/.test(character) && random.once(3))
            ? encode(character)
            : character;
        })
        .join('');
    })
    .join('');
}

const encode = (character: string): string =>
  /[!'()*]/.test(character)
    ? `%${character.charCodeAt(0).toString(16)}`
    : encodeURIComponent(character);

/** A quoted field of the log: quotes and backslashes as the server escapes them; what was encoded is plain. */
const inHeader = (text: string): string =>
  text
    .replace(/[\u{1}\u{2}]/gu, '')
    .replace(/%([0-7][0-9a-f])/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    .replace(/[\n\r\t\v\f]/g, ' ')
    .replace(/"/g, '\\x22');

function attackLine(index: number, kind: AttackClass, random: Random): MadeRequest {
  const disguise = random.pick(kind.disguises);
  const payload = disguise.apply(kind.payload(random), random);
  const header = random.once(6) ? random.pick(kind.headers ?? ['']) : '';
  const agent = random.pick(AGENTS);
  const path = random.pick(PATHS);
  const made = {
    address: addressOf(index),
    attack: kind.name,
    disguise: disguise.name,
    isHeldOut: disguise.isHeldOut,
  };
  if (header === 'agent') return { ...made, line: lineOf(index, path, inHeader(payload), '-') };
  if (header === 'referrer')
    return { ...made, line: lineOf(index, path, agent, inHeader(payload)) };
  const query =
    kind.isQuery === true
      ? queryOf(payload, random)
      : `${random.pick(kind.parameters)}=${inTarget(payload, random)}`;
  return { ...made, line: lineOf(index, `${path}?${query}`, agent, '-') };
}

/** Keeps the `=` and `&` of whole queries. */
const queryOf = (text: string, random: Random): string =>
  text
    .split(/([=&])/)
    .map((part) => (part === '=' || part === '&' ? part : inTarget(part, random)))
    .join('');

/** `count` requests of each class of attack. */
export function attackRequests(count: number, seed: number): MadeRequest[] {
  const random = createRandom(seed);
  return ATTACKS.flatMap((kind, position) =>
    Array.from({ length: count }, (_, index) => attackLine(position * count + index, kind, random)),
  );
}

/** Requests of visitors who attack nothing. */
export function ordinaryRequests(count: number, seed: number): MadeRequest[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const { target, referrer } = ordinaryRequest(random, (text) => inTarget(text, random));
    const line = lineOf(index, target, random.pick(AGENTS), referrer ?? '-');
    return { address: addressOf(index), line, attack: '', disguise: '', isHeldOut: false };
  });
}

/** Requests that were written by hand: a line each, `class<TAB>target<TAB>user agent` for attacks, a target for others. */
export function writtenRequests(file: string): MadeRequest[] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  const encoded = (target: string): string => target.replace(/[ "]|[^ -~]+/g, encodeURIComponent);
  return text
    .split('\n')
    .filter((row) => row !== '')
    .map((row, index) => {
      const [attack = '', target = '', agent = AGENTS[0] ?? ''] = row.startsWith('/')
        ? ['', row]
        : row.split('\t');
      const line = lineOf(index, encoded(target), agent.replace(/["\\]/g, '\\$&'), '-');
      return { address: addressOf(index), line, attack, disguise: '', isHeldOut: false };
    });
}
