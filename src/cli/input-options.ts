/** What every command takes that reads logs: declared once, so that one option means the same everywhere. */
import type { Command } from 'commander';
import { collect } from './usage.ts';

/** What the help says of their paths. */
export const PATHS =
  'files, folders, globs, or - for standard input; packed files and archives are read directly';

/** Adds what is said of the files: their formats, clocks and hosts. @returns the command */
export const withFileOptions = (command: Command): Command =>
  command
    .option(
      '--as <glob=format>',
      'read these files as that format (repeatable; ir formats list)',
      collect,
    )
    .option(
      '--skew <glob=time>',
      'add this to the times of these files: +90s, -1h (repeatable)',
      collect,
    )
    .option(
      '--host <glob=name>',
      'the host of events of these files that name none (repeatable)',
      collect,
    )
    .option('--exclude <glob>', 'leave out these files or folders (repeatable)', collect)
    .option('--reference-time <time>', 'date year-less stamps as of then instead of by file date');

/** The same, and how files that are whole are read. @returns the command */
export const withInputOptions = (command: Command): Command =>
  withFileOptions(command)
    .option('--password-file <file>', 'passwords of locked archives, one a line')
    .option('--follow', 'also follow symbolic links that lead out of the folders named')
    .option('--workers <number>', 'reader threads (default: one per processor; 0 reads in one)');
