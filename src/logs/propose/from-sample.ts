/**
 * Proposes a pattern for lines that nobody knows: what all of them have in common stands as it is, what differs becomes a
 * field by its form and the word before it, and from where they have nothing in common on, the rest is the message.
 */
import { readIp } from '../../events/address.ts';
import { emptyStamp } from '../formats/syslog-stamp.ts';
import { readAnyStamp } from '../pattern/stamp.ts';
import { literal } from './pattern-text.ts';

/** What was found in the lines. */
export interface FromSample {
  pattern: string;
  /** Which key goes where, for `{keys}`. */
  keys: Readonly<Record<string, string>>;
  /** Are there further lines of an event? */
  continues: boolean;
}

interface Token {
  /** The kind of its text; `literal` stands as it is. */
  kind: string;
  text: string;
}

const LEVEL =
  /^(?:trace|debug|info|information|notice|warn|warning|err|error|crit|critical|alert|emerg|fatal|severe|panic|verbose)$/i;
const FORMS: readonly (readonly [kind: string, form: RegExp])[] = [
  ['quoted', /"(?:[^"\\]|\\.)*"/y],
  ['uuid', /[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/iy],
  ['endpoint', /(?:\d{1,3}\.){3}\d{1,3}:\d{1,5}(?![\w.:])/y],
  ['ip', /(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}(?![\w:])/iy],
  ['int', /-?\d+(?![\w.-])/y],
  ['number', /-?\d+\.\d+(?![\w.])/y],
  ['path', /\/[^\s"',;()<>|]+/y],
  ['name', /[\w$][\w.@$+-]*/y],
];
/** So many of the lines must agree. */
const MOST = 0.8;
const MOST_TOKENS = 400;

/** What stands in front of a value of a kind, and what the value then is. */
const BY_WORD: readonly (readonly [word: RegExp, kinds: RegExp, field: string])[] = [
  [/^(?:user(?:name)?|account|login|uid|acct)$/i, /^(?:name|quoted)$/, 'user.name'],
  [/^(?:from|src|client|peer|source|remote|ip|addr|address)$/i, /^(?:ip|endpoint)$/, 'source'],
  [/^(?:to|dst|dest|destination|server|upstream)$/i, /^(?:ip|endpoint)$/, 'destination'],
  [/^(?:pid|process)$/i, /^int$/, 'process.pid'],
  [/^port$/i, /^int$/, 'source.port'],
  [/^(?:status|code)$/i, /^int$/, 'http.response.status_code'],
  [/^(?:host(?:name)?|node)$/i, /^name$/, 'host.hostname'],
];

/** What names of keys are in our fields. */
const KEY_FIELDS: Readonly<Record<string, string>> = {
  ...{
    user: 'user.name',
    username: 'user.name',
    usr: 'user.name',
    suser: 'user.name',
    login: 'user.name',
  },
  ...{
    src: 'source',
    srcip: 'source',
    src_ip: 'source',
    client: 'source',
    client_ip: 'source',
    ip: 'source',
  },
  ...{ remote_addr: 'source', remote: 'source', source: 'source', peer: 'source' },
  ...{ spt: 'source.port', sport: 'source.port', srcport: 'source.port', src_port: 'source.port' },
  ...{ dst: 'destination', dstip: 'destination', dst_ip: 'destination', dest: 'destination' },
  ...{ dpt: 'destination.port', dport: 'destination.port', dstport: 'destination.port' },
  ...{
    level: 'log.level',
    lvl: 'log.level',
    severity: 'log.level',
    msg: 'message',
    message: 'message',
  },
  ...{ host: 'host.hostname', hostname: 'host.hostname', pid: 'process.pid', logger: 'log.logger' },
  ...{
    method: 'http.request.method',
    status: 'http.response.status_code',
    path: 'url',
    url: 'url',
    uri: 'url',
  },
  ...{
    proto: 'network.transport',
    protocol: 'network.transport',
    error: 'error.message',
    err: 'error.message',
  },
};

/** The proposal for these lines; undefined when there is none to read. */
export function proposePattern(lines: readonly string[]): FromSample | undefined {
  const first = lines.filter((line) => line.trim() !== '' && !/^\s/.test(line));
  const rows = first.map(tokensOf);
  if (rows.length === 0) return undefined;
  const continues = lines.some((line) => /^\s+\S/.test(line));
  const pairs = pairsOf(first);
  const { pattern, isWhole } = align(rows, pairs !== undefined);
  if (pairs !== undefined && !isWhole)
    return { pattern: `${pattern}{keys}`, keys: pairs, continues };
  return { pattern: isWhole ? pattern : `${pattern}{message}`, keys: {}, continues };
}

/** A line in pieces: a stamp, values of some form, and what stands between them. */
function tokensOf(line: string): Token[] {
  const tokens: Token[] = [];
  const stamp = emptyStamp();
  let hasStamp = false;
  for (let at = 0; at < line.length && tokens.length < MOST_TOKENS; ) {
    const isBorder = at === 0 || !/\w/.test(line[at - 1] ?? '');
    if (!hasStamp && isBorder && readAnyStamp(line, at, stamp)) {
      tokens.push({ kind: 'stamp', text: line.slice(at, stamp.end) });
      at = stamp.end;
      hasStamp = true;
      continue;
    }
    const token = valueAt(line, at) ?? { kind: 'literal', text: line[at] ?? '' };
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function valueAt(line: string, at: number): Token | undefined {
  for (const [kind, form] of FORMS) {
    form.lastIndex = at;
    const text = form.exec(line)?.[0];
    if (text === undefined || (kind === 'ip' && readIp(text) === undefined)) continue;
    return { kind: kind === 'name' && LEVEL.test(text) ? 'level' : kind, text };
  }
  return undefined;
}

/** The keys of lines that are mostly `key=value`, and the fields that are known for them. */
function pairsOf(lines: readonly string[]): Record<string, string> | undefined {
  const keys = lines.map((line) =>
    [...line.matchAll(/(?:^|[\s,;|])([\w.-]{1,40})=/g)].map(([, key = '']) => key),
  );
  if (keys.filter((found) => found.length >= 3).length < lines.length * MOST) return undefined;
  const known = [...new Set(keys.flat())].flatMap((key): [string, string][] => {
    const field = KEY_FIELDS[key.toLowerCase()];
    return field === undefined ? [] : [[key, field]];
  });
  const used = new Set<string>();
  return Object.fromEntries(
    known.filter(([, field]) => !used.has(field) && used.add(field) !== undefined),
  );
}

/** A place that most lines have in common: what stands there in each of them. */
interface Column {
  rows: readonly (readonly Token[])[];
  token: Token;
  /** Do all lines have the same text? */
  isSame: boolean;
}

/** What the lines have in common from the left on. */
function align(
  rows: readonly (readonly Token[])[],
  isPairs: boolean,
): { pattern: string; isWhole: boolean } {
  const { columns, isWhole } = columnsOf(rows);
  const keyAt = isPairs ? columns.findIndex((_, index) => isKey(columns, index)) : -1;
  const end = keyAt >= 0 ? keyAt : isWhole ? columns.length : messageStart(columns);
  const used = new Set<string>();
  const pattern = columns
    .slice(0, end)
    .map((column, index) => elementOf(column, index, used))
    .join('');
  return { pattern, isWhole: isWhole && keyAt < 0 };
}

function columnsOf(rows: readonly (readonly Token[])[]): { columns: Column[]; isWhole: boolean } {
  const columns: Column[] = [];
  let active = rows;
  for (let index = 0; ; index += 1) {
    if (active.filter((row) => row.length <= index).length > active.length * (1 - MOST))
      return { columns, isWhole: active.every((row) => row.length <= index) };
    const kind = mostOf(active.map((row) => keyOf(row[index])));
    const agreeing = active.filter((row) => keyOf(row[index]) === kind);
    if (agreeing.length < rows.length * MOST) return { columns, isWhole: false };
    active = agreeing;
    const texts = new Set(active.map((row) => row[index]?.text ?? ''));
    const token = active[0]?.[index] as Token;
    columns.push({ rows: active, token, isSame: texts.size === 1 && active.length > 1 });
  }
}

const isKey = (columns: readonly Column[], index: number): boolean =>
  columns[index]?.token.kind === 'name' && columns[index + 1]?.token.text === '=';

/** Where the message begins: behind the last sign that ends a head, or a level; else at the first words that differ. */
function messageStart(columns: readonly Column[]): number {
  const isHead = ({ token }: Column, index: number): boolean =>
    columns[index + 1]?.token.text === ' ' &&
    (/^[\]:)|>-]$/.test(token.text) || token.kind === 'level' || token.kind === 'stamp');
  const last = columns.findLastIndex(isHead);
  const differing = columns.findIndex(({ token, isSame }) => token.kind === 'name' && !isSame);
  if (last >= 0) return last + 2;
  return differing >= 0 ? differing : columns.length;
}

function elementOf({ rows, token, isSame }: Column, index: number, used: Set<string>): string {
  if (token.kind === 'literal' || (isSame && token.kind === 'name'))
    return literal(token.text).pattern;
  return fieldFor(rows, index, used);
}

const keyOf = (token: Token | undefined): string =>
  token === undefined ? '' : token.kind === 'literal' ? `=${token.text}` : token.kind;

function mostOf(keys: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

/** The field of a value, by the word before it and the signs around it. */
function fieldFor(rows: readonly (readonly Token[])[], index: number, used: Set<string>): string {
  const row = rows[0] as readonly Token[];
  const { kind } = row[index] as Token;
  if (kind === 'stamp') return '{@timestamp}';
  const before = row
    .slice(0, index)
    .filter(({ text }) => /\w/.test(text))
    .at(-1);
  const isTagged = row[index - 1]?.text === '[' && row[index - 2]?.kind === 'name';
  const named = BY_WORD.find(
    ([word, kinds]) => kinds.test(kind) && word.test(before?.text ?? ''),
  )?.[2];
  let field = named;
  if (kind === 'level') field = 'log.level';
  else if (kind === 'int' && isTagged) field = 'process.pid';
  else if (kind === 'name' && row[index + 1]?.text === '[') field ??= 'process.name';
  else if (kind === 'ip' || kind === 'endpoint') field ??= 'source';
  if (field === undefined || used.has(field)) return `{-:${kind}}`;
  used.add(field);
  return kind === 'level' ? '{log.level}' : `{${field}:${kind}}`;
}
