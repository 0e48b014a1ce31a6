/** How a watch stands, in a small file that is replaced about once a second: what others look at while it works. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WatchCounters } from './counters.ts';

const FILE = 'counters.json';

/** Replaces the file. A disk that takes nothing more is told by what must be kept: this need not be. */
export function writeCounters(folder: string, counters: WatchCounters): void {
  const path = join(folder, FILE);
  try {
    writeFileSync(`${path}.new`, JSON.stringify(counters), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // The one from before says by its time how old it is.
  }
}

/** What was last written; undefined where nothing was, or nothing that can be read. */
export function readCounters(folder: string): WatchCounters | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as WatchCounters;
  } catch {
    return undefined;
  }
}
