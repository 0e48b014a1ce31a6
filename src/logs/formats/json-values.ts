/** Turns the values that loggers write into the ones ECS wants: levels, durations, addresses, texts. */
import { readPeer } from '../../events/address.ts';

const MAX_TEXT = 65_536;

/** A string, or a number as text; the only or first element of a list. Undefined for objects. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length > MAX_TEXT ? value.slice(0, MAX_TEXT) : value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return typeof value[0] === 'string' ? textOf(value[0]) : undefined;
  return undefined;
}

const SHORT_LEVELS: Readonly<Record<string, string>> = {
  t: 'trace',
  d: 'debug',
  i: 'info',
  n: 'notice',
  w: 'warn',
  e: 'error',
  f: 'fatal',
  c: 'critical',
  inf: 'info',
  dbg: 'debug',
  wrn: 'warn',
  err: 'error',
  ftl: 'fatal',
  crit: 'critical',
  information: 'info',
  vrb: 'verbose',
  emerg: 'emergency',
};
const SYSLOG_LEVELS = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'notice',
  'info',
  'debug',
];
/** pino and bunyan; zero and above 60 happen with custom levels. */
const NUMERIC_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** A level as a lower-case word; `isSyslog` says that small numbers are syslog severities (GELF). */
export function levelOf(value: unknown, isSyslog: boolean): string | undefined {
  const number = typeof value === 'string' && /^\d{1,2}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number') {
    if (number >= 10 && number <= 60) return NUMERIC_LEVELS[Math.floor(number / 10) - 1];
    return isSyslog ? SYSLOG_LEVELS[number] : undefined;
  }
  if (typeof value !== 'string' || value.length > 24) return undefined;
  // Some loggers colour the level even in JSON.
  const word = value
    .replace(/\u001b\[[\d;]{0,8}m/g, '')
    .trim()
    .toLowerCase();
  return word === '' ? undefined : (SHORT_LEVELS[word] ?? word);
}

// biome-ignore format: a table
const OUTCOMES: Readonly<Record<'success' | 'failure' | 'unknown', string>> = {
  success: 'success succeeded successful ok passed accepted allow allowed granted authenticated true yes',
  failure: 'failure failed fail unsuccessful error denied deny rejected refused unauthorized forbidden invalid locked false no',
  unknown: 'unknown',
};
const OUTCOME_WORDS: ReadonlyMap<string, keyof typeof OUTCOMES> = new Map(
  Object.entries(OUTCOMES).flatMap(([outcome, words]) =>
    words.split(' ').map((word) => [word, outcome as keyof typeof OUTCOMES] as const),
  ),
);
/** Names under which 0 means success and any other number an error. */
const CODE_NAMES: ReadonlySet<string> = new Set(['resulttype', 'status.errorcode']);

/** Names under which the answer to an API call stands. */
const HTTP_NAMES: ReadonlySet<string> = new Set(['responsestatus.code', 'response.statuscode']);

/** The outcome that a value under a name stands for; undefined when it speaks of something else. */
export function outcomeWord(
  name: string,
  value: unknown,
): 'success' | 'failure' | 'unknown' | undefined {
  if (typeof value === 'boolean') return value ? 'success' : 'failure';
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).toLowerCase();
  if (/^\d{1,9}$/.test(text)) {
    if (HTTP_NAMES.has(name)) return Number(text) < 400 ? 'success' : 'failure';
    if (CODE_NAMES.has(name)) return Number(text) === 0 ? 'success' : 'failure';
    return undefined;
  }
  return OUTCOME_WORDS.get(text.length > 20 ? '' : text);
}

const NS_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  sec: 1e9,
  m: 6e10,
};
const WITH_UNIT = /^(\d{1,15}(?:\.\d{1,9})?) ?(ns|us|µs|μs|ms|s|sec|m)$/i;
const SECONDS_NAMES = /^(?:requesttime|durations|durationseconds|latencyseconds)$/;

/**
 * Nanoseconds. The unit comes from the value (`12ms`), else from the field's name, else milliseconds;
 * `wholeUnitNs` says otherwise for loggers known to write another unit under a plain name.
 */
export function durationOf(
  name: string,
  value: unknown,
  wholeUnitNs: number | undefined,
): number | undefined {
  if (typeof value === 'string') {
    const found = WITH_UNIT.exec(value.trim());
    if (found !== null) {
      return Math.round(Number(found[1]) * (NS_PER_UNIT[(found[2] ?? '').toLowerCase()] ?? 1));
    }
  }
  const number =
    typeof value === 'string' && /^\d{1,15}(?:\.\d{1,12})?$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) return undefined;
  const ns = Math.round(number * (unitOf(name) ?? wholeUnitNs ?? 1e6));
  return ns <= Number.MAX_SAFE_INTEGER ? ns : undefined;
}

function unitOf(name: string): number | undefined {
  if (name === 'event.duration' || name.endsWith('ns')) return 1;
  if (SECONDS_NAMES.test(name)) return 1e9;
  if (/(?:ms|milliseconds|millis)$/.test(name)) return 1e6;
  if (/(?:us|micros)$/.test(name)) return 1e3;
  return undefined;
}

/** A host, as it is written, and its port. */
export interface Address {
  host: string;
  port: number | undefined;
}

/** The first address of `192.0.2.1:443`, `[2001:db8::1]:443`, `192.0.2.1, 10.0.0.1`, `ip:192.0.2.1`. */
export function addressOf(value: unknown): Address | undefined {
  const text = textOf(value);
  const peer = text === undefined ? undefined : readPeer(text.split(',', 1)[0] ?? '');
  return peer === undefined ? undefined : { host: peer.address, port: peer.port };
}
