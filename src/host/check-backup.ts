/** Backups: what they hold is recorded before, and compared, opened and searched before anything is restored from them. */
import { basename } from 'node:path';
import { durationText } from '../events/words.ts';
import { reasonOf } from '../logs/reason.ts';
import { createLedger, type Ledger, tellLost } from './check-ledger.ts';
import { tellSearched } from './check-traces.ts';
import { type FoundFile, findFiles } from './find-files.ts';
import type { Machine } from './machine.ts';
import type { CheckReport } from './observation.ts';
import type { BackupManifest } from './parse/backup-manifest.ts';
import { remoteFiles } from './remote-files.ts';
import type { ContentSearch } from './search-content.ts';

/** What both need. */
export interface BackupCheck {
  machine: Machine;
  /** Absolute path of the backup: a file or a folder. */
  path: string;
  search: ContentSearch;
  now(): Date;
  progress(text: string): void;
}

/** A backup that was recorded, and what of it could not be read. */
export interface RecordedBackup {
  manifest: BackupManifest;
  bytes: number;
  report: CheckReport;
}

/** Hashes every file. */
export async function recordBackup(
  check: BackupCheck,
  offlineCopy: string | undefined,
): Promise<RecordedBackup> {
  const startedAt = check.now().toISOString();
  const ledger = createLedger();
  const sums = new Map<string, string>();
  const { newestMs, bytes } = await readBackup(check, ledger, (name, sha256) => {
    sums.set(name, sha256);
  });
  const endedAt = check.now().toISOString();
  const manifest = {
    ...{ path: check.path, recordedAt: endedAt, offlineCopy, sums },
    newestAt: instantOf(newestMs),
  };
  return { manifest, bytes, report: close(check, ledger, startedAt) };
}

/** How a backup is compared. */
export interface BackupTerms {
  manifest: BackupManifest;
  /** Older than that is worth a word, milliseconds; undefined: age is told and not judged. */
  maxAgeMs: number | undefined;
}

/** Hashes, opens and searches every file. What differs is an observation of level critical or high. */
export async function verifyBackup(
  check: BackupCheck,
  { manifest, maxAgeMs }: BackupTerms,
): Promise<CheckReport> {
  const startedAt = check.now().toISOString();
  const ledger = createLedger();
  const missing = new Map(manifest.sums);
  const [only] = manifest.sums.size === 1 ? manifest.sums.keys() : [];
  const { newestMs } = await readBackup(check, ledger, (found, sha256, file) => {
    // One file may have been copied under another name.
    const name = only !== undefined && file.shown === check.path ? only : found;
    const recorded = missing.get(name);
    missing.delete(name);
    if (recorded === sha256) return;
    const at = instantOf(file.modifiedMs);
    const differs = recorded !== undefined;
    ledger.observe({
      kind: differs ? 'backup-changed' : 'backup-added',
      level: differs ? 'critical' : 'high',
      ...{ subject: name, at },
      text: differs
        ? `${name} has other content than when the backup was recorded`
        : `${name} was not in the backup when it was recorded`,
      detail: { sha256, recorded: recorded ?? null, sizeBytes: file.sizeBytes },
    });
  });
  for (const [name, recorded] of missing) {
    ledger.observe({
      ...{ kind: 'backup-missing', level: 'critical', subject: name, at: undefined },
      text: `${name} is gone, or cannot be read`,
      detail: { recorded },
    });
  }
  tellAge(check, ledger, newestMs, maxAgeMs);
  return close(check, ledger, startedAt);
}

/** Goes through the files; `take` gets each with its name below the backup. */
async function readBackup(
  { machine, path, search, progress }: BackupCheck,
  ledger: Ledger,
  take: (name: string, sha256: string, file: FoundFile) => void,
): Promise<{ newestMs: number | undefined; bytes: number }> {
  let newestMs: number | undefined;
  let bytes = 0;
  let isFolder = false;
  const files =
    machine.remote === undefined
      ? findFiles(machine, [path], { unseen: ledger.unseen })
      : remoteFiles(machine, machine.remote, path, ledger.unseen);
  for await (const file of files) {
    const name = isFolder
      ? file.shown.slice(path.length).replace(/^\/+/, '')
      : basename(file.shown);
    if (file.shown === path && file.kind === 'folder') isFolder = true;
    if (file.kind === 'folder') continue;
    if (file.kind !== 'file') {
      ledger.unseen({ what: file.shown, why: 'it is no file' });
      continue;
    }
    progress(`${Math.round(bytes / 1e6)} MB read, at ${file.shown}`);
    try {
      const found = await search.file(file);
      ledger.looked('files');
      if (found.members > 0) ledger.looked('archives opened and read to their end');
      if (found.members > 0) ledger.looked('files in archives', found.members);
      tellDamage(ledger, found.problems);
      tellSearched({ ledger }, file, { ...found, problems: [] });
      bytes += found.bytes;
      newestMs = Math.max(newestMs ?? 0, file.modifiedMs);
      take(name, found.sha256, file);
    } catch (error) {
      machine.signal.throwIfAborted();
      ledger.unseen({ what: file.shown, why: reasonOf(error) });
    }
  }
  tellLost(machine, ledger);
  return { newestMs, bytes };
}

/** An archive that does not open restores nothing. */
function tellDamage(ledger: Ledger, problems: readonly { path: string; reason: string }[]): void {
  for (const { path, reason } of problems) {
    if (/, left out$|without files$/.test(reason)) ledger.unseen({ what: path, why: reason });
    else {
      ledger.observe({
        ...{ kind: 'backup-damaged', level: 'critical', subject: path, at: undefined, detail: {} },
        text: `${path} cannot be read to its end: ${reason}`,
      });
    }
  }
}

function tellAge(
  { now }: BackupCheck,
  ledger: Ledger,
  newestMs: number | undefined,
  maxAgeMs: number | undefined,
): void {
  if (newestMs === undefined) return;
  const ageMs = Math.max(0, now().getTime() - newestMs);
  const isOld = maxAgeMs !== undefined && ageMs > maxAgeMs;
  ledger.observe({
    kind: 'backup-age',
    level: isOld ? 'medium' : 'informational',
    subject: 'newest file',
    text: `the newest file is ${durationText(ageMs)} old${isOld ? ', older than --max-age' : ''}`,
    at: instantOf(newestMs),
    detail: { ageSeconds: Math.round(ageMs / 1000) },
  });
}

const instantOf = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

const close = (
  { machine, path, now }: BackupCheck,
  ledger: Ledger,
  startedAt: string,
): CheckReport =>
  ledger.close({
    check: 'backup',
    ...{ host: machine.name, root: path, since: undefined, startedAt },
    endedAt: now().toISOString(),
  });
