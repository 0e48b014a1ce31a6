/** Where the user keeps what adds to the bundled templates. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Variables of the environment by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The user's folder of that name, such as `rules`: `$XDG_CONFIG_HOME/ir/rules`, by default below `~/.config`. It need not be there.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export const ownFolder = (env: Environment, name: string): string =>
  join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'), 'ir', name);
