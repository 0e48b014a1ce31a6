/** AIDE, where somebody set it up: its database was made before, and perhaps kept elsewhere. */
import type { SystemCheck } from './check-system.ts';
import { lookOn } from './find-files.ts';
import { placeOn } from './machine.ts';
import { readAideReport } from './parse/aide-report.ts';
import { fetchChanged, tellChanged } from './tell-changed.ts';

const LIMITS = { timeoutMs: 120 * 60_000, textBytes: 64_000_000 };
const SETTINGS = ['/etc/aide/aide.conf', '/etc/aide.conf'];

/**
 * @param named the settings to use, where the user names them
 * @returns whether it was asked
 */
export async function verifyAide(check: SystemCheck, named: string | undefined): Promise<boolean> {
  const { machine, ledger, progress } = check;
  const isThere = (path: string): boolean =>
    lookOn(machine, placeOn(machine, path), () => undefined) !== undefined;
  const config = named ?? SETTINGS.find(isThere);
  if (config === undefined) return false;
  if (!machine.isRunning) {
    ledger.unseen({ what: 'AIDE', why: `it compares the running system, not ${machine.root}` });
    return false;
  }
  progress('aide --check');
  const { stdout, stderr, failure, exitCode } = await machine.run(
    ['aide', `--config=${config}`, '--check'],
    LIMITS,
  );
  machine.signal.throwIfAborted();
  const { files, unknown, isWhole } = readAideReport(stdout.text);
  if (failure !== undefined || !isWhole) {
    const said = stderr.head.trim().split('\n')[0] || `exit code ${exitCode}, and no report`;
    ledger.unseen({ what: `aide --config=${config} --check`, why: failure ?? said });
    return false;
  }
  ledger.looked('databases of AIDE');
  for (const line of unknown)
    ledger.unseen({ what: 'aide --check', why: `it says: ${line.slice(0, 200)}` });
  await fetchChanged(
    machine,
    files.map(({ path }) => path),
  );
  for (const file of files)
    await tellChanged(check, file, 'the database of AIDE', { tool: 'aide' });
  return true;
}
