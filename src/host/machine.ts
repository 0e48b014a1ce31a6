/** A machine as checks and collections see it: files, programs, and what the kernel says of itself. */
import { createReadStream, constants as fs, readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { FilePath, NamedPath } from '../logs/input-path.ts';
import { type RunResult, runCommand } from '../processes/run-command.ts';
import { insideRoot } from './inside-root.ts';
import type { Unseen } from './observation.ts';
import type { FileFacts } from './remote-facts.ts';

/** What a machine is asked for. Nothing in it writes. */
export interface Machine {
  /** As evidence names it. */
  name: string;
  /** The folder that its files lie below: `/`, or where a disk of it is mounted. */
  root: string;
  /** Does the kernel that runs here belong to it? Of a mounted disk there are no processes and sockets. */
  isRunning: boolean;
  /** Is it a copy, whose files have the times of their content alone, and no owners? */
  isCopy?: boolean;
  /** How more of it is fetched, where it is another machine. */
  remote?: Remote;
  /** Runs a program to its end; of each output the first `textBytes` come back. */
  run(argv: readonly string[], limits: RunLimits): Promise<RunResult>;
  signal: AbortSignal;
}

/** A machine that is fetched over ssh, piece by piece. */
export interface Remote {
  /** What its file system says of the files that were listed, by path. */
  facts: ReadonlyMap<string, FileFacts>;
  /** Lists what lies below paths; `tests` are words of `find`. Gives the paths, sorted. */
  list(paths: readonly string[], tests: readonly string[]): Promise<string[]>;
  /** Copies files and folders that were not copied yet, and lists them. */
  bring(paths: readonly string[], what?: 'content' | 'content and facts'): Promise<void>;
  /** What of it did not come; grows with what is fetched. */
  unseen: readonly Unseen[];
  /** Removes copies of files. */
  drop(paths: readonly string[]): void;
}

/** How long a program may run, and how much of its output is wanted. */
export interface RunLimits {
  timeoutMs: number;
  textBytes: number;
}

/** What is needed to look at the machine that we run on. */
export interface MachineOptions {
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  /** Where a disk is mounted; undefined: the running system. */
  root?: string | undefined;
}

/** The machine that we run on, or a disk that is mounted on it. */
export function localMachine({ env, signal, root = '/' }: MachineOptions): Machine {
  return {
    name: hostname(),
    ...{ root, signal },
    isRunning: root === '/',
    run: (argv, { timeoutMs, textBytes }) =>
      runCommand({
        ...{ argv, timeoutMs, textBytes, signal },
        outputFolder: undefined,
        environment: env,
      }),
  };
}

/** The folder that programs which the machine runs, and people, know its files below. */
export const rootOf = ({ root, isCopy }: Machine): string => (isCopy === true ? '/' : root);

/** Where a path of the machine lies for us. */
export const placeOn = ({ root }: Machine, path: string): NamedPath => ({
  shown: path,
  absolute: root === '/' ? path : insideRoot(root, path),
});

/**
 * The beginning of a file. A pipe in its place does not hold us up, and its time of access stays where that is allowed.
 * @throws Error as the system says it
 */
export async function readStart(path: FilePath, maxBytes: number): Promise<Buffer> {
  const file = await open(path, fs.O_RDONLY | fs.O_NONBLOCK);
  try {
    const parts: Buffer[] = [];
    let bytes = 0;
    while (bytes < maxBytes) {
      const want = Math.min(1 << 16, maxBytes - bytes);
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(want), 0, want, null);
      if (bytesRead === 0) break;
      parts.push(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
    }
    return Buffer.concat(parts);
  } finally {
    await file.close();
  }
}

/** The beginning of a text file of the machine; undefined where there is none. @throws Error where it cannot be read */
export async function readText(
  machine: Machine,
  path: string,
  maxBytes = 4_000_000,
): Promise<string | undefined> {
  try {
    return (await readStart(placeOn(machine, path).absolute, maxBytes)).toString('utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Names in a folder of the machine, sorted; none where there is no such folder. */
export function namesIn(machine: Machine, folder: string): string[] {
  const listed = machine.remote?.facts.get(folder) && [...machine.remote.facts.keys()];
  if (listed !== undefined)
    return listed
      .filter((path) => path.slice(0, path.lastIndexOf('/')) === folder)
      .map((path) => path.slice(folder.length + 1))
      .sort();
  try {
    return readdirSync(placeOn(machine, folder).absolute).sort();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** The bytes of a file that was opened, in pieces. */
export const streamOf = (descriptor: number): AsyncIterable<Buffer> =>
  createReadStream('', { fd: descriptor, autoClose: false, start: 0 });

/** That nothing is at a path. */
export const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
