/** Finds the workspace folder: `--store`, else `.ir/` upwards from the working directory, else the user's. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { refusedError, usageError } from '../errors.ts';
import { DATABASE_FILE, WORKSPACE_FOLDER } from './store-names.ts';

export interface WorkspaceQuestion {
  /** `--store` or IR_STORE. */
  store: string | undefined;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
}

export interface Workspace {
  folder: string;
  /** True when it holds a store already. */
  exists: boolean;
}

/**
 * Where the store is, or where a new one would go: `.ir/` in the working directory, or in the user's data
 * folder when that directory cannot be written to.
 * @throws IrError for a database URL and for a folder found upwards that belongs to somebody else
 */
export function findWorkspace({ store, cwd, env }: WorkspaceQuestion): Workspace {
  if (store !== undefined) return workspaceAt(resolve(cwd, assertFolder(store)));
  const above = findUpwards(cwd);
  if (above !== undefined) return { folder: above, exists: true };
  const personal = join(
    env['XDG_DATA_HOME'] || join(env['HOME'] || homedir(), '.local/share'),
    'ir',
  );
  if (hasStore(personal)) return { folder: personal, exists: true };
  return { folder: isWritable(cwd) ? join(cwd, WORKSPACE_FOLDER) : personal, exists: false };
}

const hasStore = (folder: string): boolean => existsSync(join(folder, DATABASE_FILE));

const workspaceAt = (folder: string): Workspace => ({ folder, exists: hasStore(folder) });

function assertFolder(store: string): string {
  if (store.trim() === '') throw usageError('--store is empty', 'Give it the path of a folder.');
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(store)) return store;
  // The address may hold a password: only its scheme is repeated.
  throw usageError(
    `the store "${store.slice(0, store.indexOf(':'))}://..." is a database address; only folders work so far`,
    'Give --store or IR_STORE the path of a folder.',
  );
}

function findUpwards(cwd: string): string | undefined {
  for (let at = resolve(cwd); ; at = dirname(at)) {
    const folder = join(at, WORKSPACE_FOLDER);
    if (hasStore(folder)) return assertOwn(folder);
    if (dirname(at) === at) return undefined;
  }
}

/** In a shared folder such as /tmp anyone could put a store in the way; git refuses this for the same reason. */
function assertOwn(folder: string): string {
  const uid = process.getuid?.();
  const owner = statSync(folder).uid;
  if (uid === undefined || uid === 0 || owner === uid) return folder;
  throw refusedError(
    `the store ${folder} belongs to another user (id ${owner})`,
    `If that is right, name it: --store ${folder}`,
  );
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
