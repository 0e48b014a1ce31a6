/** Traces in what another machine says of its processes and connections through `ps` and `ss`. */
import { type Place, runAt } from '../processes/run-at.ts';
import { readSs } from './parse/ss-output.ts';
import { type TraceCheck, traceFound } from './trace-found.ts';
import { matchesCommand } from './trace-running.ts';

const LIMITS = { timeoutMs: 60_000, textBytes: 16_000_000, outputFolder: undefined };
const PS = ['ps', '-e', '-ww', '-o', 'pid=,user:40=,args='];
const SS = ['ss', '--no-header', '--tcp', '--udp', '--all', '--numeric', '--processes'];
const PROCESS = /^ *(\d+) +(\S+) +(.*)$/;

/** Tells of processes that name a trace or run as its account, and of connections with its address. */
export async function traceTold(
  { machine, traces, ledger }: TraceCheck,
  place: Place,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const ask = async (argv: readonly string[]): Promise<string> => {
    const { stdout, failure, exitCode } = await runAt(place, {
      ...{ argv, environment: env, signal: machine.signal, ...LIMITS },
    });
    machine.signal.throwIfAborted();
    if (exitCode !== 0)
      ledger.unseen({ what: argv[0] ?? '', why: failure ?? `exit code ${exitCode}` });
    return stdout.text;
  };
  for (const line of (await ask(PS)).split('\n')) {
    const [, pid, user, command = ''] = PROCESS.exec(line) ?? [];
    if (pid === undefined) continue;
    ledger.looked('processes');
    for (const trace of traces) {
      const isUser = trace.kind === 'account' && trace.value === user;
      if (!isUser && !matchesCommand(trace, command)) continue;
      const text = `process ${pid} ${isUser ? `runs as ${user}` : `names ${trace.value}`}`;
      const detail = { user: user ?? '', command: command.slice(0, 4096) };
      ledger.observe(traceFound(trace, `process ${pid}`, { level: 'high', text, detail }));
    }
  }
  for (const socket of readSs(await ask(SS)).sockets) {
    ledger.looked('sockets');
    for (const trace of traces) {
      if (trace.kind !== 'address' || socket.peer !== trace.value) continue;
      const subject = `${socket.protocol} ${socket.address}:${socket.port}`;
      const text = `${subject} is connected with ${trace.value}:${socket.peerPort}`;
      const detail = { pids: socket.pids.join(' ') };
      ledger.observe(traceFound(trace, subject, { level: 'critical', text, detail }));
    }
  }
}
