/** Accounts that are new, have other rights or another password since. */
import { reasonOf } from '../logs/reason.ts';
import type { Exposure } from './exposure.ts';
import { lookOn } from './find-files.ts';
import { type Machine, placeOn, readText } from './machine.ts';
import { type Account, readGroups, readPasswd, readShadow } from './parse/account-files.ts';

/** Groups whose members can become root. */
const GRAVE_GROUPS = [
  'root',
  'sudo',
  'wheel',
  'admin',
  'adm',
  'docker',
  'lxd',
  'libvirt',
  'disk',
  'shadow',
];

/**
 * The lists have no times. What changed is told from the copies that the tools leave (`passwd-`, `group-`), from the day of the
 * last password, and from what is never right.
 */
export async function exposedAccounts(exposure: Exposure): Promise<void> {
  const { accounts, ledger } = exposure;
  ledger.looked('accounts', accounts.length);
  for (const { name, uid } of accounts) {
    if (uid === 0 && name !== 'root')
      tell(exposure, name, 'critical', `${name} is another name of root (user id 0)`);
  }
  await changedAccounts(exposure);
  await changedGroups(exposure);
  await changedPasswords(exposure);
}

async function changedAccounts(exposure: Exposure): Promise<void> {
  const { accounts, machine } = exposure;
  const at = changedAt(exposure, '/etc/passwd');
  if (at === undefined) return;
  const before = await textOf(exposure, '/etc/passwd-');
  if (before === undefined) {
    tell(
      exposure,
      '/etc/passwd',
      'medium',
      '/etc/passwd was changed since, and there is no copy to compare it with',
      at,
    );
    return;
  }
  const known = new Map(readPasswd(before).map((account) => [account.name, account]));
  for (const account of accounts) {
    const earlier = known.get(account.name);
    if (earlier === undefined) {
      const made = homeMadeAt(machine, account) ?? at;
      tell(
        exposure,
        account.name,
        'high',
        `account ${account.name} is new: it is not in /etc/passwd-`,
        made,
      );
    } else if (JSON.stringify(earlier) !== JSON.stringify(account)) {
      tell(
        exposure,
        account.name,
        'medium',
        `account ${account.name} is not as in /etc/passwd-: ${differenceOf(earlier, account)}`,
        at,
      );
    }
  }
}

const differenceOf = (earlier: Account, account: Account): string =>
  (['uid', 'gid', 'home', 'shell'] as const)
    .filter((field) => earlier[field] !== account[field])
    .map((field) => `${field} ${earlier[field]} is now ${account[field]}`)
    .join(', ');

function homeMadeAt(machine: Machine, { home }: Account): string | undefined {
  if (!/^\/./.test(home)) return undefined;
  const folder = lookOn(machine, placeOn(machine, home), () => undefined);
  return folder === undefined ? undefined : new Date(folder.changedMs).toISOString();
}

async function changedGroups(exposure: Exposure): Promise<void> {
  const at = changedAt(exposure, '/etc/group');
  const [now, before] = [
    await textOf(exposure, '/etc/group'),
    await textOf(exposure, '/etc/group-'),
  ];
  if (at === undefined || now === undefined || before === undefined) return;
  const earlier = readGroups(before);
  for (const [group, members] of readGroups(now)) {
    for (const member of members.filter((one) => earlier.get(group)?.includes(one) !== true)) {
      const level = GRAVE_GROUPS.includes(group) ? 'high' : 'low';
      tell(
        exposure,
        member,
        level,
        `${member} is in the group ${group} and was not in /etc/group-`,
        at,
      );
    }
  }
}

async function changedPasswords(exposure: Exposure): Promise<void> {
  const shadow = await textOf(exposure, '/etc/shadow');
  if (shadow === undefined) return;
  // The file knows days: the day on which the time lies counts as since.
  const sinceDay = Math.floor(exposure.sinceMs / 86_400_000) * 86_400_000;
  for (const [name, { state, changedMs }] of readShadow(shadow)) {
    if (state === 'empty')
      tell(exposure, name, 'high', `${name} has no password: none is asked for`);
    else if (changedMs !== undefined && changedMs >= sinceDay) {
      const day = new Date(changedMs).toISOString();
      tell(
        exposure,
        name,
        'medium',
        `the password of ${name} was set or locked, or the account made, on ${day.slice(0, 10)}`,
        day,
      );
    }
  }
}

/** When a list was changed, if that was since. */
function changedAt({ machine, sinceMs, ledger }: Exposure, path: string): string | undefined {
  const file = lookOn(machine, placeOn(machine, path), ledger.unseen);
  const changedMs = file === undefined ? 0 : Math.max(file.changedMs, file.modifiedMs);
  return changedMs >= sinceMs ? new Date(changedMs).toISOString() : undefined;
}

async function textOf({ machine, ledger }: Exposure, path: string): Promise<string | undefined> {
  try {
    return await readText(machine, path);
  } catch (error) {
    ledger.unseen({ what: path, why: reasonOf(error) });
    return undefined;
  }
}

function tell(
  { ledger }: Exposure,
  subject: string,
  level: 'critical' | 'high' | 'medium' | 'low',
  text: string,
  at?: string,
): void {
  ledger.observe({ kind: 'account', level, subject, text, at, detail: {} });
}
