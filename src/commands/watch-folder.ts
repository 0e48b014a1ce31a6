/** Where a watch keeps what it knows. */
import { join } from 'node:path';
import { usageError } from '../errors.ts';
import { findWorkspace } from '../store/workspace.ts';
import type { CommandContext } from './context.ts';

const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** The folder of a watch by its name. @throws IrError (exit 2) for what is no name */
export function watchFolder({ settings }: CommandContext, name: string): string {
  if (!NAME.test(name))
    throw usageError(`--name: "${name}" is no name`, 'Use small letters, digits and -.');
  const { store, cwd, env } = settings;
  return join(findWorkspace({ store, cwd, env }).folder, 'watch', name);
}
