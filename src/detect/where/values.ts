/** What a value that somebody wrote is, for the field that it is compared with. */
import { readIp } from '../../events/address.ts';
import { readNetwork } from '../read-network.ts';
import type { FieldKind } from './fields.ts';
import type { Value } from './where.ts';

/** Reads a time as people say it, in microseconds since the epoch. @throws IrError when it is none */
export type ReadTime = (text: string) => number;

const BYTES: Readonly<Record<string, number>> = {
  ...{ b: 1, k: 1e3, kb: 1e3, kib: 1024, m: 1e6, mb: 1e6, mib: 1024 ** 2 },
  ...{ g: 1e9, gb: 1e9, gib: 1024 ** 3, t: 1e12, tb: 1e12, tib: 1024 ** 4 },
};
const NANOSECONDS: Readonly<Record<string, number>> = {
  ...{ ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9, d: 86_400e9 },
};

const NUMBER = /^[+-]?\d{1,18}(?:\.\d{1,18})?$/;
const WITH_UNIT = /^(\d{1,18}(?:\.\d{1,9})?)([a-z]{1,3})$/i;

/** What values of a kind look like, for the error; undefined where any text is one. */
const EXAMPLES: Readonly<Partial<Record<FieldKind, string>>> = {
  number: 'a number, such as 443',
  bytes: 'a number of bytes, such as 4096, 10MB or 4KiB',
  duration: 'a duration, such as 250ms or 2s (bare numbers are nanoseconds)',
  address: 'an address or network, such as 192.0.2.7, 203.0.113.0/24 or 2001:db8::/32',
};

/**
 * The value for a comparison with a field of this kind, or what is wrong with it. Words such as `contains` take any text.
 */
export function readValue(
  text: string,
  kind: FieldKind,
  isWordWanted: boolean,
  readTime: ReadTime,
): Value | string {
  if (isWordWanted) return { text };
  const number = numberOf(text, kind, readTime);
  const example = EXAMPLES[kind];
  if (kind === 'address') {
    const isOne = readIp(text) !== undefined || readNetwork(text) !== undefined;
    return isOne ? { text } : `"${text}" is not ${example}`;
  }
  return number === undefined && example !== undefined
    ? `"${text}" is not ${example}`
    : { text, number };
}

function numberOf(text: string, kind: FieldKind, readTime: ReadTime): number | undefined {
  if (kind === 'time') return readTime(text);
  if (NUMBER.test(text)) return Number(text);
  const units = kind === 'bytes' ? BYTES : kind === 'duration' ? NANOSECONDS : undefined;
  const [, amount, unit = ''] = WITH_UNIT.exec(text) ?? [];
  const factor = units?.[unit.toLowerCase()];
  return factor === undefined ? undefined : Number(amount) * factor;
}
