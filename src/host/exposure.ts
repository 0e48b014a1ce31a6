/** What of a machine came to be since a moment that lets somebody in, or keeps him in. */

import { createLedger, type Ledger, tellLost } from './check-ledger.ts';
import { exposedAccounts } from './exposed-accounts.ts';
import { exposedFiles } from './exposed-files.ts';
import { exposedKeys, keyFilesOf } from './exposed-keys.ts';
import { exposedListeners } from './exposed-listeners.ts';
import { exposedSuid } from './exposed-suid.ts';
import { type ExposureKind, homesOf, PLACES, placesOf } from './exposure-places.ts';
import { isAbsent, type Machine, readText, rootOf } from './machine.ts';
import type { CheckReport } from './observation.ts';
import { type Account, readPasswd } from './parse/account-files.ts';

/** What a part of the check works with. */
export interface Exposure {
  machine: Machine;
  sinceMs: number;
  accounts: readonly Account[];
  ledger: Ledger;
  progress(text: string): void;
}

const PARTS: Readonly<Record<ExposureKind, (exposure: Exposure) => Promise<void>>> = {
  listener: exposedListeners,
  suid: exposedSuid,
  'authorized-key': exposedKeys,
  cron: (exposure) => exposedFiles(exposure, 'cron'),
  unit: (exposure) => exposedFiles(exposure, 'unit'),
  account: exposedAccounts,
  startup: (exposure) => exposedFiles(exposure, 'startup'),
};

/** Looks at the kinds asked for. What cannot be looked at is in the report; only an interruption is thrown. */
export async function checkExposure(
  machine: Machine,
  kinds: readonly ExposureKind[],
  sinceMs: number,
  { now, progress }: { now(): Date; progress(text: string): void },
): Promise<CheckReport> {
  const startedAt = now().toISOString();
  const ledger = createLedger();
  await machine.remote?.bring(LISTS);
  const accounts = await accountsOf(machine, ledger);
  await bringPlaces(machine, kinds, accounts);
  for (const kind of kinds) {
    progress(`looking at: ${kind}`);
    await PARTS[kind]({ machine, sinceMs, accounts, ledger, progress });
  }
  tellLost(machine, ledger);
  progress('');
  return ledger.close({
    check: 'exposure',
    ...{ host: machine.name, root: rootOf(machine), startedAt },
    since: new Date(sinceMs).toISOString(),
    endedAt: now().toISOString(),
  });
}

const LISTS = [
  ...['/etc/passwd', '/etc/passwd-', '/etc/group', '/etc/group-', '/etc/shadow'],
  ...['/etc/ssh/sshd_config', '/etc/ssh/sshd_config.d'],
];

/** Fetches what the kinds are told by. */
async function bringPlaces(
  machine: Machine,
  kinds: readonly ExposureKind[],
  accounts: readonly Account[],
): Promise<void> {
  const { remote } = machine;
  if (remote === undefined) return;
  const homes = homesOf(accounts);
  if (kinds.includes('account') && homes.length > 0) await remote.list(homes, ['-maxdepth', '0']);
  const keys = kinds.includes('authorized-key') ? await keyFilesOf(machine, accounts) : [];
  const places = kinds.flatMap((kind) => (kind in PLACES ? placesOf(kind as never, homes) : []));
  await remote.bring([...new Set([...places, ...keys.map(({ path }) => path)])]);
}

/** The accounts of the machine; none, and said so, where there is no list of them. */
async function accountsOf(machine: Machine, ledger: Ledger): Promise<Account[]> {
  try {
    const text = await readText(machine, '/etc/passwd');
    if (text === undefined) ledger.unseen({ what: '/etc/passwd', why: 'there is none' });
    return readPasswd(text ?? '');
  } catch (error) {
    if (!isAbsent(error)) ledger.unseen({ what: '/etc/passwd', why: String(error) });
    return [];
  }
}
