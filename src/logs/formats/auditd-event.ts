/** Joins the records of one audit event and puts them into ECS terms. */
import { posix } from 'node:path';
import type { Event } from '../../events/event.ts';
import {
  decodeSocketAddress,
  readArguments,
  type SocketAddress,
  splitKeys,
} from './auditd-decode.ts';
import { chooseFile, type TouchedFile } from './auditd-file.ts';
import type { AuditRecord } from './auditd-record.ts';
import { architectureName, syscallName } from './auditd-syscalls.ts';
import { callMeaning, isAuxiliary, type Meaning, recordMeaning } from './auditd-types.ts';

/** Fields that say who acted; the value "unset" is written as -1 or as the largest unsigned number. */
const UNSET = new Set(['4294967295', '-1', 'unset', '?', '(null)', '(none)', '']);

const known = (value: string | undefined): string | undefined =>
  value === undefined || UNSET.has(value) ? undefined : value;

type Raw = Record<string, unknown>;

/** Everything the records of one event say, before it gets ECS names. */
interface Joined {
  main: AuditRecord;
  call: string | undefined;
  args: readonly string[];
  socket: SocketAddress | undefined;
  file: TouchedFile | undefined;
  /** Value of a key in the record that speaks for the event: main, then SYSCALL, then the others. */
  get(key: string): string | undefined;
  raw: Raw;
}

/** Makes one event of the records of one audit event, in the order read. There is at least one. */
export function buildEvent(records: readonly AuditRecord[]): Event {
  const joined = join(records);
  const { main, get, raw } = joined;
  const meaning = meaningOf(joined);
  const outcome = outcomeOf(get('res') ?? get('result') ?? get('success'));
  const network = networkOf(joined);
  const user = userOf(joined, meaning);
  const command = commandOf(joined);
  const executable = known(get('exe')) ?? (main.type === 'EXECVE' ? joined.args[0] : undefined);
  const { file } = joined;
  return {
    timeUs: main.timeUs,
    timeConfidence: 'exact',
    format: 'auditd',
    message: describe(joined, meaning, outcome, network, command.line),
    'event.kind': 'event',
    'event.category': meaning.category,
    'event.type': meaning.type,
    'event.action': meaning.action,
    'event.outcome': outcome,
    'event.dataset': 'auditd.log',
    'event.provider': 'auditd',
    'event.code': main.type,
    'event.id': main.id,
    'event.reason': known(get('reason')),
    'source.ip': network.sourceIp,
    'source.address': network.sourceAddress,
    'source.port': network.sourcePort,
    'destination.ip': network.destinationIp,
    'destination.address': network.destinationAddress,
    'destination.port': network.destinationPort,
    'network.direction': network.direction,
    'user.name': user.name,
    'user.id': user.id,
    'user.effective.name': user.effectiveName,
    'user.effective.id': user.effectiveId,
    'user.target.name': user.targetName,
    'user.target.id': user.targetId,
    'group.name': user.groupName,
    'group.id': user.groupId,
    'host.name': main.node,
    'process.name': known(get('comm')) ?? (executable && posix.basename(executable)),
    'process.pid': toNumber(get('pid')),
    'process.parent.pid': toNumber(get('ppid')),
    'process.executable': executable,
    'process.command_line': command.line,
    'process.args': command.args,
    'process.title': get('proctitle'),
    'process.working_directory': known(get('cwd')),
    'file.path': file?.path,
    'file.name': file && posix.basename(file.path),
    'file.mode': file?.mode,
    'file.owner': file?.owner,
    'session.id': known(get('ses')),
    'service.name': main.type.startsWith('SERVICE_') ? known(get('unit')) : undefined,
    raw,
  };
}

function join(records: readonly AuditRecord[]): Joined {
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
    for (const { fields } of ordered) if (Object.hasOwn(fields, key)) return fields[key];
    return undefined;
  };
  const arch = syscall?.fields['arch'] ?? main.fields['arch'];
  const written = get('SYSCALL') ?? get('syscall');
  const call = written === undefined ? undefined : (syscallName(arch, written) ?? written);
  const execves = records.filter((record) => record.type === 'EXECVE');
  const args = execves.length === 0 ? [] : readArguments(execves);
  const saddr = records.find((record) => record.type === 'SOCKADDR')?.fields['saddr'];
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
    for (const key of Object.keys(fields)) if (!(key in raw)) raw[key] = fields[key];
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

function mergePaths(raw: Raw, paths: readonly AuditRecord[]): void {
  for (const key of [
    'name',
    'nametype',
    'objtype',
    'mode',
    'ouid',
    'ogid',
    'OUID',
    'OGID',
    'obj',
  ]) {
    const values = [];
    for (const { fields } of paths) {
      const value = fields[key];
      if (value !== undefined && value !== '(null)') values.push(value);
    }
    if (key in raw) values.unshift(raw[key] as string);
    if (values.length > 0) raw[key] = values.length === 1 ? values[0] : values;
  }
}

function meaningOf({ main, call, file }: Joined): Meaning {
  if (main.type === 'AVC') {
    const policy = 'apparmor' in main.fields ? 'apparmor' : 'selinux';
    const { category, type } = callMeaning(call ?? '');
    return { action: `violated-${policy}-policy`, category, type };
  }
  const special = recordMeaning(main.type);
  if (special !== undefined) return special;
  if (call === undefined) return { action: main.type.toLowerCase(), category: [], type: [] };
  const meaning = callMeaning(call);
  if (file === undefined || meaning.type[0] !== 'info' || !call.startsWith('open')) return meaning;
  return { ...meaning, type: [file.change] };
}

function outcomeOf(result: string | undefined): Event['event.outcome'] {
  if (result === undefined) return undefined;
  if (/^(?:yes|success|1)$/.test(result)) return 'success';
  return /^(?:no|failed|fail|0)$/.test(result) ? 'failure' : 'unknown';
}

const IP = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]{1,40})$/;
const ipOf = (address: string | undefined): string | undefined =>
  address !== undefined && IP.test(address) ? address : undefined;

interface Network {
  sourceIp?: string | undefined;
  sourceAddress?: string | undefined;
  sourcePort?: number | undefined;
  destinationIp?: string | undefined;
  destinationAddress?: string | undefined;
  destinationPort?: number | undefined;
  direction?: string | undefined;
}

const OUTBOUND = /^(?:connect|send)/;
const INBOUND = /^(?:accept|recv|getpeername)/;

/** Who talks to whom: the address of a log-in, the peer of a socket call, the ends of an IPsec record. */
function networkOf({ main, call, socket, get }: Joined): Network {
  if (socket !== undefined && call !== undefined) {
    const { address, port } = socket;
    if (address === undefined) return {};
    if (OUTBOUND.test(call)) {
      return {
        destinationIp: address,
        destinationAddress: address,
        destinationPort: port,
        direction: 'egress',
      };
    }
    if (!INBOUND.test(call)) return {};
    return { sourceIp: address, sourceAddress: address, sourcePort: port, direction: 'ingress' };
  }
  const source = known(get('addr')) ?? known(get('hostname')) ?? known(main.fields['src']);
  const destination = known(main.fields['dst']);
  const ip = ipOf(source) ?? ipOf(known(get('hostname')));
  return {
    sourceIp: ip,
    sourceAddress: source,
    sourcePort: toNumber(main.fields['rport']),
    destinationIp: ipOf(destination),
    destinationAddress: destination,
    direction: ip !== undefined && /^(?:USER_|CRYPTO_)/.test(main.type) ? 'ingress' : undefined,
  };
}

interface Users {
  name: string | undefined;
  id: string | undefined;
  effectiveName: string | undefined;
  effectiveId: string | undefined;
  targetName: string | undefined;
  targetId: string | undefined;
  groupName: string | undefined;
  groupId: string | undefined;
}

/**
 * Who acted as whom. In log-in records the account is the one logged in to; in account management it
 * is the one changed. The log-in user (`auid`) survives su and sudo, so it is the actor there.
 */
function userOf({ main, get }: Joined, meaning: Meaning): Users {
  const account = known(get('acct')) ?? known(main.fields['user']);
  const auid = known(main.type === 'LOGIN' ? (get('old-auid') ?? get('old_auid')) : get('auid'));
  const auidName = known(get('AUID'));
  const uid = known(get('uid'));
  const category = meaning.category[0];
  const none = {
    targetName: undefined,
    targetId: undefined,
    groupName: undefined,
    groupId: undefined,
  };
  if (category === 'iam') {
    const isGroup = meaning.type[0] === 'group';
    const id = known(get('id'));
    return {
      name: auidName,
      id: auid,
      effectiveName: known(get('UID')),
      effectiveId: uid,
      targetName: isGroup ? undefined : (account ?? known(get('ID'))),
      targetId: isGroup ? undefined : id,
      groupName: isGroup ? (known(get('grp')) ?? account) : undefined,
      groupId: isGroup ? id : undefined,
    };
  }
  if (category === 'authentication' || category === 'session') {
    const loggedIn = main.type === 'LOGIN' ? (get('new-auid') ?? get('auid')) : get('id');
    const name = account ?? known(get('ID')) ?? (main.type === 'LOGIN' ? auidName : undefined);
    return { ...none, name, id: auid, effectiveName: name, effectiveId: known(loggedIn) };
  }
  return {
    ...none,
    name: known(get('UID')) ?? account,
    id: uid,
    effectiveName: known(get('EUID')),
    effectiveId: known(get('euid')),
  };
}

interface Command {
  line: string | undefined;
  args: readonly string[] | undefined;
}

function commandOf({ main, call, args, get }: Joined): Command {
  const command = main.type === 'USER_CMD' || main.type === 'ANOM_EXEC' ? get('cmd') : undefined;
  if (command !== undefined) return { line: command, args: command.split(/\s+/) };
  if (args.length > 0) return { line: args.join(' '), args };
  // The title of a process that just started is its command line, cut at 128 bytes.
  const isStart = call === 'execve' || call === 'execveat';
  return { line: isStart ? known(get('proctitle')) : undefined, args: undefined };
}

function toNumber(value: string | undefined): number | undefined {
  return value !== undefined && /^-?\d{1,10}$/.test(value) ? Number(value) : undefined;
}

/** One line for people: type, what happened, to what, from where, as whom. */
function describe(
  { main, file, socket, get }: Joined,
  { action }: Meaning,
  outcome: Event['event.outcome'],
  network: Network,
  commandLine: string | undefined,
): string {
  const peer = network.destinationAddress ?? network.sourceAddress ?? socket?.path;
  const port = network.destinationPort ?? network.sourcePort;
  const object =
    commandLine ??
    file?.path ??
    known(get('acct')) ??
    known(get('unit')) ??
    known(get('data')) ??
    known(get('op')) ??
    known(get('name')) ??
    known(get('table')) ??
    known(get('sw'));
  const parts = [main.type, action.replaceAll('-', ' ')];
  if (object !== undefined) parts.push(object);
  if (peer !== undefined) parts.push(port === undefined ? peer : `${peer} port ${port}`);
  const actor = known(get('exe')) ?? known(get('comm'));
  if (actor !== undefined && actor !== object) parts.push(`by ${actor}`);
  if (outcome === 'failure') parts.push('(failed)');
  return parts.join(' ');
}
