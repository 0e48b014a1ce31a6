/** `ir status`, `open`, `use`, `list`, `show`, `update`, `note`, `close`, `reopen`, `verify`. */
import type { Command } from 'commander';
import { addFactOptions } from './case-facts.ts';
import type { Declare } from './declare.ts';
import { offering } from './usage.ts';

const SEVERITIES = ['SEV1', 'SEV2', 'SEV3', 'SEV4'];
const DEGREES = ['none', 'low', 'medium', 'high'];
const DETERMINATIONS = 'suspected confirmed blocked failed_attempt false_positive'.split(' ');
const WORKED_ON = ['open', 'on_hold'];
const PHASES = ['triage', 'containment', 'eradication', 'recovery', 'post_incident'];
const NOTE_KINDS = 'note detection impact factor went_well went_badly lucky action_item'.split(' ');

const EXIT_CODES = 'Exit codes: 0 done, 2 usage, 6 refused, 7 store locked or damaged';

const help = (...examples: string[]): string =>
  `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n\n${EXIT_CODES}\n`;

/** The commands of a case: `ir status`, `open`, `use`, `list`, `show`, `update`, `note`, `close`, `reopen`, `verify`. */
export const declareIncident: Declare = (program, run) => {
  declareStatus(program, run);
  declareOpen(program, run);
  declareUse(program, run);
  declareList(program, run);
  declareShow(program, run);
  declareUpdate(program, run);
  declareNote(program, run);
  declareClose(program, run);
  declareReopen(program, run);
  declareVerify(program, run);
};

/** `ir status`, and `ir` alone. */
const declareStatus: Declare = (program, run) => {
  const action = async (_options: object, command: Command): Promise<void> =>
    run(command, 'status', async (context) => {
      const { status } = await import('../commands/status.ts');
      return { result: await status(context) };
    });
  program.action(action);
  program
    .command('status')
    .description('say where the incident stands and what to do next; so does ir alone')
    .addHelpText('after', help('ir', 'ir status --incident INC-2026-0001 --json'))
    .action(action);
};

const declareOpen: Declare = (program, run) => {
  const command = program
    .command('open')
    .description('open an incident and make it the current one; asks for what no flag says')
    .argument('[title...]', 'what was seen, and where')
    .addOption(offering('--severity <level>', 'how grave it is', SEVERITIES, 'SEV3'))
    .addOption(offering('--impact <degree>', 'how much harm it does', DEGREES, 'medium'))
    .addOption(offering('--urgency <degree>', 'how soon it must be handled', DEGREES, 'medium'))
    .option('--type <playbook>', 'playbook that the checklists follow; see: ir playbook list')
    .addOption(offering('--determination <word>', 'what it is', DETERMINATIONS, 'suspected'))
    .option(
      '--detected-at <time>',
      'when it was noticed, such as now, 02:50 or 20 minutes ago (default: unknown)',
    )
    .option('--occurred-at <time>', 'when it began, as far as is known')
    .option('--description <text>', 'what is known so far')
    .option('--drill', 'an exercise, not a real incident')
    .option(
      '--from-timeline <paths...>',
      'read these logs, propose title, severity and playbook from what they show, and save it',
    );
  addFactOptions(command, 'all');
  command
    .addHelpText(
      'after',
      help(
        'ir open "web01 answers with a web shell" --severity SEV2 --type web-compromise',
        'ir open "SSH guessing on bastion" --detected-at 2026-03-01T14:05:00Z --no-input --json',
        'ir open --no-input --from-timeline /var/log',
      ).replace('2 usage,', '2 usage, 4 a log could not be read,'),
    )
    .action(async (words: string[], options: object, command: Command) =>
      run(command, 'open-incident', async (context) => {
        const { openIncident } = await import('../commands/open-incident.ts');
        const result = await openIncident(context, {
          title: words.length === 0 ? undefined : words.join(' '),
          ...options,
        });
        const problems = result.timeline?.problems ?? [];
        if (problems.length === 0) return { result };
        const { incompleteness } = await import('../commands/incompleteness.ts');
        return { result, exit: 4, reasons: () => incompleteness(problems, [], {}) };
      }),
    );
};

const declareUse: Declare = (program, run) => {
  program
    .command('use')
    .description('make an incident the current one')
    .argument('<key>', 'such as INC-2026-0001, or its number: 1')
    .addHelpText('after', help('ir use 1', 'ir use inc-2026-0001 --json'))
    .action(async (key: string, _options: object, command: Command) =>
      run(command, 'use-incident', async (context) => {
        const { useIncident } = await import('../commands/use-incident.ts');
        return { result: await useIncident(context, key) };
      }),
    );
};

const declareList: Declare = (program, run) => {
  program
    .command('list')
    .description('list the incidents of the store; * marks the current one')
    .addOption(offering('--status <word>', 'only those', [...WORKED_ON, 'closed']))
    .addHelpText('after', help('ir list', 'ir list --status open --format jsonl'))
    .action(async (options: { status?: string }, command: Command) =>
      run(command, 'list-incidents', async (context) => {
        const { listIncidents } = await import('../commands/list-incidents.ts');
        return { result: await listIncidents(context, options) };
      }),
    );
};

const declareShow: Declare = (program, run) => {
  program
    .command('show')
    .description('show an incident on one screen; --json holds all of it, journal included')
    .argument('[key]', 'the incident (default: the current one)')
    .addHelpText('after', help('ir show', 'ir show INC-2026-0001 --json > case.json'))
    .action(async (key: string | undefined, _options: object, command: Command) =>
      run(command, 'show-incident', async (context) => {
        const { showIncident } = await import('../commands/show-incident.ts');
        return { result: await showIncident(context, key) };
      }),
    );
};

const TIMES = [
  ['occurred', 'it began'],
  ['detected', 'it was noticed'],
  ['acknowledged', 'somebody took it on'],
  ['declared', 'it was declared an incident'],
  ['contained', 'it could do no more harm'],
  ['eradicated', 'its causes were removed'],
  ['recovered', 'all was back to normal'],
] as const;

const declareUpdate: Declare = (program, run) => {
  const command = program
    .command('update')
    .description('change fields of the incident, or move it to another phase')
    .option('--title <text>', 'new title')
    .option('--description <text>', 'new description')
    .addOption(offering('--severity <level>', 'how grave it is', SEVERITIES))
    .addOption(offering('--impact <degree>', 'how much harm it does', DEGREES))
    .addOption(offering('--urgency <degree>', 'how soon it must be handled', DEGREES))
    .option('--type <playbook>', 'playbook that the checklists follow; none for no playbook')
    .addOption(offering('--determination <word>', 'what it is', DETERMINATIONS))
    .addOption(offering('--status <word>', 'whether it is worked on', WORKED_ON))
    .addOption(offering('--phase <phase>', 'the phase to go to', PHASES))
    .option(
      '--reason <text>',
      'why; going back a phase, waiving its steps and changing a closed incident need it',
    );
  addFactOptions(command, 'all');
  for (const [name, meaning] of TIMES) {
    command.option(`--${name}-at <time>`, `when ${meaning}; none: not known after all`);
  }
  command
    .addHelpText(
      'after',
      help(
        'ir update --severity SEV1 --determination confirmed',
        'ir update --occurred-at 2026-02-27T22:14:00Z --contained-at 30m',
        'ir update --data personal,payment --people 1200 --countries DE,FR --loss suspected_loss',
        'ir update --phase containment --reason "scoping goes on in parallel"',
      ),
    )
    .action(async (options: object, command: Command) =>
      run(command, 'update-incident', async (context) => {
        const { updateIncident } = await import('../commands/update-incident.ts');
        return { result: await updateIncident(context, options) };
      }),
    );
};

const declareNote: Declare = (program, run) => {
  program
    .command('note')
    .description('add a note to the journal of the incident, or correct or withdraw one')
    .argument('[text...]', 'the note; - reads it from stdin; without it your editor opens')
    .addOption(offering('--kind <kind>', 'what it is about', NOTE_KINDS, 'note'))
    .option('--at <time>', 'when it happened, where that is not now')
    .option(
      '--corrects <number>',
      'this text takes the place of that note; the old one is struck out',
    )
    .option('--withdraw <number>', 'that note no longer counts; needs --reason')
    .option('--reason <text>', 'why a note is corrected or withdrawn')
    .addHelpText(
      'after',
      help(
        'ir note "shop team confirms: no deployment since Friday"',
        'ir note                                     in the editor of VISUAL or EDITOR',
        'ir note --kind action_item "add the upload folder to file monitoring"',
        'ir note --at 02:50 "the on-call engineer pulled the network cable"',
        'ir note --corrects 12 "it was web02" --reason "hosts mixed up"',
        'ir note --withdraw 12 --reason "belongs to another incident"',
        'last -n 20 | ir note -',
      ),
    )
    .action(async (words: string[], options: object, command: Command) =>
      run(command, 'add-note', async (context) => {
        const { addNote } = await import('../commands/add-note.ts');
        const { readStdin } = await import('../commands/read-stdin.ts');
        return { result: await addNote(context, words.join(' '), options, readStdin) };
      }),
    );
};

const declareClose: Declare = (program, run) => {
  program
    .command('close')
    .description('close the incident; before phase post_incident it takes a reason')
    .addOption(offering('--determination <word>', 'what it was', DETERMINATIONS.slice(1)))
    .option('--detected-at <time>', 'when it was noticed, where nobody has said so yet')
    .option('--reason <text>', 'why it is closed now')
    .option('-y, --yes', 'close it although required steps are open')
    .addHelpText(
      'after',
      help(
        'ir close --determination confirmed',
        'ir close --determination false_positive --reason "load test of our own"',
      ),
    )
    .action(async (options: object, command: Command) =>
      run(command, 'close-incident', async (context) => {
        const { closeIncident } = await import('../commands/close-incident.ts');
        return { result: await closeIncident(context, options) };
      }),
    );
};

const declareReopen: Declare = (program, run) => {
  program
    .command('reopen')
    .description('take a closed incident up again; its history stays')
    .option('--reason <text>', 'why (needed)')
    .addHelpText(
      'after',
      help(
        'ir reopen --reason "the same address is back"',
        'ir reopen --incident INC-2026-0001 --reason "report was incomplete" --json',
      ),
    )
    .action(async (options: object, command: Command) =>
      run(command, 'reopen-incident', async (context) => {
        const { reopenIncident } = await import('../commands/reopen-incident.ts');
        return { result: await reopenIncident(context, options) };
      }),
    );
};

const declareVerify: Declare = (program, run) => {
  program
    .command('verify')
    .description(
      'check the hash chain of the journal, every payload, the tables made from them, and the evidence',
    )
    .option('--rebuild', 'first make the tables anew from the journal, where it holds')
    .option(
      '--head <hash>',
      'a chain head printed earlier: shows whether entries were cut off since',
    )
    .option('--bag <path>', 'a bag of this store: checks it, and that all it holds is still here')
    .option('--tsa <file>', 'certificates that a time stamp in the bag must lead to')
    .option('--no-evidence', 'leave out the evidence: reading it can take long')
    .addHelpText(
      'after',
      `${help('ir verify', 'ir verify --head 3f9a61c2 --json', 'ir verify --bag /media/usb/INC-2026-0001.tar.gz').trimEnd()}; 7 also when the check fails\n`,
    )
    .action(async (options: object, command: Command) =>
      run(command, 'verify-journal', async (context) => {
        const { verifyJournal } = await import('../commands/verify-journal.ts');
        const result = await verifyJournal(context, options);
        return result.isIntact ? { result } : { result, exit: 7 };
      }),
    );
};
