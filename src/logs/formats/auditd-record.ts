/**
 * One audit record: its header and its `key=value` fields, read in one pass over the line.
 * @see https://github.com/linux-audit/audit-documentation/wiki/SPEC-Audit-Event-Enrichment
 */
import { decodeText, isEncodedField } from './auditd-decode.ts';
import { plainFields, readInterpreted } from './auditd-interpreted.ts';
import { recordTypeName } from './auditd-types.ts';

/** One line of the audit log; an event is all of those with the same id. */
export interface AuditRecord {
  /** Record type name, such as `SYSCALL` or `USER_LOGIN`. */
  type: string;
  /** The machine that wrote the record (`node=` or the syslog header), when the line says so. */
  node: string | undefined;
  /** Microseconds since the epoch; not a number where `time` has it. */
  timeUs: number;
  /** The local time as `ausearch -i` writes it. */
  time?: string;
  /** `seconds.millis:serial`, the same for all records of one event. */
  id: string;
  /** Decoded values by key. */
  fields: ReadonlyMap<string, string>;
  /** Keys of `fields` whose value stood in quotes. Kept for EXECVE only, whose pieces decode as a whole. */
  quoted: ReadonlySet<string>;
}

/**
 * What may stand before a record: nothing, or a syslog header with the record right behind its tag. A
 * record further in is a quotation: anyone can have one logged as a user name or a user agent.
 */
const PREFIX =
  /^(?:<\d{1,3}>)?(?:(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\S{8,40}) (\S{1,255}) (?:[\w./-]{0,48}\/)?(?:kernel|audit[\w-]{0,24}|audisp[\w-]{0,24}|augenrules|sedispatch)(?:\[\d{1,10}\])?: )?(?:\[ {0,12}\d{1,10}\.\d{1,9}\] )?(?:audit: )?(?=node=|type=)/;
const HEADER =
  /(?:node=(\S{1,255}) )?type=(\w{1,64}(?:\[\d{1,5}\])?) (?:msg=)?audit\((\d{1,11})\.(\d{1,9}):(\d{1,20})\):?/y;

/** Where the record starts in the line, behind a syslog header if there is one; -1 when there is none. */
export function recordStart(line: string): number {
  if (line.startsWith('type=') || line.startsWith('node=')) return 0;
  return line.includes('audit(') ? (PREFIX.exec(line)?.[0].length ?? -1) : -1;
}

const NONE: Set<string> = new Set();

/** Reads one line, or returns undefined when it has no audit header. */
export function readRecord(line: string): AuditRecord | undefined {
  const start = recordStart(line);
  if (start === -1) return undefined;
  HEADER.lastIndex = start;
  const header = HEADER.exec(line);
  if (header === null) return interpretedRecord(line);
  const [matched, node, type = '', seconds = '', fraction = '', serial = ''] = header;
  const name = recordTypeName(type);
  const isExecve = name === 'EXECVE';
  const fields = new Map<string, string>();
  const quoted = isExecve ? new Set<string>() : NONE;
  readFields(line.slice(start + matched.length), (key, value, isQuoted) => {
    if (fields.has(key)) return;
    if (isExecve) {
      fields.set(key, value);
      if (isQuoted) quoted.add(key);
    } else {
      const text = !isQuoted && isEncodedField(key) ? decodeText(value) : value;
      // The title is the argument vector, its words ended by NUL.
      fields.set(key, key === 'proctitle' ? text.replaceAll('\0', ' ').trimEnd() : text);
    }
  });
  return {
    type: name,
    node: node ?? (start > 0 ? PREFIX.exec(line)?.[1] : undefined),
    timeUs: Number(seconds) * 1_000_000 + Number(fraction.padEnd(6, '0').slice(0, 6)),
    id: `${seconds}.${fraction}:${serial}`,
    fields,
    quoted,
  };
}

/** A record of `ausearch -i`, whose time only a clock can read. */
function interpretedRecord(line: string): AuditRecord | undefined {
  const interpreted = readInterpreted(line);
  if (interpreted === undefined) return undefined;
  const { node, type, time, id, body } = interpreted;
  const written = new Map<string, string>();
  readFields(body, (key, value) => {
    if (!written.has(key)) written.set(key, value);
  });
  const fields = plainFields(interpreted, written);
  const quoted = new Set(fields.keys());
  return { type: recordTypeName(type), node, timeUs: Number.NaN, time, id, fields, quoted };
}

type OnField = (key: string, value: string, isQuoted: boolean) => void;

/** Separates the record's own fields from those auditd adds (`log_format=ENRICHED`). */
const ENRICHMENT = '\u001d';

// Copying tools drop the separator; then a name that auditd adds follows the value directly.
const GLUED =
  /(?:ARCH|SYSCALL|SADDR|AUID|UID|GID|EUID|SUID|FSUID|EGID|SGID|FSGID|OUID|OGID|OAUID)=/;

/** Calls `onField` for each `key=value` of a record body, those inside `msg='...'` included. */
function readFields(body: string, onField: OnField, isNested = false): void {
  const length = body.length;
  let position = 0;
  let word = '';
  while (position < length) {
    const code = body.charCodeAt(position);
    if (code === 32 || code === 0x1d || code === 44) {
      position += 1;
      continue;
    }
    const end = tokenEnd(body, position);
    if (body.charCodeAt(end) !== 61) {
      word = body.slice(position, end);
      if (word === '{') position = readPermissions(body, end, onField);
      else position = Math.max(end, position + 1);
      if (word === 'denied' || word === 'granted') onField('seresult', word, true);
      continue;
    }
    const name = body.slice(position, end);
    // Older kernels write `old auid=0 new auid=1000`.
    const key = word === 'old' || word === 'new' ? `${word}-${name}` : name;
    word = '';
    position =
      body[end + 1] === "'" && key === 'msg' && !isNested
        ? readMessage(body, end + 2, onField)
        : readValue(body, end + 1, key, onField);
  }
}

/** The end of a key or of a free word: the next `=`, blank or separator. */
function tokenEnd(body: string, from: number): number {
  let end = from;
  while (end < body.length) {
    const code = body.charCodeAt(end);
    if (code === 61 || code === 32 || code === 0x1d) break;
    end += 1;
  }
  return end;
}

/** Permissions are a few words; without a bound, many open braces would each search the whole line. */
const MAX_PERMISSIONS = 1024;

/** SELinux writes the permissions as words: `avc:  denied  { read write } for`. */
function readPermissions(body: string, from: number, onField: OnField): number {
  const words = body.slice(from, from + MAX_PERMISSIONS);
  const close = words.indexOf('}');
  if (close === -1) return from;
  onField('seperms', words.slice(0, close).trim(), true);
  return from + close + 1;
}

/** Reads the value that starts at `from`; returns where the next token starts. */
function readValue(body: string, from: number, key: string, onField: OnField): number {
  const first = body[from];
  if (first === '"') {
    const close = body.indexOf('"', from + 1);
    const end = close === -1 ? body.length : close;
    onField(key, body.slice(from + 1, end), true);
    return end + 1;
  }
  if (first === '{') {
    const close = body.indexOf('}', from);
    const end = close === -1 ? body.length : close + 1;
    onField(key, body.slice(from, end), true);
    return end;
  }
  return readBareValue(body, from, key, onField);
}

/** Reads the fields of `msg='...'`. Nothing writes a message within a message, so none is looked for. */
function readMessage(body: string, from: number, onField: OnField): number {
  const end = messageEnd(body, from);
  readFields(body.slice(from, end), onField, true);
  return end + 1;
}

function readBareValue(body: string, from: number, key: string, onField: OnField): number {
  let end = from;
  let hasEquals = false;
  while (end < body.length) {
    const code = body.charCodeAt(end);
    if (code === 32 || code === 0x1d) break;
    if (code === 61) hasEquals = true;
    end += 1;
  }
  let value = body.slice(from, end);
  if (hasEquals) {
    const glued = GLUED.exec(value);
    if (glued !== null && glued.index > 0) {
      value = value.slice(0, glued.index);
      end = from + glued.index;
    }
  }
  onField(key, value, false);
  return end;
}

/** Where the text of `msg='...'` ends: before the added fields or the end of the record. */
function messageEnd(body: string, from: number): number {
  const added = body.indexOf(`'${ENRICHMENT}`, from);
  if (added !== -1) return added;
  const close = body.lastIndexOf("'");
  return close >= from ? close : body.length;
}
