/** The command tree. Declarations only; each command's code is imported when it runs. */
import { Command, Option } from 'commander';
import { TIME_HELP } from '../commands/time-help.ts';
import { TOPICS } from '../commands/topics.ts';
import { declareAct } from './act.ts';
import { declareAlerts, declareSilence } from './alerts.ts';
import { declareAudit } from './audit.ts';
import { declareCheck } from './check.ts';
import { declareClock } from './clock.ts';
import { declareCollect } from './collect.ts';
import { groupCommands } from './command-groups.ts';
import { declareConfig } from './config.ts';
import type { Declare, Run } from './declare.ts';
import { declareDemo } from './demo.ts';
import { declareDrill } from './drill.ts';
import { declareEvidence } from './evidence.ts';
import { declareExplain } from './explain.ts';
import { declareExport } from './export.ts';
import { declareFormats } from './formats.ts';
import { declareGrep } from './grep.ts';
import { declareCompletion, declareHelp } from './house.ts';
import { declareIncident } from './incident.ts';
import { declareIoc } from './ioc.ts';
import { declareMask, declareUnmask } from './mask.ts';
import { declareMetrics } from './metrics.ts';
import { declareNotify } from './notify.ts';
import { declareAsset, declareDecide, declarePeople, declareTask } from './people.ts';
import { declarePlan } from './plan.ts';
import { declarePrepare } from './prepare.ts';
import { declareReport } from './report.ts';
import { declareRespond } from './respond.ts';
import { declareHold, declareRetention } from './retention.ts';
import { declareRules } from './rules.ts';
import { declareServe } from './serve.ts';
import { declareStats } from './stats.ts';
import { declareTimeline } from './timeline.ts';
import { describe } from './tree.ts';
import { collect, offering, refuseEmptyPaths, usageErrorOf } from './usage.ts';
import { declareWatch } from './watch.ts';
import { declareWhereLogsAre } from './where-logs-are.ts';

const PARTS: readonly Declare[] = [
  declareTimeline,
  declareWatch,
  declareServe,
  declareStats,
  declareRules,
  declareGrep,
  declareExplain,
  declareFormats,
  declareIncident,
  declareDecide,
  declareTask,
  declareAsset,
  declareIoc,
  declareClock,
  declareRespond,
  declareCollect,
  declareCheck,
  declareEvidence,
  declareAct,
  declarePeople,
  declareNotify,
  declareReport,
  declareExport,
  declareMetrics,
  declareWhereLogsAre,
  declareMask,
  declareUnmask,
  declareAudit,
  declareRetention,
  declareHold,
  declarePrepare,
  declareAlerts,
  declareSilence,
  declarePlan,
  declareDrill,
  declareDemo,
  declareConfig,
  declareCompletion,
  declareHelp,
];

const EXAMPLES = `
Examples:
  ir timeline /var/log                      what happened, in order, with the evidence under every claim
  ir open --from-timeline /var/log          an incident from what was found
  ir contain                                the checklist, one step at a time
  ir report                                 the post-mortem, as Markdown

Topics (ir help TOPIC):
  ${TOPICS.map(({ name }) => name).join(', ')}

Exit codes:
  0 done   1 findings, where asked for   2 usage   3 invalid template   4 input not readable
  5 remote failed   6 refused   7 integrity or lock   8 action failed   9 output failed   70 our bug
  130/143 signals
`;

/** Takes help and version, not yet broken into lines; `isError` where help answers wrong usage. */
export type Print = (text: string, isError: boolean) => void;

/** Builds the `ir` program. Wrong usage is thrown, and printed by the caller. */
export function createProgram(version: string, run: Run, print?: Print): Command {
  const program = new Command('ir')
    .description('Incident response from raw logs to a finished post-mortem, on one laptop.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help for a command')
    .showSuggestionAfterError(false)
    .helpCommand(false)
    .configureOutput({
      ...(print === undefined
        ? {}
        : {
            writeOut: (text: string) => print(text, false),
            writeErr: (text: string) => print(text, true),
          }),
      // The terminal breaks lines, examples included.
      getOutHelpWidth: () => UNBROKEN,
      getErrHelpWidth: () => UNBROKEN,
      outputError: () => undefined,
    })
    .configureHelp({ optionDescription: describe, argumentDescription: describe })
    .addHelpText('after', EXAMPLES);
  for (const option of globalOptions()) program.addOption(option);
  for (const declare of PARTS) declare(program, watched(run));
  groupCommands(program);
  throwUsageErrors(program);
  explainTimes(program);
  program.hook('preAction', (_, command) => refuseEmptyPaths(command));
  return program;
}

/** Every command says what is overdue on production, and what was interrupted there. */
const watched =
  (run: Run): Run =>
  (command, view, body) =>
    run(command, view, async (context) => {
      const { masking } = context.settings;
      const outcome =
        masking === undefined
          ? await body(context)
          : await (await import('../commands/mask-output.ts')).masked(context, masking, body);
      const { sayOverdue } = await import('../commands/overdue.ts');
      sayOverdue(context);
      return outcome;
    });

const UNBROKEN = 100_000;

function throwUsageErrors(command: Command): void {
  command.exitOverride((error) => {
    throw usageErrorOf(command, error);
  });
  for (const child of command.commands) throwUsageErrors(child);
}

/** How times are written is said once, below the options of each command that takes one. */
function explainTimes(command: Command): void {
  if (command.options.some(({ flags }) => flags.endsWith('<time>'))) {
    command.addHelpText('after', `${TIME_HELP}\n`);
  }
  for (const child of command.commands) explainTimes(child);
}

const globalOptions = (): Option[] => [
  new Option(
    '--format <format>',
    'output format: text, json, jsonl, csv, md, html; of reports also pdf; of metrics svg; of rows also timesketch, timesketch-csv, bulk, ocsf, l2tcsv',
  ),
  new Option('--json', 'short for --format json'),
  new Option(
    '--store <folder>',
    'the workspace folder, or postgres://user@host/database (IR_STORE)',
  ),
  new Option('--incident <key>', 'the incident to act on (IR_INCIDENT)'),
  new Option(
    '--tz <zone>',
    'IANA zone of times in logs that name none (default: UTC); GLOB=ZONE for some (repeatable)',
  ).argParser(collect),
  new Option('--display-tz <zone>', 'IANA zone of the times you read and write (default: UTC)'),
  new Option('--no-input', 'never prompt; refuse with exit 6 where an answer is needed'),
  new Option('-q, --quiet', 'no progress and no notes on stderr'),
  new Option(
    '--verbose',
    'what is being done, line by line on stderr, with the seconds since the start',
  ),
  offering('--color [when]', 'whether to use colours', ['always', 'never', 'auto'], 'auto'),
  new Option('--no-color', 'the same as --color never'),
  new Option('--no-pager', 'never show long output through a pager (IR_PAGER, PAGER)'),
  new Option('--debug', 'show a stack trace with an error'),
];
