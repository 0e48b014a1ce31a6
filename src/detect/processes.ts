/**
 * The processes that a log has told of, so that an event knows the program of its parent: audit records
 * name only its number. Whoever reads a piece of a file follows the events before it first (`look-back.ts`), so
 * that the answer does not depend on who reads which piece.
 */
import { posix } from 'node:path';
import type { Event } from '../events/event.ts';

interface Process {
  executable: string;
  commandLine: string | undefined;
}

/** What one reader knows of processes, in bounded memory. */
export interface Processes {
  /** Gives the event what is known of its parent, then learns what it says of its process. */
  follow(event: Event): void;
}

/** Processes that are remembered; the one that was longest not heard of is forgotten first. */
const MOST_PROCESSES = 16_384;
/** Longer command lines are an attack on memory; rules look at their beginning and at the line itself. */
const MOST_CHARACTERS = 4096;

const FORKS: ReadonlySet<unknown> = new Set(['clone', 'clone3', 'fork', 'vfork']);

/** The fields that are known of a parent. */
export const PARENT_FIELDS = [
  'process.parent.executable',
  'process.parent.name',
  'process.parent.command_line',
] as const;

/** Makes an empty table. */
export function createProcesses(): Processes {
  const known = new Map<string, Process>();
  const remember = (key: string, process: Process): void => {
    known.delete(key);
    known.set(key, process);
    if (known.size > MOST_PROCESSES) known.delete(known.keys().next().value as string);
  };

  const setParent = (event: Event, host: string): void => {
    const parent = known.get(`${host} ${event['process.parent.pid']}`);
    if (parent === undefined) return;
    event['process.parent.executable'] = parent.executable;
    event['process.parent.name'] ??= posix.basename(parent.executable);
    event['process.parent.command_line'] = parent.commandLine;
  };

  const learn = (event: Event, host: string): void => {
    const executable = event['process.executable'];
    const pid = event['process.pid'];
    if (executable === undefined || pid === undefined) return;
    const key = `${host} ${pid}`;
    const before = known.get(key);
    const isStart = event['event.action'] === 'executed' && event['event.outcome'] !== 'failure';
    const isSame = !isStart && before?.executable === executable;
    const commandLine = event['process.command_line']?.slice(0, MOST_CHARACTERS);
    const process = isSame
      ? before
      : { executable, commandLine: isStart ? commandLine : undefined };
    remember(key, process);
    // A child runs its parent's program until it starts one of its own.
    const { raw } = event;
    if (raw === undefined || !FORKS.has(raw['SYSCALL'])) return;
    const child = Number(raw['exit']);
    if (Number.isSafeInteger(child) && child > 0) remember(`${host} ${child}`, process);
  };

  return {
    follow(event) {
      const host = event['host.name'] ?? event['host.hostname'] ?? '';
      setParent(event, host);
      learn(event, host);
    },
  };
}
