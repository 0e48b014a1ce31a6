/** Sockets that wait for others, of processes that were started since. */
import type { Exposure } from './exposure.ts';
import { readSs } from './parse/ss-output.ts';
import { type ProcessFacts, readProcesses } from './processes.ts';
import { type Socket, socketKey } from './socket.ts';
import { type PlacedSocket, readSockets } from './sockets.ts';
import { toldProcesses } from './told-processes.ts';

/** Tells of the sockets, of those nobody seems to hold, and of those that only one of two ways shows. */
export async function exposedListeners(exposure: Exposure): Promise<void> {
  const { machine, ledger } = exposure;
  if (machine.isCopy === true) return toldListeners(exposure);
  if (!machine.isRunning) {
    ledger.unseen({ what: 'listening sockets', why: `no system runs in ${machine.root}` });
    return;
  }
  const processes = await readProcesses(machine.signal);
  const sockets = await readSockets(processes, machine.signal);
  const byPid = new Map(processes.map((one) => [one.pid, one]));
  const listening = sockets.filter(({ isListening }) => isListening);
  for (const socket of listening) {
    ledger.looked('listening sockets');
    judge(
      exposure,
      socket,
      socket.pids.flatMap((pid) => byPid.get(pid) ?? []),
    );
  }
  await compareWithSs(exposure, listening);
}

/** Of another machine there is one way to ask: its programs. */
async function toldListeners(exposure: Exposure): Promise<void> {
  const { machine, ledger } = exposure;
  const byPid = await toldProcesses(machine, ledger);
  const { exitCode, failure, stdout } = await machine.run(SS, SS_LIMITS);
  machine.signal.throwIfAborted();
  if (exitCode !== 0) {
    ledger.unseen({ what: 'listening sockets', why: failure ?? `ss: exit code ${exitCode}` });
    return;
  }
  ledger.unseen({ what: 'listening sockets in /proc/net', why: 'over ssh only ss is asked' });
  for (const socket of readSs(stdout.text).sockets.filter(({ isListening }) => isListening)) {
    ledger.looked('listening sockets');
    const holders = socket.pids.flatMap((pid) => byPid.get(pid) ?? []);
    judge(exposure, { ...socket, network: undefined }, holders);
  }
}

function judge(
  { machine, ledger, sinceMs }: Exposure,
  socket: PlacedSocket,
  holders: readonly ProcessFacts[],
): void {
  const subject = socketKey(socket);
  const place = socket.network === undefined ? {} : { network: socket.network };
  const [oldest] = [...holders].sort((a, b) => a.startedMs - b.startedMs);
  if (oldest === undefined) {
    if (machine.isCopy !== true && process.getuid?.() === 0) {
      ledger.observe({
        ...{ kind: 'listener', level: 'low', subject, at: undefined, detail: place },
        text: `${subject} is open and no process is seen that holds it: one of the kernel, or a hidden one`,
      });
    } else ledger.unseen({ what: subject, why: 'only root sees which process holds it' });
    return;
  }
  if (oldest.startedMs < sinceMs) return;
  const { pid, uid, name, command, program = '', isDeleted, startedMs } = oldest;
  ledger.observe({
    ...{ kind: 'listener', subject, at: new Date(startedMs).toISOString() },
    level: isDeleted || isLoose(program) ? 'high' : isLocal(socket) ? 'low' : 'medium',
    text: `${subject} is open, held by process ${pid} (${name}), which was started since${isDeleted ? ', from a file that is gone' : ''}`,
    detail: { ...place, pid, uid, name, command, program, isDeleted },
  });
}

/** Programs do not lie where everybody may write. */
const isLoose = (program: string): boolean =>
  /^\/(?:tmp|var\/tmp|dev\/shm|run\/user)\/|^\/memfd:/.test(program);

const isLocal = ({ address }: Socket): boolean => address.startsWith('127.') || address === '::1';

const SS = ['ss', '--no-header', '--tcp', '--udp', '--all', '--numeric', '--processes'];

/** The kernel is asked in two ways. A changed kernel or program hides what it hides from one of them rather than from both. */
async function compareWithSs(
  { machine, ledger }: Exposure,
  listening: readonly PlacedSocket[],
): Promise<void> {
  const inProc = [keysOf(listening.filter(({ network }) => network === undefined))];
  const inSs: ReadonlySet<string>[] = [];
  // Sockets come and go: what differs has to do so each time.
  for (let look = 0; look < 2; look += 1) {
    const { exitCode, failure, stdout } = await machine.run(SS, SS_LIMITS);
    machine.signal.throwIfAborted();
    const { sockets } = readSs(stdout.text);
    if (exitCode === undefined || (exitCode !== 0 && sockets.length === 0)) {
      const why = failure ?? `exit code ${exitCode}`;
      ledger.unseen({ what: 'listening sockets as ss shows them', why });
      return;
    }
    inSs.push(keysOf(sockets));
    inProc.push(keysOf(await readSockets([], machine.signal)));
  }
  for (const { key, one, other } of differences(inProc, inSs)) {
    ledger.observe({
      ...{ kind: 'listener', level: 'high', subject: key, at: undefined, detail: {} },
      text: `${one} shows ${key} and ${other} does not: something may be hiding it`,
    });
  }
}

const SS_LIMITS = { timeoutMs: 30_000, textBytes: 16_000_000 };

const keysOf = (sockets: readonly Socket[]): ReadonlySet<string> =>
  new Set(sockets.filter(({ isListening }) => isListening).map(socketKey));

/** Sockets that every look of one way shows, and no look of the other. */
export function differences(
  inProc: readonly ReadonlySet<string>[],
  inSs: readonly ReadonlySet<string>[],
): { key: string; one: string; other: string }[] {
  const only = (
    these: readonly ReadonlySet<string>[],
    those: readonly ReadonlySet<string>[],
  ): string[] =>
    [...(these[0] ?? [])].filter(
      (key) => these.every((look) => look.has(key)) && !those.some((look) => look.has(key)),
    );
  return [
    ...only(inProc, inSs).map((key) => ({ key, one: '/proc/net', other: 'ss' })),
    ...only(inSs, inProc).map((key) => ({ key, one: 'ss', other: '/proc/net' })),
  ];
}
