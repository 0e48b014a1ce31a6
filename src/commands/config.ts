/** `ir config check, show`: the configuration, and where each setting comes from. */
import { configPaths } from '../config.ts';
import { type Config, readConfig } from '../configuration/read-configuration.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import type { CommandContext } from './context.ts';

/** The configuration in force. */
export interface ConfigResult extends Pick<Config, 'settings' | 'files' | 'problems'> {
  /** Is the origin of each setting wanted? */
  withOrigin: boolean;
}

/** Reads the configuration of a run; exit 3 when there is a mistake in it. */
export function showConfig(
  context: CommandContext,
  { origin = false }: { origin?: boolean },
): { result: ConfigResult; exit?: ExitCode } {
  const { env, cwd, store } = context.settings;
  const { settings, files, problems } = readConfig(configPaths(env, cwd, store));
  return {
    result: { settings, files, problems, withOrigin: origin },
    ...(problems.length > 0 ? { exit: EXIT.invalidTemplate } : {}),
  };
}
