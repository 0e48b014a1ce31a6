/** Another machine as far as it can be fetched over ssh: a copy of some of its folders, what `ps` and `ss` say, and nothing written there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT, IrError } from '../errors.ts';
import { type Place, runAt } from '../processes/run-at.ts';
import { runCommand } from '../processes/run-command.ts';
import { localMachine, type Machine } from './machine.ts';
import type { Unseen } from './observation.ts';

/** A copy, in a private folder that goes away. */
export interface CopiedMachine {
  machine: Machine;
  /** What of it did not come. */
  unseen: readonly Unseen[];
  remove(): void;
}

/** What is needed to copy. */
export interface CopyRequest {
  place: Place & { ssh: string };
  paths: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}

const HOUR_MS = 3_600_000;
const MOST_NAMED = 50;
/** What accounts and keys are told by, whatever else is asked for. */
const ALWAYS = ['/etc/passwd', '/etc/group', '/etc/ssh', '/root/.ssh'];

/** Fetches the folders as one archive. @throws IrError (exit 5) when the machine does not answer, or sends more than can be kept */
export async function copyMachine({
  place,
  paths,
  env,
  signal,
}: CopyRequest): Promise<CopiedMachine> {
  const folder = mkdtempSync(join(tmpdir(), 'ir-copy-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const wanted = [...new Set([...paths, ...ALWAYS])];
    const argv = [
      ...['tar', '--create', '--gzip', '--file=-', '--ignore-failed-read', '--one-file-system'],
      ...['--absolute-names', '--exclude-vcs', '--', ...wanted],
    ];
    const limits = { timeoutMs: HOUR_MS, textBytes: 64_000, outputFolder: folder };
    const sent = await runAt(place, { argv, environment: env, signal, ...limits });
    signal.throwIfAborted();
    if (sent.failure !== undefined || sent.stdout.path === undefined) {
      const why =
        sent.failure ??
        (sent.stdout.bytes > 0 ? 'it sent more than 1 GiB, packed' : sent.stderr.head.trim());
      throw new IrError(`nothing was copied from ${place.ssh}: ${why}`, {
        exit: EXIT.remoteFailed,
        hint: 'Name fewer folders, or run ir on that machine.',
      });
    }
    const root = mkdtempSync(join(folder, 'root-'));
    // Names that lead out of the folder are made to stay in it; owners, special rights and devices do not come along.
    const unpack = [
      'tar',
      '--extract',
      '--gzip',
      '--no-same-owner',
      '--no-same-permissions',
      '--exclude=/dev/*',
    ];
    const unpacked = await runCommand({
      argv: [...unpack, `--file=${sent.stdout.path}`, `--directory=${root}`],
      ...{
        environment: env,
        signal,
        timeoutMs: HOUR_MS,
        outputFolder: undefined,
        textBytes: 64_000,
      },
    });
    signal.throwIfAborted();
    const said = `${sent.stderr.text}\n${unpacked.stderr.text}`.split('\n').filter(isLoss);
    const unseen = said.slice(0, MOST_NAMED).map((line) => ({ what: place.ssh, why: line }));
    const machine = { ...localMachine({ env, signal, root }), name: place.ssh, isCopy: true };
    return { machine, unseen, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Folders that are not there are no loss. */
const isLoss = (line: string): boolean =>
  line.trim() !== '' &&
  !/No such file or directory|Removing leading|Exiting with|socket ignored/.test(line);
