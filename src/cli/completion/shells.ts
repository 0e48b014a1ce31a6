import type { Command } from 'commander';
import { suggestion, usageError } from '../../errors.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { powershellCompletion } from './powershell.ts';
import { zshCompletion } from './zsh.ts';

const WRITERS = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
};

/** A shell that has a completion. */
export type Shell = keyof typeof WRITERS;

/** The shells that have one. */
export const SHELLS = Object.keys(WRITERS) as Shell[];

/** The completion for a shell. @throws IrError (exit 2) without one */
export function scriptFor(shell: Shell | undefined, program: Command): string {
  if (shell === undefined) throw usageError('which shell?', suggestion('', SHELLS));
  return WRITERS[shell](program);
}
