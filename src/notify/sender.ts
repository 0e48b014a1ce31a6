/** Which process sends: tells an attempt that still runs from one whose process was killed. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** The start of a process in ticks since boot, and the boot: a number that is given out again does not count. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8);
    // Behind the name, which may hold anything, stand 19 fields up to the start; a zombie runs no more.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'gone' : `${boot}.${fields[19]}`;
  } catch {
    return '';
  }
}

/** `web01 4711 1f2e3d4c.123456` */
export const thisSender = (): string => `${hostname()} ${process.pid} ${startOf(process.pid)}`;

/** Does that process still run? Of one on another machine nobody here knows: it counts as running. */
export function isSenderAlive(sender: string): boolean {
  const [host, pid = '', start] = sender.split(' ');
  if (host !== hostname()) return true;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startOf(Number(pid)) === start;
}
