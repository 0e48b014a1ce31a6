/** The sockets of the running system, of every network namespace that a process lives in. */
import { readdirSync, readFileSync } from 'node:fs';
import { createTurns } from '../logs/turns.ts';
import { readProcNet } from './parse/proc-net.ts';
import { linkOf, type ProcessFacts } from './processes.ts';
import type { Socket } from './socket.ts';

/** A socket and the network namespace that it is in. */
export interface PlacedSocket extends Socket {
  /** Such as `net:[4026531840]`; undefined: our own. */
  network: string | undefined;
}

const TABLES = [
  ['tcp', 'tcp'],
  ['tcp6', 'tcp'],
  ['udp', 'udp'],
  ['udp6', 'udp'],
] as const;

/** Reads the tables of each namespace once, and which processes hold the sockets as far as that can be seen. */
export async function readSockets(
  processes: readonly ProcessFacts[],
  signal: AbortSignal,
  proc = '/proc',
): Promise<PlacedSocket[]> {
  const own = linkOf(`${proc}/self/ns/net`);
  const sockets = tablesOf(`${proc}/self/net`, undefined);
  const seen = new Set([own]);
  for (const { pid, network } of processes) {
    if (network === undefined || seen.has(network)) continue;
    const found = tablesOf(`${proc}/${pid}/net`, network);
    // It ended in between: another one of the namespace is asked.
    if (linkOf(`${proc}/${pid}/ns/net`) !== network) continue;
    seen.add(network);
    sockets.push(...found);
  }
  const holders = await holdersOf(processes, signal, proc);
  return sockets.map((socket) => ({ ...socket, pids: holders.get(socket.inode ?? '') ?? [] }));
}

const tablesOf = (folder: string, network: string | undefined): PlacedSocket[] =>
  TABLES.flatMap(([table, protocol]) =>
    readProcNet(textOf(`${folder}/${table}`), protocol).map((socket) => ({ ...socket, network })),
  );

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // A kernel without IPv6 has no such table.
    return '';
  }
}

/** Processes by the number of the sockets that they hold. */
async function holdersOf(
  processes: readonly ProcessFacts[],
  signal: AbortSignal,
  proc: string,
): Promise<Map<string, number[]>> {
  const turn = createTurns(signal);
  const holders = new Map<string, number[]>();
  for (const { pid } of processes) {
    await turn();
    for (const name of descriptorsOf(`${proc}/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`${proc}/${pid}/fd/${name}`) ?? '')?.[1];
      if (inode === undefined) continue;
      const pids = holders.get(inode);
      if (pids === undefined) holders.set(inode, [pid]);
      else if (pids.at(-1) !== pid) pids.push(pid);
    }
  }
  return holders;
}

function descriptorsOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
