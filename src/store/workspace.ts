/** Finds the workspace folder: `--store`, else `.ir/` upwards from the working directory, else the user's. */
import { accessSync, constants, existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { refusedError, usageError } from '../errors.ts';
import { isPostgres, parsePostgres } from './postgres/address.ts';
import { DATABASE_FILE, WORKSPACE_FOLDER } from './store-names.ts';

/** Where a command was started, by whom and with what settings. */
export interface WorkspaceQuestion {
  /** `--store` or IR_STORE. */
  store: string | undefined;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Id of the user who asks; by default that of the process. Undefined where there are none (Windows). */
  user?: number | undefined;
}

/** The folder of a store, which need not be there yet. */
export interface Workspace {
  folder: string;
  /** What `openStore` is given: the folder, or the address of a store on PostgreSQL, beside which the folder holds the files. */
  place: string;
  /** The same for people. */
  shown: string;
  /** True when it holds a store already. */
  exists: boolean;
  /** Id of the other user to whom it belongs, where it was named all the same or sudo stands between. */
  owner: number | undefined;
}

/**
 * Where the store is, or where a new one would go: `.ir/` in the working directory, or in the user's data
 * folder when that directory cannot be written to.
 * @throws IrError for an address that is none of ours, and for a folder that was not named and belongs to somebody else
 */
export function findWorkspace(question: WorkspaceQuestion): Workspace {
  const { store } = question;
  if (store !== undefined && isPostgres(store)) return remoteWorkspace(store, question);
  const { folder, exists, owner } = findFolder(question);
  return { folder, place: folder, shown: folder, exists, owner };
}

type Found = Pick<Workspace, 'folder' | 'exists' | 'owner'>;

/** Whether there is a store only the server knows. Files lie where the address says, else with this user. */
function remoteWorkspace(store: string, { cwd, env }: WorkspaceQuestion): Workspace {
  const address = parsePostgres(store);
  const { folder, shown, host = 'local', database = '', schema } = address;
  const name = [host, database, schema].join('-').replace(/[^\w.-]+/g, '_');
  return {
    folder: folder === undefined ? join(dataFolder(env), 'ir-files', name) : resolve(cwd, folder),
    ...{ place: store, shown, exists: true, owner: undefined },
  };
}

const dataFolder = (env: WorkspaceQuestion['env']): string =>
  env['XDG_DATA_HOME'] || join(env['HOME'] || homedir(), '.local/share');

function findFolder(question: WorkspaceQuestion): Found {
  const { store, cwd, env } = question;
  if (store !== undefined) {
    const folder = resolve(cwd, assertFolder(store));
    return { folder, exists: hasStore(folder), owner: strangerOf(folder, question) };
  }
  const above = findUpwards(cwd, env);
  if (above !== undefined) return ownWorkspace(above, question);
  const personal = join(dataFolder(env), 'ir');
  if (hasStore(personal)) return ownWorkspace(personal, question);
  return ownWorkspace(isWritable(cwd) ? join(cwd, WORKSPACE_FOLDER) : personal, question);
}

/** @throws IrError (exit 6) when the folder may not be looked into: what is not seen is not absent */
function hasStore(folder: string): boolean {
  try {
    return statSync(join(folder, DATABASE_FILE), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') return false;
    throw refusedError(
      `the store ${folder} may not be read: permission denied`,
      'Run ir as the user it belongs to, or name another with --store.',
    );
  }
}

/**
 * The folder of a store that was named, itself or the folder with its `.ir` in it; as the file system names it.
 * @throws IrError (exit 6) where there is none
 */
export function findStoreIn(path: string): string {
  const found = [path, join(path, WORKSPACE_FOLDER)].find(hasStore);
  if (found === undefined)
    throw refusedError(
      `there is no store in ${path}`,
      'Name its folder, .ir, or the one around it.',
    );
  return realPath(found);
}

/** May the store in that folder be written to? */
export const canWrite = (folder: string): boolean =>
  isWritable(folder) && isWritable(join(folder, DATABASE_FILE));

function assertFolder(store: string): string {
  if (store.trim() === '') throw usageError('--store is empty', 'Give it the path of a folder.');
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(store)) return store;
  // The address may hold a password: only its scheme is repeated.
  throw usageError(
    `the store "${store.slice(0, store.indexOf(':'))}://..." is an address of no kind that is known`,
    'Give --store or IR_STORE the path of a folder, or postgres://user@host/database.',
  );
}

/** Stops, as git does, below the folders of IR_CEILING_DIRECTORIES, and below one in which anybody may put things, such as /tmp. */
function findUpwards(cwd: string, env: WorkspaceQuestion['env']): string | undefined {
  const ceilings = (env['IR_CEILING_DIRECTORIES'] ?? '')
    .split(delimiter)
    .filter((path) => isAbsolute(path))
    .map(realPath);
  const start = resolve(cwd);
  for (let at = start; ; at = dirname(at)) {
    if (at !== start && (ceilings.includes(realPath(at)) || isOpenToAll(at))) return undefined;
    const folder = join(at, WORKSPACE_FOLDER);
    if (existsSync(join(folder, DATABASE_FILE))) return folder;
    if (dirname(at) === at) return undefined;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

const isOpenToAll = (folder: string): boolean =>
  process.platform !== 'win32' && (statSync(folder).mode & 0o002) !== 0;

/**
 * In a shared folder anyone could put a store in the way, or a folder for one; git refuses this for the same reason, and also where
 * root is asked to use it.
 */
function ownWorkspace(folder: string, question: WorkspaceQuestion): Found {
  const owner = strangerOf(folder, question);
  if (owner !== undefined && owner !== sudoUser(question)) {
    throw refusedError(
      `the store ${folder} belongs to another user (id ${owner})`,
      `If that is right, name it: --store ${folder}`,
    );
  }
  return { folder, exists: hasStore(folder), owner };
}

/** The user behind sudo, whose store root may use as git uses their repositories. */
const sudoUser = ({ env, user = process.geteuid?.() }: WorkspaceQuestion): number | undefined =>
  user === 0 && /^\d{1,10}$/.test(env['SUDO_UID'] ?? '') ? Number(env['SUDO_UID']) : undefined;

/** The other user who owns the folder, what it is a link to, or the database in it; undefined when all is one's own or not there. */
function strangerOf(
  folder: string,
  { user = process.geteuid?.() }: WorkspaceQuestion,
): number | undefined {
  if (user === undefined) return undefined;
  return [folder, join(folder, DATABASE_FILE)]
    .flatMap((path) => [lstatSync, statSync].map((status) => ownerBy(status, path)))
    .find((owner) => owner !== undefined && owner !== user);
}

function ownerBy(status: typeof lstatSync, path: string): number | undefined {
  try {
    return status(path).uid;
  } catch {
    return undefined;
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
