/** Whether the clock of a machine is kept in time, by what its programs say. Asked without root, and nothing is changed. */
import type { Machine } from './machine.ts';

const LIMITS = { timeoutMs: 10_000, textBytes: 10_000 };

/** Asks systemd, then chrony. @returns undefined where neither can say */
export async function isTimeSynchronised({
  run,
}: Pick<Machine, 'run'>): Promise<boolean | undefined> {
  const systemd = await run(['timedatectl', 'show', '-p', 'NTPSynchronized', '--value'], LIMITS);
  if (systemd.exitCode === 0) {
    const said = systemd.stdout.text.trim();
    if (said === 'yes' || said === 'no') return said === 'yes';
  }
  const chrony = await run(['chronyc', '-n', 'tracking'], LIMITS);
  if (chrony.exitCode !== 0) return undefined;
  const leap = /^Leap status\s*:\s*(.+?)\s*$/m.exec(chrony.stdout.text)?.[1];
  return leap === undefined ? undefined : leap !== 'Not synchronised';
}
