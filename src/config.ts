/** Where the user keeps what adds to the bundled templates, and the configuration. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Variables of the environment by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The user's folder of that name, such as `rules`: `$XDG_CONFIG_HOME/ir/rules`, by default below `~/.config`. It need not be there.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export const ownFolder = (env: Environment, name: string): string =>
  join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'), 'ir', name);

/**
 * Where configuration may lie, those that count more last.
 * @param store the workspace folder, when the user names one
 */
export function configPaths(env: Environment, cwd: string, store?: string): string[] {
  const workspace = store === undefined ? workspaceAbove(resolve(cwd)) : resolve(cwd, store);
  return [
    ownFolder(env, 'config.yml'),
    ...(workspace === undefined ? [] : [join(workspace, 'config.yml')]),
  ];
}

function workspaceAbove(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const found = join(at, '.ir');
    if (existsSync(found)) return found;
    if (dirname(at) === at) return undefined;
  }
}

/**
 * `templates/NAME`, found upwards from this file: the same from `src/` and from `dist/`.
 * @throws Error where the installation lacks it
 */
export function bundledFolder(name: string): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    const found = join(at, 'templates', name);
    if (existsSync(found)) return found;
    if (dirname(at) === at) throw new Error(`templates/${name} is missing from the installation`);
  }
}
