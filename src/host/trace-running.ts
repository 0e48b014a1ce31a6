/** Traces in what runs: programs by their checksum and name, command lines, connections, users. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readText } from './machine.ts';
import { readPasswd } from './parse/account-files.ts';
import { type ProcessFacts, readProcesses } from './processes.ts';
import { readSockets } from './sockets.ts';
import type { Trace } from './trace.ts';
import { type TraceCheck, traceFound } from './trace-found.ts';

/** Tells of processes and sockets that hold a trace. */
export async function traceRunning(check: TraceCheck): Promise<void> {
  const { machine, ledger } = check;
  const processes = await readProcesses(machine.signal);
  const accounts = readPasswd((await readText(machine, '/etc/passwd').catch(() => '')) ?? '');
  const users = new Map(accounts.map(({ name, uid }) => [uid, name]));
  const known = new Map<string, readonly string[]>();
  const own = ancestry(processes);
  for (const one of processes) {
    if (own.has(one.pid)) continue;
    ledger.looked('processes');
    for (const trace of check.traces) traceProcess(check, one, trace, users);
    await traceProgram(check, one, known);
  }
  for (const socket of await readSockets(processes, machine.signal)) {
    ledger.looked('sockets');
    for (const trace of check.traces) {
      if (trace.kind !== 'address' || socket.peer !== trace.value) continue;
      const subject = `${socket.protocol} ${socket.address}:${socket.port}`;
      const text = `${subject} is connected with ${trace.value}:${socket.peerPort}`;
      const pids = socket.pids.join(' ');
      ledger.observe(traceFound(trace, subject, { level: 'critical', text, detail: { pids } }));
    }
  }
}

/** This run and who started it: their command lines name what is looked for. */
function ancestry(processes: readonly ProcessFacts[]): ReadonlySet<number> {
  const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]));
  const own = new Set<number>();
  for (let pid: number | undefined = process.pid; pid !== undefined && pid > 1 && !own.has(pid); ) {
    own.add(pid);
    pid = parents.get(pid);
  }
  return own;
}

function traceProcess(
  { ledger }: TraceCheck,
  { pid, uid, name, command, program = '', startedMs }: ProcessFacts,
  trace: Trace,
  users: ReadonlyMap<number, string>,
): void {
  const { kind, value } = trace;
  const isProgram =
    kind === 'path' ? program === value : kind === 'name' && baseOf(program) === value;
  const isUser = kind === 'account' && users.get(uid) === value;
  const isNamed = matchesCommand(trace, command);
  if (!isProgram && !isUser && !isNamed) return;
  const how = isUser ? `runs as ${value}` : isProgram ? `runs ${program}` : `names ${value}`;
  ledger.observe(
    traceFound(trace, `process ${pid}`, {
      level: 'high',
      text: `process ${pid} (${name}) ${how}`,
      at: new Date(startedMs).toISOString(),
      detail: { uid, command, program },
    }),
  );
}

/** Does a command line name it? */
export const matchesCommand = ({ kind, value }: Trace, command: string): boolean =>
  NAMED_IN_COMMANDS.has(kind) && wordsOf(command).includes(value);

const NAMED_IN_COMMANDS: ReadonlySet<string> = new Set(['address', 'domain', 'path', 'name']);
const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
/** Command lines by what separates values in them. */
const wordsOf = (command: string): string[] =>
  command
    .split(/[\s'"=,;|&()<>]+/)
    .flatMap((word) => [word, baseOf(word), ...word.split(/[@:/]+/)]);

/** The file that runs, also where its name is gone. */
async function traceProgram(
  { machine, traces, ledger }: TraceCheck,
  { pid, program, isDeleted, startedMs, name }: ProcessFacts,
  known: Map<string, readonly string[]>,
): Promise<void> {
  const hashes = traces.filter(({ kind }) => kind === 'hash');
  if (hashes.length === 0 || program === undefined) return;
  const key = isDeleted ? `${pid}` : program;
  const sums = known.get(key) ?? (await sumsOf(`/proc/${pid}/exe`, machine.signal));
  known.set(key, sums);
  for (const trace of hashes.filter(({ value }) => sums.includes(value))) {
    ledger.observe(
      traceFound(trace, `process ${pid}`, {
        level: 'critical',
        text: `process ${pid} (${name}) runs the file with that checksum, ${program}${isDeleted ? ', whose name is gone' : ''}`,
        at: new Date(startedMs).toISOString(),
        detail: { program },
      }),
    );
  }
}

async function sumsOf(path: string, signal: AbortSignal): Promise<readonly string[]> {
  const hashes = ['md5', 'sha1', 'sha256', 'sha512'].map((name) => createHash(name));
  try {
    for await (const piece of createReadStream(path, { signal })) {
      for (const hash of hashes) hash.update(piece as Buffer);
    }
    return hashes.map((hash) => hash.digest('hex'));
  } catch {
    signal.throwIfAborted();
    // It ended, or is not ours to see.
    return [];
  }
}
