/** `ir check backup record PATH` and `verify PATH --manifest FILE`. */
import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { createAutomaton } from '../detect/aho-corasick.ts';
import { EXIT, usageError } from '../errors.ts';
import { plural } from '../events/words.ts';
import { type BackupCheck, recordBackup, verifyBackup } from '../host/check-backup.ts';
import type { Machine } from '../host/machine.ts';
import type { CheckReport } from '../host/observation.ts';
import { type BackupManifest, readManifest, writeManifest } from '../host/parse/backup-manifest.ts';
import { createContentSearch } from '../host/search-content.ts';
import { createSpool } from '../logs/spool.ts';
import {
  assertOptions,
  type CheckOptions,
  type CheckResult,
  finishCheck,
  unreadable,
  withMachine,
} from './check-shared.ts';
import type { CommandContext } from './context.ts';
import { assertStepOpen, type Kept, keepResult } from './keep-result.ts';
import type { CommandOutcome } from './outcome.ts';
import { readPasswords } from './read-passwords.ts';
import { type TraceOptions, wantedTraces } from './traces-of-incident.ts';
import { assertWritable, writeWhole } from './write-file.ts';

/** Options of `ir check backup record`, as typed. */
export interface RecordOptions extends CheckOptions {
  output?: string | undefined;
  force?: boolean | undefined;
  offlineCopy?: string | undefined;
  passwordFile?: string | undefined;
}

/** Options of `ir check backup verify`, as typed. */
export interface VerifyOptions extends CheckOptions, TraceOptions {
  manifest?: string | undefined;
  maxAge?: string | undefined;
  offlineCopy?: string | undefined;
  passwordFile?: string | undefined;
}

/** What was recorded. */
export interface RecordResult {
  path: string;
  /** The manifest. */
  output: string;
  files: number;
  bytes: number;
  recordedAt: string;
  newestAt: string | undefined;
  offlineCopy: string | undefined;
  unseen: CheckReport['unseen'];
  kept: Kept | undefined;
}

/** Writes the checksums of a backup. @throws IrError (exit 4) where there is none */
export async function recordBackupOf(
  context: CommandContext,
  path: string,
  options: RecordOptions,
): Promise<CommandOutcome<RecordResult>> {
  await assertStepOpen(context, options);
  const { output = `${basename(path)}.sha256` } = options;
  const place = resolve(context.settings.cwd, output);
  const target = { path: place, shown: output, flag: '--output', isForced: options.force === true };
  const mayReplace = await assertWritable(context, target);
  return withBackup(context, path, { ...options, incidentTraces: false }, async (check) => {
    const { manifest, bytes, report } = await recordBackup(check, options.offlineCopy);
    if (manifest.sums.size === 0)
      throw unreadable(path, new Error('it holds no file'), 'Name another one.');
    const text = writeManifest(manifest);
    await writeWhole(context, { ...target, isForced: mayReplace }, text);
    const title = `checksums of the backup ${path}`;
    const note = `${title}: ${plural(manifest.sums.size, 'file')}`;
    const kept = await keepResult(context, { title, text, note, report }, options);
    const { recordedAt, newestAt, offlineCopy } = manifest;
    const { unseen } = report;
    const result = {
      ...{ path, output, files: manifest.sums.size, bytes, recordedAt, newestAt, offlineCopy },
      ...{ unseen, kept },
    };
    return unseen.length === 0
      ? { result }
      : { result, exit: EXIT.unreadableInput, reasons: () => unseen.map(unseenText) };
  });
}

const unseenText = ({ what, why }: CheckReport['unseen'][number]): string =>
  `not recorded: ${what}: ${why}`;

/** Compares a backup with its manifest, and looks into it. Ends with exit 7 where it is not as it was. */
export async function verifyBackupOf(
  context: CommandContext,
  path: string,
  options: VerifyOptions,
): Promise<CommandOutcome<CheckResult>> {
  await assertOptions(context, options);
  const { manifest: named } = options;
  if (named === undefined) {
    throw usageError('--manifest is missing', 'It is what ir check backup record wrote.');
  }
  const maxAgeMs = readAge(options.maxAge);
  const { manifest, unseen } = manifestAt(resolve(context.settings.cwd, named), named);
  return withBackup(context, path, options, async (check) => {
    const verified = await verifyBackup(check, { manifest, maxAgeMs });
    const copy = options.offlineCopy ?? manifest.offlineCopy;
    const noted = copy === undefined ? [] : [offlineCopyOf(copy)];
    const report = {
      ...verified,
      observations: [...verified.observations, ...noted],
      unseen: [...unseen, ...verified.unseen],
    };
    const outcome = await finishCheck(context, report, options, `ir check backup verify ${path}`);
    const broken = report.observations.filter(({ kind }) => BROKEN.has(kind));
    if (broken.length === 0) return outcome;
    const reason = `the backup is not as it was recorded: ${broken[0]?.text}`;
    return { ...outcome, exit: EXIT.integrity, reasons: () => [reason] };
  });
}

const BROKEN: ReadonlySet<string> = new Set([
  'backup-changed',
  'backup-missing',
  'backup-added',
  'backup-damaged',
]);

/** Said by whoever runs the check: nothing here can see it. */
const offlineCopyOf = (copy: string): CheckReport['observations'][number] => ({
  ...{ kind: 'backup-offline-copy', level: 'informational', subject: copy, at: undefined },
  text: `a copy out of reach of the network is said to be: ${copy}`,
  detail: {},
});

/** `26h`, `7d`. */
function readAge(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit] = /^(\d{1,5})([hdw])$/.exec(text.trim()) ?? [];
  if (count === undefined)
    throw usageError(`--max-age: "${text}" is no age`, 'Write 26h, 7d or 2w.');
  return Number(count) * { h: 3_600_000, d: 86_400_000, w: 604_800_000 }[unit as 'h' | 'd' | 'w'];
}

function manifestAt(path: string, shown: string): ReturnType<typeof readManifest> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(shown, error, 'Name what ir check backup record wrote with --manifest.');
  }
  const read = readManifest(text);
  if (read.manifest.sums.size > 0) return read;
  throw unreadable(shown, new Error('it holds no checksum'), 'ir check backup record writes one.');
}

/** Makes what both need, for as long as `use` runs. */
async function withBackup<T>(
  context: CommandContext,
  path: string,
  options: CheckOptions & TraceOptions & { passwordFile?: string | undefined },
  use: (check: BackupCheck & { manifest?: BackupManifest }) => Promise<T>,
): Promise<T> {
  const { settings, signal, now, progress } = context;
  const { host } = options;
  if (host !== undefined && !path.startsWith('/'))
    throw usageError(`--host takes an absolute path: ${path}`, 'Write the whole path.');
  const absolute = host === undefined ? resolve(settings.cwd, path) : path;
  try {
    if (host === undefined) statSync(absolute);
  } catch (error) {
    throw unreadable(path, error, WHICH);
  }
  const passwords = readPasswords(options.passwordFile, settings.cwd);
  const { traces } = await wantedTraces(context, options);
  const spool = createSpool();
  try {
    const search = createContentSearch({ traces, createAutomaton, spool, passwords, signal });
    const check = async (machine: Machine): Promise<T> => {
      if ((await machine.remote?.list([absolute], ['-maxdepth', '0']))?.length === 0)
        throw unreadable(`${host}:${path}`, new Error('there is no such file or folder'), WHICH);
      return use({ machine, path: absolute, search, now, progress });
    };
    return await withMachine(context, { host }, check, MOST_ARCHIVE_BYTES);
  } finally {
    spool.remove();
  }
}

const WHICH = 'Name the file or folder that holds the backup.';
/** Files of a backup come one by one where they are large. */
const MOST_ARCHIVE_BYTES = 2 ** 40;
