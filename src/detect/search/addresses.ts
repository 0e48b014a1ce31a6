/** Addresses in lines of any log, by what they are and not by how they are spelled. */
import { readIp } from '../../events/address.ts';
import { readNetwork } from '../read-network.ts';

/** From and to, in characters. */
export type Span = readonly [start: number, end: number];

/** Stretches in which addresses lie. */
const RUN = /[0-9A-Fa-f:.]{2,}/g;
const QUAD = /\d{1,3}(?:\.\d{1,3}){3}/g;
const WORD = /\w/;
/** More colons than an address has; what lies behind them is looked at anew. */
const MOST_STARTS = 12;

/** Where the address (or an address of the network) `wanted` stands in a line. */
export function addressFinder(wanted: string): (line: string) => Span[] {
  const ip = readIp(wanted);
  const network = ip === undefined ? readNetwork(wanted) : undefined;
  const isIt = (found: string): boolean => found === ip || network?.(found) === true;
  return (line) => {
    const spans: Span[] = [];
    for (const { 0: run, index } of line.matchAll(RUN)) {
      if (run.includes('.')) addQuads(run, index, isIt, spans);
      if (run.indexOf(':') !== run.lastIndexOf(':')) addGroups(line, run, index, isIt, spans);
    }
    return spans;
  };
}

type IsIt = (address: string) => boolean;

function addQuads(run: string, at: number, isIt: IsIt, spans: Span[]): void {
  for (const { 0: quad, index } of run.matchAll(QUAD)) {
    const end = index + quad.length;
    // A part of a longer number, or of a version with five parts, is none.
    const isCut = /\d\.?$/.test(run.slice(0, index)) || /^\.?\d/.test(run.slice(end));
    const ip = isCut ? undefined : readIp(quad);
    if (ip !== undefined && isIt(ip)) spans.push([at + index, at + end]);
  }
}

/** The first beginning at which there is an address counts: what comes later is a part of it. */
function addGroups(line: string, run: string, at: number, isIt: IsIt, spans: Span[]): void {
  // `source:2001:db8::1`: the letters before the colon belong to a word.
  let start = at > 0 && WORD.test(line[at - 1] as string) ? run.indexOf(':') + 1 : 0;
  for (let tries = 0; tries < MOST_STARTS; tries += 1) {
    const rest = run.slice(start);
    for (const text of [rest, rest.replace(/[.:]$/, '')]) {
      const ip = text.indexOf(':') === text.lastIndexOf(':') ? undefined : readIp(text);
      if (ip === undefined) continue;
      if (isIt(ip) && !text.includes('.')) spans.push([at + start, at + start + text.length]);
      return;
    }
    const colon = run.indexOf(':', start);
    if (colon === -1) return;
    start = colon + 1;
  }
}

const hex = (group: number): string => group.toString(16);
const padded = (text: string, length: number): string => text.padStart(length, '0');

/** Lower-case texts of which one stands in every line that names the address or network; undefined when none is known. */
export function addressLiterals(wanted: string): readonly string[] | undefined {
  const [address = '', prefix] = wanted.trim().split('/');
  const ip = readIp(address);
  if (ip === undefined) return undefined;
  if (ip.includes(':')) return groupLiterals(ip, prefix === undefined ? 128 : Number(prefix));
  const isMapped = address.includes(':');
  const bits = prefix === undefined ? 32 : Number(prefix) - (isMapped ? 96 : 0);
  return quadLiterals(ip, bits);
}

function quadLiterals(ip: string, bits: number): readonly string[] | undefined {
  const known = ip.split('.').slice(0, Math.floor(bits / 8));
  if (known.length === 0) return undefined;
  const end = known.length < 4 ? '.' : '';
  const written = [known, known.map((octet) => padded(octet, 3))].map(
    (octets) => `${octets.join('.')}${end}`,
  );
  if (known.length < 4) return [...new Set([...written, 'ffff:'])];
  const [a = 0, b = 0, c = 0, d = 0] = known.map(Number);
  const [high, low] = [hex(a * 256 + b), hex(c * 256 + d)];
  return [...new Set([...written, `${high}:${low}`, `${high}:${padded(low, 4)}`])];
}

/** The last two groups may be written as a dotted quad, and a run of zeros as nothing. */
const PLAIN_GROUPS = 6;

function groupLiterals(ip: string, bits: number): readonly string[] | undefined {
  const [head = '', tail] = ip.split('::');
  const groups = head === '' ? [] : head.split(':');
  const whole = tail === undefined ? groups : [...groups, '0'];
  const known = whole.slice(0, Math.min(PLAIN_GROUPS, Math.floor(bits / 16)));
  const isThere = (group: string | undefined): group is string =>
    group !== undefined && group !== '0';
  for (const [index, group] of known.entries()) {
    const next = known[index + 1];
    if (isThere(group) && isThere(next))
      return [...new Set([`${group}:${next}`, `${group}:${padded(next, 4)}`])];
  }
  const longest = known.filter(isThere).sort((a, b) => b.length - a.length)[0];
  return longest === undefined || longest.length < 2 ? undefined : [longest];
}
