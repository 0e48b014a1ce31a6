/**
 * The processes of the running system, read from `/proc` itself: a changed `ps` shows what its maker wants.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { showName } from '../logs/input-path.ts';
import { createTurns } from '../logs/turns.ts';

/** A process as it was when it was looked at. */
export interface ProcessFacts {
  pid: number;
  parent: number;
  uid: number;
  /** The name it gave itself, at most 15 bytes. */
  name: string;
  /** Its arguments joined by blanks, the first 4,096 bytes; a process can write them anew. */
  command: string;
  /** The program; undefined where it cannot be seen, as of threads of the kernel. */
  program: string | undefined;
  /** The file of the program is gone. */
  isDeleted: boolean;
  startedMs: number;
  /** Its network namespace, such as `net:[4026531840]`; undefined where it cannot be seen. */
  network: string | undefined;
}

/** Jiffies a second of what `/proc` prints, the same on every architecture that Node.js runs on. */
const TICKS = 100;
const MOST_COMMAND_BYTES = 4096;
const DELETED = ' (deleted)';

/** All processes by number. One that ends meanwhile is passed over. */
export async function readProcesses(signal: AbortSignal, proc = '/proc'): Promise<ProcessFacts[]> {
  const turn = createTurns(signal);
  const bootMs = bootTimeMs(proc);
  const pids = readdirSync(proc)
    .filter((name) => /^\d{1,10}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
  const found: ProcessFacts[] = [];
  for (const pid of pids) {
    await turn();
    const facts = processAt(`${proc}/${pid}`, pid, bootMs);
    if (facts !== undefined) found.push(facts);
  }
  return found;
}

function processAt(folder: string, pid: number, bootMs: number): ProcessFacts | undefined {
  const status = bytesOf(`${folder}/stat`, 4096);
  const owner = bytesOf(`${folder}/status`, 8192);
  if (status === undefined || owner === undefined) return undefined;
  // The name may hold brackets, blanks and line breaks: it ends at the last bracket.
  const end = status.lastIndexOf(')');
  const fields = status.toString('latin1', end + 2).split(' ');
  const program = linkOf(`${folder}/exe`);
  const isDeleted = program?.endsWith(DELETED) === true;
  const command = bytesOf(`${folder}/cmdline`, MOST_COMMAND_BYTES) ?? Buffer.alloc(0);
  return {
    pid,
    parent: Number(fields[1]),
    uid: Number(/^Uid:\t(\d+)/m.exec(owner.toString('latin1', owner.indexOf('\nUid:') + 1))?.[1]),
    name: showName(status.subarray(status.indexOf('(') + 1, end)),
    command: showName(command).replace(/\0+$/, '').replaceAll('\0', ' '),
    program: isDeleted ? program.slice(0, -DELETED.length) : program,
    isDeleted,
    startedMs: bootMs + (Number(fields[19]) * 1000) / TICKS,
    network: linkOf(`${folder}/ns/net`),
  };
}

function bootTimeMs(proc: string): number {
  const seconds = /^btime (\d+)$/m.exec(readFileSync(`${proc}/stat`, 'latin1'))?.[1];
  return Number(seconds) * 1000;
}

/** The beginning of a file of `/proc`; undefined where it is gone or not ours to see. */
export function bytesOf(path: string, maxBytes: number): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const buffer = Buffer.alloc(maxBytes);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, maxBytes, 0));
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** What a link of `/proc` names; undefined where it is gone or not ours to see. */
export function linkOf(path: string): string | undefined {
  try {
    return showName(readlinkSync(path, { encoding: 'buffer' }));
  } catch {
    return undefined;
  }
}
