/** A PostgreSQL of the tests' own: in a folder of its own, behind a socket in it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isThere } from './needs.ts';

const ROOT = '/usr/lib/postgresql';

/** The folder of its programs, the newest; undefined where it is not installed. */
const bin = (existsSync(ROOT) ? readdirSync(ROOT) : [])
  .sort((a, b) => Number(b) - Number(a))
  .map((version) => join(ROOT, version, 'bin'))
  .find((folder) => existsSync(join(folder, 'initdb')));

/** Asked once a file. */
export const hasPostgres = (): boolean => isThere('PostgreSQL', bin !== undefined);

export interface Cluster {
  /** Address of a store in a schema of its own. */
  addressOf(schema: string, user?: string): string;
  /** Runs SQL as the one who may do anything. */
  sql(text: string): string;
  /** Number of the process that all others are children of. */
  pid(): number;
  start(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  remove(): Promise<void>;
}

/** Root may not run it: then it is the user that its package made. */
function owner(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres']).stdout.toString());
  return { uid: id('-u'), gid: id('-g') };
}

/** Makes and starts one, with the database `ir`. */
export async function startPostgres(options: readonly string[] = []): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'ir-pg-'));
  const who = owner();
  if (who.uid !== undefined) chownSync(folder, who.uid, who.gid!);
  const data = join(folder, 'data');
  const env = { ...process.env, LC_ALL: 'C' };
  const run = (program: string, args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(join(bin!, program), args, {
      ...who,
      ...{ env, cwd: folder, encoding: 'utf8' },
    });
    if (status !== 0) throw new Error(`${program}: ${stderr}`);
    return stdout;
  };
  run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '-N']);
  let server: ChildProcess | undefined;
  const socket = ['-h', folder, '-U', 'postgres'];
  const sql = (text: string, database = 'ir'): string =>
    run('psql', [...socket, '-d', database, '-XAtqc', text]).trim();
  const start = async (): Promise<void> => {
    const settings = ['fsync=off', 'max_wal_size=64MB', 'shared_buffers=16MB', ...options];
    server = spawn(
      join(bin!, 'postgres'),
      ['-D', data, '-k', folder, '-h', '', ...settings.flatMap((one) => ['-c', one])],
      { ...who, env, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const started = server;
    let said = '';
    // Read on to its end: a server that cannot say what it does would stop.
    await new Promise<void>((resolve, reject) => {
      started.stderr!.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes('ready to accept connections')) resolve();
      });
      started.on('error', reject);
      started.on('exit', () => reject(new Error(`PostgreSQL ended: ${said}`)));
    });
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  };
  await start();
  sql('create database ir', 'postgres');
  return {
    addressOf: (schema, user = 'postgres') =>
      `postgres://${user}@localhost/ir?host=${folder}&schema=${schema}`,
    ...{ sql, start },
    pid: () => server!.pid!,
    kill: () => end('SIGKILL'),
    async remove() {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
