/** `ir mask` and `ir unmask`. */
import type { Command } from 'commander';
import type { Declare } from './declare.ts';
import { collect, offering } from './usage.ts';

const METHODS = ['redact', 'hash', 'token'];
const FILES = 'files, folders, globs, or - for standard input';

const MASK_EXAMPLES = `
Examples:
  ir mask access.log > masked.log                     passwords, tokens, cards, mail, ... as masked-KIND
  ir mask logs/ --output masked/                      copies of a folder; the originals are never changed
  ir mask --new-key case.key                          a key for the two other methods
  ir mask logs/ --output masked/ --method token --key-file case.key
                                                      the same value, the same name, in all files and reports
  ir mask auth.log --also address,user --method token --keep-network --key-file case.key
  tail -F app.log | ir mask | tee safe.log

redact puts the kind in the place of a value; hash a keyed code, from which nothing leads back; token a keyed name, whose value is kept,
encrypted under the key, in the workspace (not beside the copy) for ir unmask. What is found, and how: docs/masking.md.

Exit codes: 0 done, 2 usage, 4 a file could not be read, 6 refused, 9 could not be written
`;

const UNMASK_EXAMPLES = `
Examples:
  ir unmask masked.log --key-file case.key > original.log
  ir unmask masked/ --output originals/ --key-file case.key

Exit codes: 0 done, 2 usage, 4 a file could not be read, 6 key or map missing, 7 the map was changed
`;

const withOutput = (command: Command): Command =>
  command
    .option('--output <file>', 'write the copy there; of several files a folder')
    .option('--force', 'replace files that are there without asking')
    .option('--exclude <glob>', 'leave out these files or folders (repeatable)', collect)
    .option('--password-file <file>', 'passwords of locked archives, one a line')
    .option('--follow', 'also follow symbolic links that lead out of the folders named')
    .option('--key-file <file>', 'the key (or IR_MASK_KEY)');

/** `ir mask`. */
export const declareMask: Declare = (program, run) => {
  withOutput(
    program
      .command('mask')
      .description('copies of logs without passwords, tokens, cards, mail, ids: safe to hand on')
      .argument('[paths...]', FILES)
      .addOption(
        offering('--method <method>', 'what stands in the place of a value', METHODS, 'redact'),
      )
      .addOption(
        offering('--also <kinds>', 'mask these as well (repeatable)', [
          'address',
          'user',
        ]).argParser(collect),
      )
      .option('--keep-network', 'addresses of one network (/24, /64) get names of one network')
      .option('--new-key <file>', 'make a key, and nothing else'),
  )
    .addHelpText('after', MASK_EXAMPLES)
    .action(
      async (paths: string[], options: { newKey?: string; output?: string }, command: Command) => {
        const { newKey: path } = options;
        if (path !== undefined) {
          await run(command, 'receipt', async (context) => {
            const { newKey } = await import('../commands/mask.ts');
            return await newKey(context, path, paths);
          });
          return;
        }
        await run(command, 'rewritten', async (context) => {
          const { maskFiles } = await import('../commands/mask.ts');
          return await maskFiles(context, paths, options);
        });
      },
    );
};

/** `ir unmask`. */
export const declareUnmask: Declare = (program, run) => {
  withOutput(
    program
      .command('unmask')
      .description('the originals of copies that were masked with --method token')
      .argument('[paths...]', FILES),
  )
    .addHelpText('after', UNMASK_EXAMPLES)
    .action(async (paths: string[], options: object, command: Command) => {
      await run(command, 'rewritten', async (context) => {
        const { unmaskFiles } = await import('../commands/mask.ts');
        return await unmaskFiles(context, paths, options);
      });
    });
};
