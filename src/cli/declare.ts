/** What a declaration file of the command tree gets and gives. */
import type { Command } from 'commander';
import type { CommandContext } from '../commands/context.ts';
import type { CommandOutcome } from '../commands/outcome.ts';

/**
 * Runs a command and prints its result through a view.
 * @param command the commander command whose options hold the global flags
 * @param view name of a file in `src/terminal/views/`
 */
export type Run = <R>(
  command: Command,
  view: string,
  body: (context: CommandContext) => Promise<CommandOutcome<R>>,
) => Promise<void>;

/** Adds one command or group to the tree. Options and lazy imports only, no logic. */
export type Declare = (program: Command, run: Run) => void;
