/** One watch a folder: two would tell everything twice, and each overwrite what the other keeps. */
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, IrError } from '../errors.ts';

const FILE = 'lock';

/** Who holds a lock: a process by number and start, as numbers are used again. */
interface Holder {
  pid: number;
  started: string;
}

/**
 * Takes the lock of a folder; one that a dead process left is taken over.
 * @returns gives it back
 * @throws IrError (exit 7) when another process has it
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, FILE);
  const own: Holder = { pid: process.pid, started: startOf(process.pid) ?? '' };
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(own), { mode: 0o600 });
  try {
    for (let tries = 0; ; tries += 1) {
      try {
        // Unlike opening, linking cannot leave an empty lock behind.
        linkSync(temporary, path);
        return () => rmSync(path, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = holderOf(path);
      if (tries > 3 || (holder !== undefined && startOf(holder.pid) === holder.started))
        throw taken(path, holder);
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(temporary, { force: true });
  }
}

const taken = (path: string, holder: Holder | undefined): IrError =>
  new IrError(`another watch is at work here (process ${holder?.pid ?? 'unknown'})`, {
    exit: EXIT.integrity,
    source: { path },
    hint: 'End it, or give this one a name of its own: --name NAME.',
  });

function holderOf(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** When a process started; undefined when there is none. Where the system does not tell, only whether it lives. */
function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    if (process.platform === 'linux') return undefined;
  }
  try {
    process.kill(pid, 0);
    return '';
  } catch {
    return undefined;
  }
}
