/** What a test needs from the machine, such as another program. */
import { existsSync } from 'node:fs';

/**
 * Says in one line what is not tested for want of something. Where IR_TESTS_NEED_ALL is set, as by `.ci/run`, which installs
 * all of it, that is a failure.
 */
export function isThere(what: string, found: boolean): boolean {
  if (found) return true;
  if (process.env['IR_TESTS_NEED_ALL'] !== undefined) throw new Error(`missing: ${what}`);
  process.stderr.write(`skipped: ${what}\n`);
  return false;
}

/** The same for what lies beside the project, and is not everywhere: its absence fails nothing. */
export function isShared(what: string, path: string): boolean {
  if (existsSync(path)) return true;
  process.stderr.write(`skipped: ${what}: not beside the project\n`);
  return false;
}

/** Says in one line that only root can do a test; `.ci/run` runs it so. */
export function sayOnlyRoot(what: string): false {
  process.stderr.write(`skipped: ${what}: only as root\n`);
  return false;
}
