/** `ir evidence`: what is kept of the case, and who had it. */
import type { Command } from 'commander';
import type { Declare } from './declare.ts';
import { collect, offering } from './usage.ts';

const METHODS = ['live', 'logical', 'offline', 'physical', 'export', 'received'];

const help = (codes: string, ...examples: string[]): string =>
  `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n\nExit codes: ${codes}\n`;

/** Declares the group. */
export const declareEvidence: Declare = (program, run) => {
  const group = program
    .command('evidence')
    .description('keep files of the case under their hash, and record who had them');
  for (const declare of [
    declareAdd,
    declareLook,
    declareVerify,
    declareCustody,
    declareBags,
    declareWithdraw,
  ]) {
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

const SIGN_WITH = '--sign-with <file>';
const SIGN_WITH_HELP = 'your private SSH key, or the public one of a key that ssh-agent has';

const declareCustody: Declare = (group, run) => {
  declareSeal(group, run);
  declareTransfer(group, run);
  declareReceive(group, run);
};

const declareSeal: Declare = (group, run) => {
  group
    .command('seal')
    .description('sign with your SSH key that a piece of evidence has its hash')
    .argument('<evidence>', 'its number, or the beginning of its SHA-256')
    .option(SIGN_WITH, `${SIGN_WITH_HELP} (needed)`)
    .option('--reason <text>', 'why')
    .action(async (word: string, options: object, command: Command) =>
      run(command, 'evidence-custody', async (context) => {
        const { sealEvidence } = await import('../commands/evidence-custody.ts');
        return { result: await sealEvidence(context, word, options) };
      }),
    );
};

const declareTransfer: Declare = (group, run) => {
  group
    .command('transfer')
    .description('hand a piece of evidence to somebody; it stays open until they receive it')
    .argument('<evidence>', 'its number, or the beginning of its SHA-256')
    .option('--to <name>', 'who gets it (needed)')
    .option('--reason <text>', 'what for (needed)')
    .option('--method <text>', 'how: by hand, courier, scp ...')
    .option('--place <text>', 'where')
    .option(SIGN_WITH, SIGN_WITH_HELP)
    .addHelpText(
      'after',
      help(
        '0 done, 2 usage, 6 refused, 7 it is not what was taken',
        'ir evidence transfer E-001 --to "Example Forensics" --reason analysis --method courier --sign-with ~/.ssh/id_ed25519',
      ),
    )
    .action(async (word: string, options: object, command: Command) =>
      run(command, 'evidence-custody', async (context) => {
        const { transferEvidence } = await import('../commands/evidence-custody.ts');
        return { result: await transferEvidence(context, word, options) };
      }),
    );
};

const declareReceive: Declare = (group, run) => {
  group
    .command('receive')
    .description(
      'receive what was handed over: as another than who gave it, or by a signed receipt',
    )
    .argument('<evidence>', 'its number, or the beginning of its SHA-256')
    .option('--print', 'print the receipt, which the receiver signs, and change nothing')
    .option('--signature <file>', 'the receipt as the receiver signed it')
    .option('--receiver-key <file>', "the receiver's public key, which it must be signed with")
    .option(SIGN_WITH, `${SIGN_WITH_HELP}, where you are the receiver`)
    .option('--reason <text>', 'what for')
    .option('--place <text>', 'where')
    .addHelpText(
      'after',
      help(
        '0 done, 2 usage, 4 signature not readable, 6 refused, 7 it is not what was taken',
        'ir evidence receive E-001                                    under your own name',
        'ir evidence receive E-001 --print > receipt.txt',
        'ssh-keygen -Y sign -n ir-custody -f ~/.ssh/id_ed25519 receipt.txt   what the receiver does',
        'ir evidence receive E-001 --signature receipt.txt.sig --receiver-key kim.pub',
      ),
    )
    .action(async (word: string, options: { print?: boolean }, command: Command) => {
      if (options.print === true) {
        await run(command, 'plain-text', async (context) => {
          const { receiptText } = await import('../commands/evidence-custody.ts');
          const text = await receiptText(context, word);
          return { result: { lines: text.split('\n').slice(0, -1) } };
        });
        return;
      }
      await run(command, 'evidence-custody', async (context) => {
        const { receiveEvidence } = await import('../commands/evidence-custody.ts');
        return { result: await receiveEvidence(context, word, options) };
      });
    });
};

const declareBags: Declare = (group, run) => {
  declareExport(group, run);
  declareImport(group, run);
};

const declareExport: Declare = (group, run) => {
  group
    .command('export')
    .description(
      'write evidence, or the whole case, as a bag that sha256sum and ssh-keygen can check',
    )
    .argument('[evidence...]', 'numbers such as E-001 (default: all)')
    .option(
      '--output <path>',
      'a new folder, FILE.tar.gz, or FILE.tar.gz.age (default: a folder named after the incident)',
    )
    .option('--case', 'the whole case: evidence, journal, what commands printed')
    .option(SIGN_WITH, SIGN_WITH_HELP)
    .option(
      '--encrypt-to <key>',
      'age or SSH public key, or a file of them (repeatable); needs age',
      collect,
    )
    .option('--timestamp-request', 'add a request for a time stamp (RFC 3161); needs openssl')
    .option('--no-references', 'leave out the content of what is only referred to')
    .option('--to <name>', 'whom it is for')
    .option('--reason <text>', 'what for')
    .option('--force', 'replace a file that is there')
    .addHelpText(
      'after',
      help(
        '0 done, 2 usage, 6 refused, 7 evidence is not what was taken, 9 cannot be written',
        'ir evidence export --output /media/usb/bag --sign-with ~/.ssh/id_ed25519',
        'ir evidence export E-001 E-004 --output lawyer.tar.gz --to "Example Law" --reason "civil case"',
        'ir evidence export --case --output backup.tar.gz.age --encrypt-to ~/.ssh/id_ed25519.pub',
      ),
    )
    .action(async (words: string[], options: object, command: Command) =>
      run(command, 'evidence-export', async (context) => {
        const { exportBag } = await import('../commands/evidence-export.ts');
        return { result: await exportBag(context, words, options) };
      }),
    );
};

const declareImport: Declare = (group, run) => {
  group
    .command('import')
    .description('take the evidence of a bag into the incident, once all of the bag was checked')
    .argument('<path>', 'the folder of a bag, or its tar.gz')
    .option('--case', 'take in the whole case that it holds, as an incident of its own')
    .option('--from <name>', 'who handed it over')
    .option('--reason <text>', 'what for')
    .addHelpText(
      'after',
      help(
        '0 done, 2 usage, 4 not readable, 6 refused, 7 the bag does not hold what it says, 9 no room',
        'ir evidence import /media/usb/bag --from "Example Forensics"',
        'ir evidence import backup.tar.gz --case',
      ),
    )
    .action(async (path: string, options: object, command: Command) =>
      run(command, 'evidence-import', async (context) => {
        const { importBag } = await import('../commands/evidence-import.ts');
        const result = await importBag(context, path, options);
        return result.failed.length === 0 ? { result } : { result, exit: 4 };
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
