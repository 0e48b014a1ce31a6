/** The state of a watch in one file, that is replaced as a whole: a crash leaves the old one or the new one. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { SavedStream } from '../detect/stream/stream.ts';
import { EXIT, IrError, messageOf } from '../errors.ts';
import type { SavedCounters } from './counters.ts';
import type { ToldFinding } from './finding-log.ts';
import type { SavedNormal } from './normal.ts';
import type { SavedQuiet } from './quiet.ts';
import type { TrafficMinute } from './traffic.ts';
import type { SavedFiles } from './watched-files.ts';

/** All that the next run needs to go on. */
export interface WatchState {
  schema: 'ir.watch-state/v1';
  /** When the watch began for the first time, milliseconds since the epoch. */
  beganMs: number;
  /** The number of the last step of a finding that this state accounts for. */
  seq: number;
  stream: SavedStream;
  /** What was told of findings that have not closed. */
  told: readonly ToldFinding[];
  counters: SavedCounters;
  normal: SavedNormal | undefined;
  quiet: SavedQuiet;
  /** What came in the minute that goes on. */
  minute: TrafficMinute | undefined;
  /** Files and folders that are watched. */
  files?: SavedFiles | undefined;
}

const FILE = 'state.json';

/** The state that an earlier run left; undefined where there is none. @throws IrError (exit 7) when it cannot be read */
export function readState(folder: string): WatchState | undefined {
  const path = join(folder, FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, messageOf(error));
  }
  try {
    const state = JSON.parse(text) as WatchState;
    if (state.schema === 'ir.watch-state/v1') return state;
    throw new Error(`its schema is "${String(state.schema)}"`);
  } catch (error) {
    throw unreadable(path, messageOf(error));
  }
}

const unreadable = (path: string, reason: string): IrError =>
  new IrError(`the state of the watch cannot be read: ${reason}`, {
    exit: EXIT.integrity,
    source: { path },
    hint: 'Begin anew with another --name, or move the file away: the logs are then read from their beginning.',
  });

/** Replaces the state. Throws what the file system says; the old one then holds. @returns the number of bytes */
export function writeState(folder: string, state: WatchState): number {
  const path = join(folder, FILE);
  const temporary = `${path}.new`;
  const bytes = Buffer.from(JSON.stringify(state));
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, path);
  return bytes.length;
}
