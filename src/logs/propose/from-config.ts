/** A format from the setting that a server writes its log by. */
import { templateError } from '../../errors.ts';
import { ECS_FIELD_NAMES } from '../../events/ecs-field-names.ts';
import { GROK_NAMES } from '../pattern/kinds.ts';
import { literal, type Piece } from './pattern-text.ts';
import { APACHE, NGINX, POSTGRESQL } from './server-settings.ts';

/** What a setting came to. */
export interface FromConfig {
  /** What kind of a setting it is. */
  of: 'nginx' | 'apache' | 'postgresql' | 'grok';
  /** The name that it gives the format; undefined when it has none. */
  name: string | undefined;
  pieces: readonly Piece[];
  /** Names that are passed over, as we have no field for them. */
  passed: readonly string[];
}

/** Reads a setting. Throws an IrError (exit 3) when it is none that we know, or holds what no pattern has. */
export function fromConfig(text: string): FromConfig {
  const setting = text.trim().replace(/;$/, '');
  const nginx = /^log_format\s+(\S+)\s+(?:escape=(\w+)\s+)?/.exec(setting);
  if (nginx !== null) {
    if (nginx[2] === 'json')
      throw refuse(text, 'log_format with escape=json writes JSON', JSON_HINT);
    return { ...fromNginx(joinQuoted(setting.slice(nginx[0].length))), name: nginx[1] };
  }
  const apache = /^(?:LogFormat|CustomLog\s+\S+)\s+"((?:[^"\\]|\\.)*)"(?:\s+(\S+))?/i.exec(setting);
  if (apache !== null) return { ...fromApache(unescaped(apache[1] ?? '')), name: apache[2] };
  const prefix = /^log_line_prefix\s*=?\s*'((?:[^']|'')*)'/.exec(setting);
  if (prefix !== null)
    return { ...fromPostgresql((prefix[1] ?? '').replaceAll("''", "'")), name: undefined };
  if (/%\{[A-Z0-9_]+[:}]/.test(setting)) return { ...fromGrok(setting), name: undefined };
  if (/\$[a-z]\w*/.test(setting)) return { ...fromNginx(joinQuoted(setting)), name: undefined };
  if (/%>?s|%h|%r/.test(setting)) return { ...fromApache(unescaped(setting)), name: undefined };
  if (/%[mtn]/.test(setting)) return { ...fromPostgresql(setting), name: undefined };
  throw refuse(text, 'this is no setting of a log that is known', CONFIG_HINT);
}

const CONFIG_HINT =
  "Give nginx's log_format, Apache's LogFormat, PostgreSQL's log_line_prefix, or a grok pattern, as it stands in the configuration.";
const JSON_HINT = 'Lines of JSON are read already: try ir formats detect.';

const refuse = (text: string, message: string, hint: string, at = 0): Error =>
  templateError(
    message,
    { path: '--from-config', line: 1, column: at + 1, text: text.split('\n')[0] ?? '' },
    hint,
  );

/** nginx takes several quoted texts as one. */
function joinQuoted(text: string): string {
  const parts = [...text.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g)];
  const isQuoted = /^\s*['"]/.test(text) && parts.length > 0;
  return isQuoted ? parts.map(([, a, b]) => unescaped(a ?? b ?? '')).join('') : text;
}

const unescaped = (text: string): string =>
  text.replace(/\\(["'\\nt])/g, (_, sign: string) => ({ n: '\n', t: '\t' })[sign] ?? sign);

type Parts = Pick<FromConfig, 'of' | 'pieces' | 'passed'>;

function fromNginx(text: string): Parts {
  return assemble('nginx', text, /\$(?:\{(\w+)\}|([a-z]\w*))/g, (found) => {
    const name = found[1] ?? found[2] ?? '';
    return [name, NGINX[name]];
  });
}

function fromApache(text: string): Parts {
  return assemble('apache', text, /%[!\d,]*([<>]?)(\{[^}]+\})?([<>]?)([a-zA-Z%])/g, (found) => {
    const [, , argument = '', , letter = ''] = found;
    const name = `${argument}${letter}`;
    const known = Object.entries(APACHE).find(
      ([key]) => key.toLowerCase() === name.toLowerCase() && key.at(-1) === name.at(-1),
    );
    return [`%${name}`, letter === 't' && argument !== '' ? undefined : known?.[1]];
  });
}

function fromPostgresql(text: string): Parts {
  const quiet = text.indexOf('%q');
  const [always, sessions] =
    quiet === -1 ? [text, ''] : [text.slice(0, quiet), text.slice(quiet + 2)];
  const read = (part: string): Parts =>
    assemble('postgresql', part, /%(-?\d+)?([a-zA-Z%])/g, ([, , letter = '']) => [
      `%${letter}`,
      POSTGRESQL[letter],
    ]);
  const [first, then] = [read(always), read(sessions)];
  const optional: Piece[] =
    sessions === ''
      ? []
      : [
          {
            pattern: `(${then.pieces.map(({ pattern }) => pattern).join('')})?`,
            example: then.pieces.map(({ example }) => example).join(''),
          },
        ];
  const message: Piece = {
    pattern: '{log.level:[A-Z0-9]}:  {message}',
    example: 'LOG:  connection received: host=203.0.113.9 port=50111',
  };
  return {
    of: 'postgresql',
    pieces: [...first.pieces, ...optional, message],
    passed: [...first.passed, ...then.passed],
  };
}

/** Literals and variables in their order; a variable in quotes ends with them. */
function assemble(
  of: FromConfig['of'],
  text: string,
  variable: RegExp,
  look: (found: RegExpMatchArray) => readonly [name: string, piece: Piece | undefined],
): Parts {
  const pieces: Piece[] = [];
  const passed: string[] = [];
  let at = 0;
  for (const found of text.matchAll(variable)) {
    const { index } = found;
    const end = index + found[0].length;
    const isQuoted = text[index - 1] === '"' && text[end] === '"';
    const before = text.slice(at, isQuoted ? index - 1 : index);
    if (before !== '') pieces.push(literal(before));
    const [name, known] = look(found);
    if (known === undefined || known.pattern.startsWith('{-')) passed.push(name);
    const piece = known ?? { pattern: '{-:word}', example: '-' };
    pieces.push(isQuoted ? quoted(piece) : piece);
    at = isQuoted ? end + 1 : end;
  }
  if (at < text.length) pieces.push(literal(text.slice(at)));
  return { of, pieces, passed };
}

/** `"..."` in which the server escapes quotes. */
function quoted({ pattern, example }: Piece): Piece {
  const field = /^\{([^:}]+)(?::[^}]*)?\}$/.exec(pattern)?.[1];
  const inner = field === undefined ? undefined : `{${field}:quoted}`;
  return { pattern: inner ?? `"${pattern}"`, example: `"${example}"` };
}

/** What grok patterns call our fields. */
const GROK_FIELDS: Readonly<Record<string, string>> = {
  timestamp: '@timestamp',
  clientip: 'source',
  client: 'source',
  client_ip: 'source',
  src_ip: 'source',
  remote_addr: 'source',
  host: 'host.hostname',
  hostname: 'host.hostname',
  logsource: 'host.hostname',
  user: 'user.name',
  username: 'user.name',
  auth: 'user.name',
  verb: 'http.request.method',
  method: 'http.request.method',
  request: 'url',
  uri: 'url',
  response: 'http.response.status_code',
  status: 'http.response.status_code',
  bytes: 'http.response.body.bytes',
  agent: 'user_agent.original',
  referrer: 'http.request.referrer',
  httpversion: 'http.version',
  level: 'log.level',
  loglevel: 'log.level',
  severity: 'log.level',
  program: 'process.name',
  pid: 'process.pid',
  thread: 'process.thread.name',
  logger: 'log.logger',
  class: 'log.logger',
  message: 'message',
  msg: 'message',
};

const IP = '203.0.113.9';
const EXAMPLES: Readonly<Record<string, string>> = {
  stamp: '2026-11-24T10:00:01Z',
  ip: IP,
  peer: IP,
  endpoint: `${IP}:50111`,
  host: 'web01',
  int: '42',
  number: '42',
  hex: 'ff',
  level: 'INFO',
  path: '/var/log/app.log',
  url: '/index.html',
  quoted: '"text"',
  uuid: '5d41402a-bc4b-2a76-b971-9d911017c592',
  mac: '00:00:5e:00:53:01',
};

function fromGrok(text: string): Parts {
  const pieces: Piece[] = [];
  const passed: string[] = [];
  let at = 0;
  const plain = (from: number, to: number): void => {
    const part = text.slice(from, to);
    const bad = part.search(/[(|)*+?^$]|(?<!\\)[.[\]]|\\[^[\](){}|.*+?^$\\/"' -]/);
    if (bad >= 0)
      throw refuse(
        text,
        `"${part.slice(bad, bad + 12)}" is a regular expression, which cannot be carried over`,
        'Leave that part out, or write it in the language of docs/format-language.md afterwards.',
        from + bad,
      );
    if (part !== '') pieces.push(literal(part.replace(/\\(.)/g, '$1')));
  };
  for (const found of text.matchAll(/%\{([A-Z0-9_]+)(?::([^:}]+))?(?::\w+)?\}/g)) {
    const [whole, name = '', given] = found;
    plain(at, found.index);
    at = found.index + whole.length;
    const kind = GROK_NAMES[name];
    if (kind === undefined)
      throw refuse(
        text,
        `there is no kind for grok's ${name}`,
        'Write %{NOTSPACE:...} or %{DATA:...} in its place.',
        found.index,
      );
    const field = fieldOf(given, kind);
    if (field === '-') passed.push(given ?? name);
    const isOwnKind = field === '@timestamp' || field === 'source' || field === 'url';
    pieces.push({
      pattern: isOwnKind ? `{${field}}` : `{${field}:${kind}}`,
      example: EXAMPLES[kind] ?? 'text',
    });
  }
  plain(at, text.length);
  return { of: 'grok', pieces, passed };
}

/** Grok's `[source][ip]` is `source.ip`. */
function fieldOf(given: string | undefined, kind: string): string {
  if (given === undefined) return kind === 'stamp' ? '@timestamp' : '-';
  const name = given.replace(/^\[|\]$/g, '').replaceAll('][', '.');
  if (kind === 'stamp') return '@timestamp';
  if ((ECS_FIELD_NAMES as readonly string[]).includes(name)) return name;
  return GROK_FIELDS[name.toLowerCase()] ?? '-';
}
