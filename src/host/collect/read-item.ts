/** Items that are read from the kernel and the file system directly, one JSON object a line. */
import { readdirSync } from 'node:fs';
import { createTurns } from '../../logs/turns.ts';
import { keyFilesOf } from '../exposed-keys.ts';
import { findFiles, lookAt } from '../find-files.ts';
import { localMachine, type Machine, placeOn, readStart, readText } from '../machine.ts';
import { readPasswd } from '../parse/account-files.ts';
import { readAuthorizedKeys } from '../parse/authorized-keys.ts';
import { linkOf, readProcesses } from '../processes.ts';
import { readSockets } from '../sockets.ts';
import type { ReaderName } from './collection.ts';
import type { Taken, Taking } from './taking.ts';

type Unseen = (what: { what: string; why: string }) => void;
type Reader = (machine: Machine, unseen: Unseen) => AsyncIterable<unknown>;

const READ: Readonly<Record<ReaderName, Reader>> = {
  processes: async function* ({ signal }) {
    for (const { startedMs, ...facts } of await readProcesses(signal))
      yield { ...facts, startedAt: new Date(startedMs).toISOString() };
  },
  sockets: async function* ({ signal }) {
    yield* await readSockets(await readProcesses(signal), signal);
  },
  'open-deleted': openDeleted,
  'ssh-keys': sshKeys,
  'set-uid': setUid,
};

/** Writes what the reader gives, up to so many bytes. */
export async function readItem(
  reader: ReaderName,
  most: number,
  name: string,
  { output, env, signal }: Taking,
): Promise<Taken> {
  const machine = localMachine({ env, signal });
  const leftOut: Taken['leftOut'] = [];
  const file = output.create(`${name}.jsonl`);
  let failure: string | null = null;
  try {
    const unseen = ({ what, why }: { what: string; why: string }): void =>
      void leftOut.push({ path: what, why });
    for await (const row of READ[reader](machine, unseen)) {
      const line = Buffer.from(`${JSON.stringify(row)}\n`);
      if (file.bytes() + line.length > most) {
        failure = 'cut: the limit of bytes is reached';
        break;
      }
      file.write(line);
    }
  } catch (error) {
    signal.throwIfAborted();
    if ((error as { exit?: number }).exit !== undefined) throw error;
    failure = String((error as Error).message);
  }
  return { command: ['read', reader], exitCode: null, failure, files: [file.finish()], leftOut };
}

/** Files that a process holds open and that have no name any more. */
async function* openDeleted({ signal }: Machine): AsyncGenerator<unknown> {
  const turn = createTurns(signal);
  for (const { pid, uid, name, program, isDeleted } of await readProcesses(signal)) {
    await turn();
    if (isDeleted) yield { pid, uid, name, descriptor: 'exe', path: program };
    for (const descriptor of namesIn(`/proc/${pid}/fd`)) {
      const path = linkOf(`/proc/${pid}/fd/${descriptor}`);
      if (path?.endsWith(' (deleted)') === true)
        yield { pid, uid, name, descriptor, path: path.slice(0, -' (deleted)'.length) };
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function* sshKeys(machine: Machine, unseen: Unseen): AsyncGenerator<unknown> {
  const accounts = readPasswd((await readText(machine, '/etc/passwd')) ?? '');
  for (const { path, account } of await keyFilesOf(machine, accounts)) {
    const file = lookAt(placeOn(machine, path), unseen);
    if (file === undefined || file.kind === 'folder') continue;
    const text = (await readStart(file.absolute, 4_000_000)).toString('utf8');
    for (const { blob: _, ...key } of readAuthorizedKeys(text)) yield { account, path, ...key };
  }
}

async function* setUid(machine: Machine, unseen: Unseen): AsyncGenerator<unknown> {
  for await (const file of findFiles(machine, ['/'], { unseen })) {
    if (file.kind !== 'file' || (file.mode & 0o6000) === 0) continue;
    const { shown: path, uid, gid, sizeBytes, modifiedMs, changedMs } = file;
    yield {
      ...{ path, mode: file.mode.toString(8).padStart(4, '0'), uid, gid, sizeBytes },
      modifiedAt: new Date(modifiedMs).toISOString(),
      changedAt: new Date(changedMs).toISOString(),
    };
  }
}
