/** Whether a file of settings may name commands that run: only what nobody but the user can write. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Does a value hold a `command`, at any depth? */
export function namesCommand(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([key, one]) => (key === 'command' && Array.isArray(one)) || namesCommand(one),
  );
}

/**
 * Why commands in a file do not count; undefined when they do. Who can write the file, or put another in its place,
 * would run programs as the user.
 * @param isOwn is it the user's own file, not one of a workspace that came from elsewhere?
 * @param uid of who runs this, -1 where there are none
 */
export function whyNoCommands(path: string, isOwn: boolean, uid: number): string | undefined {
  if (!isOwn) return 'only your own config.yml may name a command, not that of a workspace';
  for (const [what, at] of [
    ['file', path],
    ['folder', dirname(path)],
  ] as const) {
    const { uid: owner, mode } = statSync(at);
    if (uid !== -1 && owner !== uid) return `the ${what} belongs to user ${owner}, not to you`;
    if ((mode & 0o022) !== 0) return `others can write the ${what}`;
  }
  return undefined;
}
