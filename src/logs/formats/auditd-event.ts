/** Puts a joined audit event into ECS terms. */
import { posix } from 'node:path';
import type { Event } from '../../events/event.ts';
import { type Network, networkOf, userOf } from './auditd-actors.ts';
import { type Joined, joinRecords, known, toNumber } from './auditd-join.ts';
import type { AuditRecord } from './auditd-record.ts';
import { callMeaning, type Meaning, recordMeaning } from './auditd-types.ts';

/** Makes one event of the records of one audit event, in the order read. There is at least one. */
export function buildEvent(records: readonly AuditRecord[]): Event {
  const joined = joinRecords(records);
  const { main, get, raw } = joined;
  const meaning = meaningOf(joined);
  const outcome = outcomeOf(get('res') ?? get('result') ?? get('success')) ?? verdictOf(joined);
  const network = networkOf(joined);
  const user = userOf(joined, meaning);
  const command = commandOf(joined);
  const executable = known(get('exe')) ?? (main.type === 'EXECVE' ? joined.args[0] : undefined);
  const path = joined.file?.path ?? (main.type === 'AVC' ? policyPath(joined) : undefined);
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
    'host.hostname': main.node,
    'process.name': known(get('comm')) ?? (executable && posix.basename(executable)),
    'process.pid': toNumber(get('pid')),
    'process.parent.pid': toNumber(get('ppid')),
    'process.executable': executable,
    'process.command_line': command.line,
    'process.args': command.args,
    'process.title': get('proctitle'),
    'process.working_directory': known(get('cwd')),
    'file.path': path,
    'file.name': path && posix.basename(path),
    'file.mode': joined.file?.mode,
    'file.owner': joined.file?.owner,
    'session.id': known(get('ses')),
    'service.name': main.type.startsWith('SERVICE_') ? known(get('unit')) : undefined,
    raw,
  };
}

function meaningOf({ main, call, file }: Joined): Meaning {
  if (main.type === 'AVC') {
    const policy = main.fields.has('apparmor') ? 'apparmor' : 'selinux';
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

/** AppArmor's `name`, SELinux's `path`, where they are files: `name` may also be a mount point's kind, a signal or a bare name. */
const policyPath = ({ get }: Joined): string | undefined =>
  [known(get('name')), known(get('path'))].find((text) => text?.startsWith('/'));

/** What AppArmor or SELinux decided, where no system call says how it ended. */
function verdictOf({ main, get }: Joined): Event['event.outcome'] {
  const verdict =
    main.type === 'AVC' ? (main.fields.get('apparmor') ?? get('seresult')) : undefined;
  if (verdict === undefined) return undefined;
  // SELinux lets it happen where it is permissive.
  if (verdict === 'denied') return get('permissive') === '1' ? 'success' : 'failure';
  return /^(?:DENIED|KILLED)$/.test(verdict)
    ? 'failure'
    : /^(?:ALLOWED|AUDIT|COMPLAIN|granted)$/.test(verdict)
      ? 'success'
      : undefined;
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
