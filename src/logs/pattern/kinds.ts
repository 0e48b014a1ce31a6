/**
 * The kinds of a pattern's fields: which text each takes. Declared once: the reader, the checks of a pattern and the
 * names that grok has for them come from this table.
 */
import { readIp } from '../../events/address.ts';
import type { Stamp } from '../formats/syslog-stamp.ts';
import { type CharClass, charClass, runEnd } from './char-class.ts';
import { readStampInside } from './stamp-inside.ts';

/** How the text of a field is told from what follows it. */
export interface Kind {
  /** The characters of its text; absent for a kind that finds its end by itself. */
  chars?: CharClass;
  /** What its text begins with. */
  opening?: string;
  /** May it be empty? */
  isOptional?: boolean;
  /** Where its text ends that begins at `at`, or -1: for kinds that have their own way. */
  end?(text: string, at: number): number;
  /** Reads a stamp of its layout. */
  stamp?(text: string, at: number, stamp: Stamp): boolean;
  /** The only texts that it takes. */
  words?: readonly string[];
  /** Of a text with marks around it: how many stand at each side. */
  marks?: number;
  /** Turns the text between the marks into what was meant. */
  decode?(text: string): string;
}

/** A kind of these characters; the set is made when a pattern first asks, and most kinds are in none. */
function of(source: string, more: Kind = {}): Kind {
  let made: CharClass | undefined;
  return {
    ...more,
    get chars(): CharClass {
      made ??= charClass(source);
      return made;
    },
  };
}

/** The end of a text in double quotes in which a backslash takes the next character's meaning. */
function quotedEnd(text: string, at: number): number {
  if (text.charCodeAt(at) !== 34) return -1;
  for (let end = at + 1; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === 92) end += 1;
    else if (code === 34) return end + 1;
  }
  return -1;
}

const ESCAPED = /\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|(.))/gs;
const NAMED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** Takes the backslashes out of a quoted text. */
const unescaped = (text: string): string =>
  text.includes('\\')
    ? text.replace(ESCAPED, (_, unit?: string, byte?: string, sign = '') =>
        unit || byte
          ? String.fromCharCode(Number.parseInt(unit ?? byte ?? '', 16))
          : (NAMED[sign] ?? sign),
      )
    : text;

/** `%20` as the blank that it stands for; left alone where that is no text. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `[...]` up to the first closing bracket. */
function bracketedEnd(text: string, at: number): number {
  return text.charCodeAt(at) === 91 ? text.indexOf(']', at) + 1 || -1 : -1;
}

const UUID = /[\da-fA-F]{8}-(?:[\da-fA-F]{4}-){3}[\da-fA-F]{12}/y;
const NUMBER = /[+-]?\d{1,20}(?:\.\d{1,20})?/y;

const ADDRESS = of('[\\da-fA-F:.]');

/** The end of an address; a dot or colon behind it belongs to the sentence. */
function addressEnd(text: string, at: number): number {
  const end = runEnd(ADDRESS.chars as CharClass, text, at);
  if (end === at || readIp(text.slice(at, end)) !== undefined) return end === at ? -1 : end;
  const mark = text.charCodeAt(end - 1);
  const isMarked = mark === 46 || mark === 58;
  return isMarked && readIp(text.slice(at, end - 1)) !== undefined ? end - 1 : -1;
}

const sticky =
  (expression: RegExp) =>
  (text: string, at: number): number => {
    expression.lastIndex = at;
    return expression.test(text) ? expression.lastIndex : -1;
  };

/** A text of any characters: it ends where the next literal begins, or with the line. */
export const TEXT: Kind = { chars: charClass('[^]'), isOptional: true };

/** Every kind by the name that patterns have for it (`docs/format-language.md`). */
export const KINDS: Readonly<Record<string, Kind>> = {
  text: TEXT,
  rest: TEXT,
  word: of('[^\\s]'),
  name: of('[\\w.@$+-]'),
  int: of('[\\d-]', { end: sticky(/-?\d{1,20}/y) }),
  number: of('[\\d.+-]', { end: sticky(NUMBER) }),
  ms: of('[\\d.+-]', { end: sticky(NUMBER) }),
  hex: of('[\\da-fA-F]'),
  ip: of('[\\da-fA-F:.]', { end: addressEnd }),
  peer: of('[\\w.:%\\[\\]-]'),
  endpoint: of('[\\w.:%\\[\\]-]'),
  host: of('[\\w.:-]'),
  path: of('[^\\s"\',;()<>|]'),
  level: of('[A-Za-z]'),
  method: of('[A-Z]'),
  bytes: of('[\\d-]'),
  duration: of('[\\d.µa-z]'),
  mac: of('[\\da-fA-F:.-]'),
  uuid: of('[\\da-fA-F-]', { end: sticky(UUID) }),
  request: TEXT,
  url: of('[^\\s]'),
  stamp: TEXT,
  somewhere: { ...TEXT, stamp: readStampInside },
  ...{
    pairs: TEXT,
    colons: TEXT,
    brackets: TEXT,
    tags: TEXT,
    tabbed: TEXT,
    extension: TEXT,
    labels: TEXT,
    csv: TEXT,
    tabs: TEXT,
    pipes: TEXT,
    blanks: TEXT,
    json: TEXT,
  },
  file: { ...TEXT, opening: '/', isOptional: false },
  quoted: { opening: '"', end: quotedEnd, marks: 1, decode: unescaped },
  uri: of('[^\\s]', { decode: percentDecoded }),
  // Of a stamp that is in UTC and does not say so.
  utc: of('[^\\s]'),
  // Blanks are written as `+`.
  plus: of('[^\\s]', { decode: (text) => text.replaceAll('+', ' ') }),
  bracketed: { opening: '[', end: bracketedEnd, marks: 1 },
};

/** What grok calls the kinds. @see https://github.com/logstash-plugins/logstash-patterns-core */
export const GROK_NAMES: Readonly<Record<string, string>> = {
  TIMESTAMP_ISO8601: 'stamp',
  SYSLOGTIMESTAMP: 'stamp',
  HTTPDATE: 'stamp',
  HTTPDERROR_DATE: 'stamp',
  DATESTAMP: 'stamp',
  IP: 'ip',
  IPV4: 'ip',
  IPV6: 'ip',
  IPORHOST: 'peer',
  HOSTPORT: 'endpoint',
  HOSTNAME: 'host',
  HOST: 'host',
  SYSLOGHOST: 'host',
  NUMBER: 'number',
  BASE10NUM: 'number',
  INT: 'int',
  POSINT: 'int',
  NONNEGINT: 'int',
  BASE16NUM: 'hex',
  WORD: 'name',
  PROG: 'name',
  USER: 'name',
  USERNAME: 'name',
  NOTSPACE: 'word',
  DATA: 'text',
  GREEDYDATA: 'rest',
  QUOTEDSTRING: 'quoted',
  QS: 'quoted',
  LOGLEVEL: 'level',
  PATH: 'path',
  UNIXPATH: 'path',
  URI: 'url',
  URIPATH: 'url',
  URIPATHPARAM: 'url',
  UUID: 'uuid',
  MAC: 'mac',
};
