/** `ir evidence`: what is kept of the case, and who had it. */
import type { Command } from 'commander';
import type { Declare } from './declare.ts';
import { offering } from './usage.ts';

const METHODS = ['live', 'logical', 'offline', 'physical', 'export', 'received'];

const help = (codes: string, ...examples: string[]): string =>
  `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n\nExit codes: ${codes}\n`;

/** Declares the group. */
export const declareEvidence: Declare = (program, run) => {
  const group = program
    .command('evidence')
    .description('keep files of the case under their hash, and record who had them');
  for (const declare of [declareAdd, declareLook, declareVerify, declareWithdraw]) {
    declare(group, run);
  }
};

const declareAdd: Declare = (group, run) => {
  group
    .command('add')
    .description('copy files into the store under their SHA-256, each with a number of its own')
    .argument('<path...>', 'files and folders; links in folders are left out')
    .option('--reference', 'leave them where they are, and keep hash and place alone')
    .option('--title <text>', 'what it is (default: its path); of one file')
    .addOption(offering('--method <method>', 'how it was acquired', METHODS, 'logical'))
    .option('--host <name>', 'the machine that it is of (default: this one)')
    .option('--tool <text>', 'what acquired it, with its version (default: ir)')
    .option('--clock-offset <span>', "how far that machine's clock was ahead: 1.5s, -200ms, 2m")
    .option('--collected-at <time>', 'when it was acquired (default: now)')
    .option('--since <time>', 'the content is about the time from here ...')
    .option('--until <time>', '... to here')
    .addHelpText(
      'after',
      help(
        '0 done, 2 usage, 4 a file could not be read, 6 refused, 7 store locked or damaged, 9 no room in the store',
        'ir evidence add /var/log/nginx',
        'ir evidence add web01.lime --method live --host web01 --tool "avml 0.14" --clock-offset -1.2s',
        'ir evidence add disk.img --reference         1 TB stays where it is; its hash is kept',
      ),
    )
    .action(async (paths: string[], options: object, command: Command) =>
      run(command, 'evidence-add', async (context) => {
        const { addEvidence } = await import('../commands/evidence-add.ts');
        const result = await addEvidence(context, paths, options);
        const isWhole = [...result.leftOut, ...result.failed].every(
          (one) => 'isFailure' in one && !one.isFailure,
        );
        return isWhole ? { result } : { result, exit: 4 };
      }),
    );
};

const declareLook: Declare = (group, run) => {
  group
    .command('list')
    .description('list what is kept of the incident')
    .action(async (_: object, command: Command) =>
      run(command, 'evidence-list', async (context) => {
        const { listEvidence } = await import('../commands/evidence-list.ts');
        return { result: await listEvidence(context) };
      }),
    );
  group
    .command('show')
    .description('show one piece of evidence and who had it')
    .argument('<evidence>', 'its number, or the beginning of its SHA-256')
    .action(async (word: string, _: object, command: Command) =>
      run(command, 'evidence-show', async (context) => {
        const { showEvidence } = await import('../commands/evidence-list.ts');
        return { result: await showEvidence(context, word) };
      }),
    );
};

const declareVerify: Declare = (group, run) => {
  group
    .command('verify')
    .description(
      'read what is kept once more, compare it with its hash, and enter that it was verified',
    )
    .argument('[evidence...]', 'numbers such as E-001 (default: all)')
    .addHelpText(
      'after',
      help('0 unchanged, 6 refused, 7 something changed or is missing', 'ir evidence verify E-001'),
    )
    .action(async (words: string[], _: object, command: Command) =>
      run(command, 'evidence-verify', async (context) => {
        const { verifyEvidence } = await import('../commands/evidence-verify.ts');
        const result = await verifyEvidence(context, words);
        return result.isIntact ? { result } : { result, exit: 7 };
      }),
    );
};

const declareWithdraw: Declare = (group, run) => {
  group
    .command('withdraw')
    .description(
      'say that a piece of evidence no longer counts; it stays in the store and in the journal',
    )
    .argument('<evidence>', 'its number, or the beginning of its SHA-256')
    .option('--reason <text>', 'why (needed)')
    .action(async (word: string, options: object, command: Command) =>
      run(command, 'evidence-withdraw', async (context) => {
        const { withdrawEvidence } = await import('../commands/evidence-verify.ts');
        return { result: await withdrawEvidence(context, word, options) };
      }),
    );
};
