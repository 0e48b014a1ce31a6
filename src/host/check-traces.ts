/** Is anything of the incident still on this machine? In its files, logs, processes, sockets, accounts and keys. */

import { statSync } from 'node:fs';
import { reasonOf } from '../logs/reason.ts';
import { createLedger } from './check-ledger.ts';
import { keyFilesOf } from './exposed-keys.ts';
import { PLACES } from './exposure-places.ts';
import { type FoundFile, findFiles, lookOn } from './find-files.ts';
import { placeOn, readStart, readText, rootOf } from './machine.ts';
import type { CheckReport, Unseen } from './observation.ts';
import { readGroups, readPasswd } from './parse/account-files.ts';
import { readAuthorizedKeys } from './parse/authorized-keys.ts';
import type { SearchedFile } from './search-content.ts';
import { type TraceCheck, traceFound } from './trace-found.ts';
import { traceRunning } from './trace-running.ts';

/** Where an intruder leaves things, and where logs tell of him. */
export const TRACE_PLACES = [
  ...['/tmp', '/var/tmp', '/dev/shm', '/run/user', '/home', '/root', '/etc', '/opt', '/srv'],
  ...['/usr/local', '/var/www', '/var/spool', '/var/lib/systemd', '/usr/lib/systemd', '/var/log'],
];

const MOST_FILE_BYTES = 8 * 1024 ** 3;

/** How a search is done. */
export interface TraceTerms {
  now(): Date;
  /** Files that were not changed since are left out. */
  sinceMs: number | undefined;
  /** Looks at what runs, where that is not the machine that we run on. */
  running?: ((check: TraceCheck) => Promise<void>) | undefined;
  /** What is known not to be there to be looked at. */
  unseen?: readonly Unseen[] | undefined;
}

/** @param paths files and folders to go through; none: where intruders leave things */
export async function checkTraces(
  check: Omit<TraceCheck, 'ledger'>,
  paths: readonly string[],
  { now, sinceMs, running, unseen = [] }: TraceTerms,
): Promise<CheckReport> {
  const { machine, traces, progress } = check;
  const startedAt = now().toISOString();
  const ledger = createLedger();
  const going = { ...check, ledger };
  ledger.looked('traces looked for', traces.length);
  for (const one of unseen) ledger.unseen(one);
  await traceAccounts(going);
  await traceKeys(going);
  if (running !== undefined) await running(going);
  else if (machine.isRunning) await traceRunning(going);
  else ledger.unseen({ what: 'processes and sockets', why: `no system runs in ${machine.root}` });
  await traceFiles(going, paths.length === 0 ? TRACE_PLACES : paths, sinceMs);
  progress('');
  return ledger.close({
    check: 'traces',
    ...{ host: machine.name, root: rootOf(machine), startedAt },
    since: sinceMs === undefined ? undefined : new Date(sinceMs).toISOString(),
    endedAt: now().toISOString(),
  });
}

async function traceAccounts({ machine, traces, ledger }: TraceCheck): Promise<void> {
  const wanted = traces.filter(({ kind }) => kind === 'account');
  if (wanted.length === 0) return;
  const texts = new Map<string, string>();
  for (const path of ['/etc/passwd', '/etc/group']) {
    const text = await readText(machine, path).catch((error: unknown) => {
      ledger.unseen({ what: path, why: reasonOf(error) });
      return undefined;
    });
    texts.set(path, text ?? '');
  }
  const accounts = readPasswd(texts.get('/etc/passwd') ?? '');
  ledger.looked('accounts', accounts.length);
  for (const trace of wanted) {
    const account = accounts.find(({ name }) => name === trace.value);
    const groups = [...readGroups(texts.get('/etc/group') ?? '')]
      .filter(([, members]) => members.includes(trace.value))
      .map(([group]) => group);
    if (account === undefined && groups.length === 0) continue;
    const member = groups.length === 0 ? '' : `, in the groups ${groups.join(', ')}`;
    ledger.observe(
      traceFound(trace, trace.value, {
        level: account === undefined ? 'medium' : 'high',
        text: `the account ${trace.value} ${account === undefined ? 'is gone and still a member of groups' : `is there (user id ${account.uid})`}${member}`,
      }),
    );
  }
}

/** Each key of each account against the fingerprints and keys of the incident. */
async function traceKeys({ machine, traces, ledger }: TraceCheck): Promise<void> {
  const wanted = new Map(
    traces.filter(({ kind }) => kind === 'key').map((trace) => [trace.value, trace]),
  );
  if (wanted.size === 0) return;
  const accounts = readPasswd((await readText(machine, '/etc/passwd').catch(() => '')) ?? '');
  for (const { path, account } of await keyFilesOf(machine, accounts)) {
    const file = lookOn(machine, placeOn(machine, path), ledger.unseen, statSync);
    if (file?.kind !== 'file') continue;
    try {
      const text = (await readStart(file.absolute, 4_000_000)).toString('utf8');
      for (const { line, fingerprint, blob } of readAuthorizedKeys(text)) {
        ledger.looked('SSH keys');
        const trace = wanted.get(fingerprint) ?? wanted.get(blob);
        if (trace === undefined) continue;
        const told = `the key ${fingerprint} may still log in as ${account}`;
        ledger.observe(traceFound(trace, `${path}:${line}`, { level: 'critical', text: told }));
      }
    } catch (error) {
      ledger.unseen({ what: path, why: reasonOf(error) });
    }
  }
}

async function traceFiles(
  check: TraceCheck,
  paths: readonly string[],
  sinceMs: number | undefined,
): Promise<void> {
  const { machine, search, ledger, own, progress } = check;
  const leaveOut = ({ shown, absolute }: FoundFile): boolean => {
    const isOwn = own.includes(String(absolute));
    if (isOwn) ledger.unseen({ what: shown, why: 'it holds what is known of the incident' });
    return isOwn;
  };
  let bytes = 0;
  for await (const file of findFiles(machine, paths, { unseen: ledger.unseen, leaveOut })) {
    traceName(check, file);
    if (file.kind !== 'file' || own.includes(String(file.absolute))) continue;
    const changedMs = machine.isCopy === true ? 0 : file.changedMs;
    if (sinceMs !== undefined && Math.max(changedMs, file.modifiedMs) < sinceMs) continue;
    if (file.sizeBytes > MOST_FILE_BYTES) {
      ledger.unseen({ what: file.shown, why: `${file.sizeBytes} bytes: too large to be read` });
      continue;
    }
    ledger.looked('files');
    progress(`${Math.round((bytes += file.sizeBytes) / 1e6)} MB read, at ${file.shown}`);
    try {
      tellSearched(check, file, await search.file(file));
    } catch (error) {
      machine.signal.throwIfAborted();
      ledger.unseen({ what: file.shown, why: reasonOf(error) });
    }
  }
}

/** A file, folder or link of that name or at that place. */
function traceName({ machine, traces, ledger }: TraceCheck, file: FoundFile): void {
  const { isCopy } = machine;
  const name = file.shown.slice(file.shown.lastIndexOf('/') + 1);
  for (const trace of traces) {
    const { kind, value } = trace;
    const isThere =
      kind === 'path'
        ? file.shown === value
        : kind === 'name'
          ? name === value
          : kind === 'unit'
            ? UNIT_FOLDERS.test(file.shown) && (name === value || name.startsWith(`${value}.`))
            : kind === 'account' && CRONTABS.test(file.shown) && name === value;
    if (!isThere) continue;
    ledger.observe(
      traceFound(trace, file.shown, {
        level: 'high',
        text: `${file.shown} is there`,
        at: new Date(isCopy === true ? file.modifiedMs : file.changedMs).toISOString(),
        detail:
          isCopy === true
            ? { sizeBytes: file.sizeBytes }
            : { mode: file.mode, uid: file.uid, sizeBytes: file.sizeBytes },
      }),
    );
  }
}

const UNIT_FOLDERS = /\/systemd\/(?:system|user|transient)\//;
const CRONTABS = /^\/var\/spool\/cron\//;
const LOGS = /^\/var\/log\/|\.log(?:[.-][\w-]+)*$/;
const TELLING = [...PLACES.cron, ...PLACES.unit, ...PLACES.startup].filter((place) =>
  place.startsWith('/'),
);

/** Tells of what a file holds; logs tell of what happened, others of what may happen. */
export function tellSearched(
  { ledger }: Pick<TraceCheck, 'ledger'>,
  file: FoundFile,
  { hits, hashed, problems, sha256 }: SearchedFile,
): void {
  const at = new Date(file.modifiedMs).toISOString();
  for (const { trace, path } of hashed) {
    const text = `${path} is the file with that checksum`;
    ledger.observe(traceFound(trace, path, { level: 'critical', text, at, detail: { sha256 } }));
  }
  const isLog = LOGS.test(file.shown);
  const isTelling = TELLING.some(
    (place) => file.shown === place || file.shown.startsWith(`${place}/`),
  );
  for (const { trace, path, offset, excerpt } of hits) {
    ledger.observe(
      traceFound(trace, path, {
        level: isLog ? 'low' : isTelling ? 'high' : 'medium',
        text: `${trace.value} stands in ${path}${isLog ? ', a log' : ''}`,
        at,
        detail: { offset, excerpt },
      }),
    );
  }
  for (const { path, reason } of problems) ledger.unseen({ what: path, why: reason });
}
