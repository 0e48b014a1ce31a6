/** What all ways of taking share: the machine, the folder, the limits, and how bytes come into the folder. */
import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { EXIT, IrError } from '../../errors.ts';
import { type Place, runAt } from '../../processes/run-at.ts';
import type { RecordedOutput, RunResult } from '../../processes/run-command.ts';
import type { TakenFile } from './collection-record.ts';
import type { OutputFolder } from './output-folder.ts';

/** What an item is taken with. */
export interface Taking {
  output: OutputFolder;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  now(): Date;
  /** Where it is taken from. */
  place: Place;
  /** Bytes that may still be kept, of all together. */
  bytesLeft(): number;
  /** Milliseconds that are left, of all together. */
  msLeft(): number;
}

/** What one way of taking gives. */
export interface Taken {
  command: readonly string[];
  exitCode: number | null;
  failure: string | null;
  files: readonly TakenFile[];
  leftOut: { path: string; why: string }[];
}

/** Runs a command where the collection is taken. @throws IrError (exit 5) when that machine cannot be reached any more */
export async function runThere(
  argv: readonly string[],
  timeoutMs: number,
  textBytes: number,
  { output, env, signal, place, msLeft }: Taking,
): Promise<RunResult> {
  // Programs that keep files of their own keep them in the folder, where they are thrown away.
  const environment = place.ssh === undefined ? { PATH: env['PATH'], HOME: output.part } : env;
  const result = await runAt(place, {
    ...{ argv, environment, signal, textBytes },
    timeoutMs: Math.max(1, Math.min(timeoutMs, msLeft())),
    outputFolder: output.part,
  });
  if (!result.isUnreachable) return result;
  throw new IrError(result.failure ?? `${place.ssh} cannot be reached`, {
    exit: EXIT.remoteFailed,
    hint: 'What was taken stays; the same command goes on.',
  });
}

/** Puts an output under its name, as far as the limit goes; undefined for one that is empty or was lost. */
export function keepOutput(
  { path, bytes }: RecordedOutput,
  most: number,
  name: string,
  output: OutputFolder,
): TakenFile | undefined {
  if (path === undefined) return undefined;
  const taken = copyUpTo(path, { start: 0, most, size: bytes }, name, output);
  rmSync(path, { force: true });
  return taken;
}

/** A part of a file. */
export interface Part {
  start: number;
  most: number;
  /** Of the whole. */
  size: number;
}

/** Copies a part of a file that is open to read, or of a path. @throws Error as the system says it */
export function copyUpTo(
  from: string | number,
  { start, most, size }: Part,
  name: string,
  output: OutputFolder,
): TakenFile {
  const descriptor = typeof from === 'number' ? from : openSync(from, 'r');
  const file = output.create(name);
  try {
    const buffer = Buffer.allocUnsafe(1 << 18);
    // What the kernel makes up as it is read cannot be read at a place.
    const isMade = size === 0;
    while (file.bytes() < most) {
      const want = Math.min(buffer.length, most - file.bytes());
      const got = readSync(descriptor, buffer, 0, want, isMade ? null : start + file.bytes());
      if (got === 0) break;
      file.write(buffer.subarray(0, got));
    }
    const taken = file.finish();
    return taken.bytes < size ? { ...taken, ofBytes: size } : taken;
  } catch (error) {
    file.discard();
    throw error;
  } finally {
    if (typeof from !== 'number') closeSync(descriptor);
  }
}
