/** Joins the records of one audit event: whose values win, and what rules see of the whole. */
import {
  decodeSocketAddress,
  readArguments,
  type SocketAddress,
  splitKeys,
} from './auditd-decode.ts';
import { chooseFile, type TouchedFile } from './auditd-file.ts';
import type { AuditRecord } from './auditd-record.ts';
import { architectureName, syscallName } from './auditd-syscalls.ts';
import { isAuxiliary } from './auditd-types.ts';

/** Fields that say who acted; the value "unset" is written as -1 or as the largest unsigned number. */
const UNSET = new Set(['4294967295', '-1', 'unset', '?', '(null)', '(none)', '']);

/** The value, unless it is one of those that stand for none. */
export const known = (value: string | undefined): string | undefined =>
  value === undefined || UNSET.has(value) ? undefined : value;

/** A decimal number of at most ten digits. */
export function toNumber(value: string | undefined): number | undefined {
  return value !== undefined && /^-?\d{1,10}$/.test(value) ? Number(value) : undefined;
}

type Raw = Record<string, unknown>;

/** Everything the records of one event say, before it gets ECS names. */
export interface Joined {
  main: AuditRecord;
  call: string | undefined;
  args: readonly string[];
  socket: SocketAddress | undefined;
  file: TouchedFile | undefined;
  /** Value of a key in the record that speaks for the event: main, then SYSCALL, then the others. */
  get(key: string): string | undefined;
  raw: Raw;
}

/** Joins records in the order read; there is at least one. */
export function joinRecords(records: readonly AuditRecord[]): Joined {
  const first = records[0] as AuditRecord;
  const syscall = records.find((record) => record.type === 'SYSCALL');
  const main =
    records.find((record) => record.type !== 'SYSCALL' && !isAuxiliary(record.type)) ??
    syscall ??
    first;
  // The record that speaks for the event first, so that its values win where keys collide.
  const ordered = [main];
  if (syscall !== undefined && syscall !== main) ordered.push(syscall);
  for (const record of records) if (!ordered.includes(record)) ordered.push(record);
  const get = (key: string): string | undefined => {
    for (const { fields } of ordered) {
      const value = fields.get(key);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const arch = syscall?.fields.get('arch') ?? main.fields.get('arch');
  const written = get('SYSCALL') ?? get('syscall');
  const call = written === undefined ? undefined : (syscallName(arch, written) ?? written);
  const execves = records.filter((record) => record.type === 'EXECVE');
  const args = execves.length === 0 ? [] : readArguments(execves);
  const saddr = records.find((record) => record.type === 'SOCKADDR')?.fields.get('saddr');
  const socket = saddr === undefined ? undefined : decodeSocketAddress(saddr);
  const paths = records.filter((record) => record.type === 'PATH');
  const file = chooseFile(paths, call, get);
  const raw = mergeRaw(ordered, { call, args, socket, paths, arch });
  return { main, call, args, socket, file, get, raw };
}

interface Merged {
  call: string | undefined;
  args: readonly string[];
  socket: SocketAddress | undefined;
  paths: readonly AuditRecord[];
  arch: string | undefined;
}

/**
 * The record under auditd's own names, for rules that use them. Where records repeat a key, the value
 * is an array: `type` and `name` of all records, `a0` of the command line and of the system call.
 */
function mergeRaw(ordered: readonly AuditRecord[], merged: Merged): Raw {
  const raw: Raw = Object.create(null);
  const types = [...new Set(ordered.map((record) => record.type))];
  raw['type'] = ordered[0]?.type;
  raw['types'] = types;
  for (const { type, fields } of ordered) {
    if (type === 'EXECVE' || type === 'PATH') continue;
    for (const [key, value] of fields) raw[key] ??= value;
  }
  if (merged.call !== undefined) raw['SYSCALL'] = merged.call;
  if (merged.arch !== undefined) raw['ARCH'] ??= architectureName(merged.arch) ?? merged.arch;
  const keys = splitKeys(raw['key'] as string | undefined);
  raw['key'] = keys.length > 1 ? keys : keys[0];
  merged.args.forEach((argument, index) => {
    const key = `a${index}`;
    raw[key] = key in raw ? [argument, raw[key]] : argument;
  });
  if (merged.args.length > 0) raw['argc'] = String(merged.args.length);
  mergePaths(raw, merged.paths);
  const { socket } = merged;
  if (socket !== undefined) {
    raw['socket_family'] = socket.family;
    raw['socket_addr'] = socket.address ?? socket.path;
    raw['socket_port'] = socket.port;
  }
  return raw;
}

/** Keys of PATH records that rules ask for. */
const PATH_KEYS = 'name nametype objtype mode ouid ogid OUID OGID obj'.split(' ');

function mergePaths(raw: Raw, paths: readonly AuditRecord[]): void {
  if (paths.length === 0) return;
  for (const key of PATH_KEYS) {
    const values: unknown[] = key in raw ? [raw[key]] : [];
    for (const { fields } of paths) {
      const value = fields.get(key);
      if (value !== undefined && value !== '(null)') values.push(value);
    }
    if (values.length > 0) raw[key] = values.length === 1 ? values[0] : values;
  }
}
