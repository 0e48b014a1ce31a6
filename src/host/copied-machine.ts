/**
 * Another machine as far as it can be fetched over ssh: a copy of what is asked for in a private folder, what `find` says of
 * those files, and what its programs print. Nothing is written there.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT, IrError } from '../errors.ts';
import { type Place, runAt } from '../processes/run-at.ts';
import { type RunResult, runCommand } from '../processes/run-command.ts';
import { localMachine, type Machine, type Remote } from './machine.ts';
import type { Unseen } from './observation.ts';
import { type FileFacts, factsCommand, readFacts } from './remote-facts.ts';

/** A machine that is fetched piece by piece. */
export interface CopiedMachine {
  machine: Machine & { remote: Remote };
  remove(): void;
}

/** What is needed to copy. */
export interface CopyRequest {
  place: Place & { ssh: string };
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  /** Of one archive, packed; 1 GiB when undefined. */
  mostBytes?: number | undefined;
}

const HOUR_MS = 3_600_000;
const MOST_NAMED = 50;
const MOST_LISTED_BYTES = 256_000_000;
/** Paths of one command. */
const AT_ONCE = 500;
/** What accounts and keys are told by, whatever else is asked for. */
const ALWAYS = ['/etc/passwd', '/etc/group', '/etc/ssh', '/root/.ssh'];

/** Fetches folders, and what accounts and keys are told by, as one archive. @throws IrError (exit 5) as `openRemote` */
export async function copyMachine(
  request: CopyRequest & { paths: readonly string[] },
): Promise<CopiedMachine> {
  const copy = openRemote(request);
  try {
    await copy.machine.remote.bring([...new Set([...request.paths, ...ALWAYS])], 'content');
    return copy;
  } catch (error) {
    copy.remove();
    throw error;
  }
}

/**
 * A machine of which nothing is here yet. What fetches of it fails with an IrError (exit 5) when it does not answer, or sends more
 * than can be kept.
 */
export function openRemote(request: CopyRequest): CopiedMachine {
  const { place, env, signal } = request;
  const folder = mkdtempSync(join(tmpdir(), 'ir-copy-'));
  const root = mkdtempSync(join(folder, 'root-'));
  const facts = new Map<string, FileFacts>();
  const unseen: Unseen[] = [];
  const lose = (text: string): void => {
    for (const line of text.split('\n').filter(isLoss))
      if (unseen.length < MOST_NAMED) unseen.push({ what: place.ssh, why: line });
  };
  const run: Machine['run'] = (argv, limits) =>
    runAt(place, { argv, environment: env, signal, outputFolder: undefined, ...limits });
  const list: Remote['list'] = async (paths, tests) => {
    const listed: string[] = [];
    for (const some of inParts(paths)) {
      const limits = { timeoutMs: HOUR_MS, textBytes: MOST_LISTED_BYTES };
      const told = await run(factsCommand(some, tests), limits);
      signal.throwIfAborted();
      assertAnswered(place, told);
      if (told.stdout.bytes > MOST_LISTED_BYTES) lose('find: the list of files is too long');
      for (const [path, one] of readFacts(told.stdout.text)) {
        facts.set(path, one);
        listed.push(path);
      }
      if (told.exitCode === 127) lose('find: there is no such program');
      else lose(told.stderr.text);
    }
    return listed.sort();
  };
  const brought = new Set<string>();
  const remote: Remote = {
    ...{ facts, unseen, list },
    async bring(paths, what = 'content and facts') {
      const wanted = paths.filter((path) => !brought.has(path));
      for (const path of wanted) brought.add(path);
      for (const some of inParts(wanted)) {
        if (what !== 'content') await list(some, []);
        await fetch(request, folder, root, some, lose);
      }
    },
    drop(paths) {
      for (const path of paths) {
        brought.delete(path);
        rmSync(join(root, path), { force: true });
      }
    },
  };
  return {
    machine: {
      ...localMachine({ env, signal, root }),
      ...{ name: place.ssh, isCopy: true, isRunning: true, run, remote },
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function* inParts(paths: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < paths.length; at += AT_ONCE) yield paths.slice(at, at + AT_ONCE);
}

/** One archive, unpacked into `root`. */
async function fetch(
  { place, env, signal, mostBytes }: CopyRequest,
  folder: string,
  root: string,
  paths: readonly string[],
  lose: (text: string) => void,
): Promise<void> {
  const argv = [
    ...['tar', '--create', '--gzip', '--file=-', '--ignore-failed-read', '--one-file-system'],
    ...['--absolute-names', '--exclude-vcs', '--', ...paths],
  ];
  const limits = { timeoutMs: HOUR_MS, textBytes: 64_000, outputFolder: folder };
  const sent = await runAt(place, {
    ...{ argv, environment: env, signal, ...limits },
    ...(mostBytes !== undefined && { mostKeptBytes: mostBytes }),
  });
  signal.throwIfAborted();
  assertAnswered(place, sent);
  if (sent.stdout.path === undefined)
    throw nothingCame(place, sent.stdout.bytes > 0 ? TOO_MUCH : sent.stderr.head.trim());
  // Names that lead out of the folder are made to stay in it; owners, special rights and devices do not come along.
  const unpack = [
    ...['tar', '--extract', '--gzip', '--no-same-owner', '--no-same-permissions'],
    '--exclude=/dev/*',
  ];
  const unpacked = await runCommand({
    argv: [...unpack, `--file=${sent.stdout.path}`, `--directory=${root}`],
    ...{ environment: env, signal, timeoutMs: HOUR_MS, outputFolder: undefined, textBytes: 64_000 },
  });
  signal.throwIfAborted();
  rmSync(sent.stdout.path, { force: true });
  lose(sent.stderr.text);
  lose(unpacked.stderr.text);
}

const TOO_MUCH = 'it sent more than can be kept';

/** @throws IrError (exit 5) where the machine, or what was asked of it, did not answer */
function assertAnswered({ ssh }: CopyRequest['place'], { failure }: RunResult): void {
  if (failure !== undefined) throw nothingCame({ ssh }, failure);
}

const nothingCame = ({ ssh }: CopyRequest['place'], why: string): IrError =>
  new IrError(`nothing was copied from ${ssh}: ${why}`, {
    exit: EXIT.remoteFailed,
    hint: 'See whether ssh reaches it, name fewer folders, or run ir on that machine.',
  });

/** Folders that are not there are no loss. */
const isLoss = (line: string): boolean =>
  line.trim() !== '' &&
  !/No such file or directory|Removing leading|Exiting with|socket ignored/.test(line);
