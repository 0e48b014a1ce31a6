/** `ir check`: is a machine, or a backup, as it should be? */
import { type Command, Option } from 'commander';
import type { Declare, Run } from './declare.ts';
import { collect, oneOf } from './usage.ts';

const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'];
const EXPOSURE = ['listener', 'suid', 'authorized-key', 'cron', 'unit', 'account', 'startup'];

const help = (examples: readonly (readonly [string, string])[], codes: string): string => {
  const width = Math.max(...examples.map(([line]) => line.length)) + 3;
  const lines = examples.map(([line, what]) => `  ${line.padEnd(width)}${what}`);
  return `\nExamples:\n${lines.join('\n')}\n\nExit codes:\n  ${codes}\n`;
};

const STATE_CODES =
  '0 done, whatever was seen   1 an observation at or above --fail-on   2 usage   4 nothing could be looked at\n  5 host not reachable   6 refused   7 store locked or damaged';

/** The commands of `ir check`. */
export const declareCheck: Declare = (program, run) => {
  const group = program
    .command('check')
    .description(
      'check a machine after recovery, and backups before anything is restored from them',
    )
    .addHelpText(
      'after',
      help(
        [
          ['ir check system', 'are installed files as their packages have them?'],
          ['ir check exposure --since "2 days ago"', 'what is new that lets somebody in?'],
          ['ir check traces', 'is anything of the incident still here?'],
          [
            'ir check backup verify /backup --manifest backup.sha256',
            'is the backup whole and clean?',
          ],
        ],
        'those of each command: ir check COMMAND --help',
      ),
    );
  declareSystem(group, run);
  declareExposure(group, run);
  declareTraces(group, run);
  declareBackup(group, run);
};

/** What every check of a machine takes. */
const withCheckOptions = (command: Command, hasRoot: boolean): Command => {
  if (hasRoot)
    command.option(
      '--root <folder>',
      'check the disk that is mounted there, not the running system',
    );
  command.option('--host <host>', 'check another machine, through ssh: user@web01');
  return withKeeping(command).addOption(
    oneOf(
      new Option('--fail-on <level>', 'end with exit 1 when an observation reaches this level'),
      LEVELS,
    ),
  );
};

/** What becomes of the result. */
const withKeeping = (command: Command): Command =>
  command
    .option('--step <step>', 'the step of the checklist that asked: it is marked as done')
    .option('--no-save', 'do not keep the result as evidence of the current incident');

const withTraces = (command: Command): Command =>
  command
    .option(
      '--ioc <file>',
      'look for these indicators: text, CSV, STIX 2.1 or MISP JSON (repeatable)',
      collect,
    )
    .option(
      '--trace <kind=value>',
      'look for this: address, domain, url, hash, name, path, key, account or unit (repeatable)',
      collect,
    )
    .option('--no-incident-traces', 'do not look for what the current incident knows')
    .option('--password-file <file>', 'passwords of locked archives, one a line');

const declareSystem: Declare = (group, run) => {
  withCheckOptions(
    group
      .command('system')
      .description('compare installed files with the lists of dpkg, rpm and AIDE')
      .option('--aide-config <file>', 'the settings of AIDE, where they are not in /etc'),
    true,
  )
    .addHelpText(
      'after',
      help(
        [
          ['sudo ir check system', 'what was changed since it was installed'],
          ['ir check system --root /mnt/image --json', 'on the disk of another machine'],
          ['ir check system --host root@web01', 'on another machine, over ssh'],
        ],
        STATE_CODES,
      ),
    )
    .action(async (options: Record<string, never>, self: Command) => {
      await run(self, 'check', async (context) => {
        const { runSystemCheck } = await import('../commands/check-system.ts');
        return await runSystemCheck(context, options);
      });
    });
};

const declareExposure: Declare = (group, run) => {
  withCheckOptions(
    group
      .command('exposure')
      .description('what came to be since a time that lets somebody in, or keeps him in')
      .option('--since <time>', 'from when on a thing is new')
      .option('--only <kind>', `look at this alone: ${EXPOSURE.join(', ')} (repeatable)`, collect),
    true,
  )
    .addHelpText(
      'after',
      help(
        [
          ['sudo ir check exposure --since 2026-03-01T22:15:00Z', 'since the attack began'],
          ['ir check exposure --since 3d --only suid --only cron', 'only these'],
          ['ir check exposure --host root@web01 --since 3d', 'on another machine, over ssh'],
          ['ir check exposure --since 3d --fail-on high', 'exit 1 when something grave is new'],
        ],
        STATE_CODES,
      ),
    )
    .action(async (options: Record<string, never>, self: Command) => {
      await run(self, 'check', async (context) => {
        const { runExposureCheck } = await import('../commands/check-exposure.ts');
        return await runExposureCheck(context, options);
      });
    });
};

const declareTraces: Declare = (group, run) => {
  withTraces(
    withCheckOptions(
      group
        .command('traces')
        .argument(
          '[paths...]',
          'files and folders to go through (default: where intruders leave things)',
        )
        .description('look for what the incident left: before eradication, and after')
        .option('--since <time>', 'only files that were changed since'),
      true,
    ),
  )
    .addHelpText(
      'after',
      help(
        [
          ['sudo ir check traces', 'all that the incident knows, in the usual places'],
          ['ir check traces /srv /var/www --ioc bad.txt', 'a list, in these folders'],
          ['ir check traces --trace account=eve --trace path=/tmp/.x', 'what you name'],
          ['ir check traces --host root@web01 /etc /tmp /home', 'on another machine, over ssh'],
          ['ir check traces --fail-on low', 'exit 1 as long as anything is left'],
        ],
        STATE_CODES,
      ),
    )
    .action(async (paths: string[], options: Record<string, never>, self: Command) => {
      await run(self, 'check', async (context) => {
        const { runTracesCheck } = await import('../commands/check-traces.ts');
        return await runTracesCheck(context, paths, options);
      });
    });
};

const declareBackup: Declare = (program, run) => {
  const group = program
    .command('backup')
    .description('record what a backup holds, and verify it before it is restored')
    .addHelpText(
      'after',
      help(
        [
          ['ir check backup record /backup/web01', 'checksums into web01.sha256'],
          [
            'ir check backup verify /backup/web01 --manifest web01.sha256',
            'whole, readable, clean?',
          ],
        ],
        'those of each command: ir check backup COMMAND --help',
      ),
    );
  declareRecord(group, run);
  declareVerify(group, run);
};

const OFFLINE = 'where a copy is that cannot be reached over a network; it is noted';

const declareRecord = (group: Command, run: Run): void => {
  withKeeping(
    group
      .command('record')
      .argument('<path>', 'the file or folder that holds the backup')
      .description('write the checksums of a backup, in the form of sha256sum')
      .option('--output <file>', 'where they are written (default: its name with .sha256)')
      .option('--force', 'replace the file of --output without asking')
      .option('--host <host>', 'it lies on another machine, reached through ssh: user@nas')
      .option('--offline-copy <text>', OFFLINE),
  )
    .addHelpText(
      'after',
      help(
        [
          [
            'ir check backup record /backup --output /media/usb/backup.sha256',
            'keep them elsewhere',
          ],
        ],
        '0 done   2 usage   4 not all of it could be read\n  5 host not reachable   6 refused   7 store locked or damaged   9 not written',
      ),
    )
    .action(async (path: string, options: Record<string, never>, self: Command) => {
      await run(self, 'check-backup-record', async (context) => {
        const { recordBackupOf } = await import('../commands/check-backup.ts');
        return await recordBackupOf(context, path, options);
      });
    });
};

const declareVerify = (group: Command, run: Run): void => {
  withTraces(
    withCheckOptions(
      group
        .command('verify')
        .argument('<path>', 'the file or folder that holds the backup')
        .description(
          'compare a backup with its checksums, open its archives, look for the incident in them',
        )
        .option('--manifest <file>', 'what ir check backup record wrote, or sha256sum')
        .option('--max-age <time>', 'say so when its newest file is older: 26h, 7d, 2w')
        .option('--offline-copy <text>', OFFLINE),
      false,
    ),
  )
    .addHelpText(
      'after',
      help(
        [
          ['ir check backup verify /backup --manifest backup.sha256 --max-age 26h', ''],
          ['ir check backup verify db.tar.gz --manifest db.sha256 --ioc bad.txt', ''],
          ['ir check backup verify /backup --host root@nas --manifest backup.sha256', ''],
        ],
        '0 it is as it was recorded   1 an observation at or above --fail-on   2 usage   4 not readable   5 host not reachable   6 refused\n  7 changed, missing or damaged; store locked or damaged',
      ),
    )
    .action(async (path: string, options: Record<string, never>, self: Command) => {
      await run(self, 'check', async (context) => {
        const { verifyBackupOf } = await import('../commands/check-backup.ts');
        return await verifyBackupOf(context, path, options);
      });
    });
};
