/** Are the installed files as the package databases and AIDE have them? What programs print counts, not how they end. */
import { createLedger, type Ledger, tellLost } from './check-ledger.ts';
import { type Machine, rootOf } from './machine.ts';
import type { CheckReport } from './observation.ts';
import { verifyAide } from './verify-aide.ts';
import { verifyDpkg } from './verify-dpkg.ts';
import { verifyRpm } from './verify-rpm.ts';

/** What the parts of the check work with. */
export interface SystemCheck {
  machine: Machine;
  ledger: Ledger;
  progress(text: string): void;
}

/** What is read of them, apart from what programs say; of the others it is enough that they are there. */
const DATABASES = ['/var/lib/dpkg/status', '/var/lib/dpkg/info'];
const LISTED = ['/var/lib/rpm', '/usr/lib/sysimage/rpm', '/etc/aide', '/etc/aide.conf'];

/** Asks every database that the machine has. @throws only the reason of an interruption */
export async function checkSystem(
  machine: Machine,
  {
    now,
    progress,
    aideConfig,
  }: { now(): Date; progress(text: string): void; aideConfig?: string | undefined },
): Promise<CheckReport> {
  const startedAt = now().toISOString();
  const ledger = createLedger();
  const check = { machine, ledger, progress };
  await machine.remote?.bring(DATABASES);
  await machine.remote?.list(LISTED, ['-maxdepth', '1']);
  const asked = [
    await verifyDpkg(check),
    await verifyRpm(check),
    await verifyAide(check, aideConfig),
  ];
  if (!asked.includes(true)) {
    ledger.unseen({
      what: 'installed files',
      why: 'there is no database of dpkg, rpm or AIDE to compare them with',
    });
  }
  tellLost(machine, ledger);
  progress('');
  return ledger.close({
    check: 'system',
    ...{ host: machine.name, root: rootOf(machine), since: undefined, startedAt },
    endedAt: now().toISOString(),
  });
}
