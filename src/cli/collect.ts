import type { Declare } from './declare.ts';
import { offering } from './usage.ts';

/** `ir collect`. */
export const declareCollect: Declare = (program, run) => {
  program
    .command('collect')
    .description(
      'take what this machine knows of itself, what is gone first at first, and change nothing on it',
    )
    .addOption(
      offering('--profile <profile>', 'what is taken', ['linux', 'web', 'container'], 'linux'),
    )
    .option(
      '--output <folder>',
      'where it is written, and nothing anywhere else; one that was begun goes on (default: ir-collect-HOST-TIME)',
    )
    .option('--host <host>', 'take it from another machine, through ssh: user@web01')
    .option('--dry-run', 'show what would be taken')
    .option('--step <step>', 'the step of the checklist that asked: it is marked as done')
    .option('--no-save', 'do not keep the manifest as evidence of the current incident')
    .addHelpText(
      'after',
      `
Run it as root: others do not see the processes and keys of everybody. A program that is missing is named and nothing else. Your own collections are
read from $XDG_CONFIG_HOME/ir/collections (~/.config/ir/collections); docs/collections.md has the form.

Examples:
  sudo ir collect --output /media/usb/web01       onto a disk that is not the machine's own
  ir collect --profile web --dry-run              what would be taken
  ir collect --host root@web01 --output web01     from another machine, over ssh
  cd /media/usb/web01 && sha256sum -c manifest-sha256.txt

Exit codes:
  0 done, whatever was missing   2 usage   3 a collection is invalid   5 host not reachable   6 refused   7 it was complete and was changed since; store locked
  9 the disk is full   130/143 stopped: the same command goes on
`,
    )
    .action(async (options: Record<string, never>, self) => {
      await run(self, 'collect', async (context) => {
        const { runCollect } = await import('../commands/collect.ts');
        return await runCollect(context, { ...options, version: program.version() });
      });
    });
};
