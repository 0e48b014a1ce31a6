/** `ir report`: the post-mortem of an incident from a template, or its data as JSON. */
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { tellStories } from '../detect/story/story.ts';
import { sayStories } from '../detect/story/tell.ts';
import { usageError } from '../errors.ts';
import { clockLines, NOT_LEGAL_ADVICE } from '../incidents/clock-state.ts';
import {
  type IncidentDetail,
  type IncidentStore,
  loadWhole,
  type VerifyResult,
  type WholeIncident,
} from '../incidents/incident-store.ts';
import { clockDoubtText } from '../incidents/journal-clock.ts';
import { metricsOf } from '../incidents/key-times.ts';
import { isInPlace, isUnsettled } from '../incidents/kinds/action-kinds.ts';
import { payloadOf, tellJournal } from '../incidents/tell-journal.ts';
import { buildReport } from '../reports/build-report.ts';
import {
  bundledFolder,
  findTemplate,
  listTemplates,
  readTemplate,
  type TemplateFile,
} from '../reports/load-templates.ts';
import type {
  PlaybookFacts,
  PlaybookStep,
  ReportAction,
  ReportInput,
} from '../reports/report-input.ts';
import type { Question, ReportModel } from '../reports/report-model.ts';
import { readTechniqueNames } from '../reports/technique-names.ts';
import type { CommandContext } from './context.ts';
import { listed } from './evidence-list.ts';
import { authorOf, withIncident } from './incident-access.ts';
import { writeWhole } from './write-file.ts';

/** Options of `ir report`. */
export interface ReportOptions {
  /** Name of a template, or path of a file. */
  template?: string | undefined;
  /** Path, or `-` for stdout. */
  output?: string | undefined;
  /** Replace a file that is there without asking. */
  force?: boolean | undefined;
  /** Who the report says wrote it; else the user of this run. */
  author?: string | undefined;
  /** False: nothing is added to the journal. */
  record?: boolean | undefined;
  /** True when stdout shows on a screen: the report then goes to a file. */
  isStdoutTerminal?: boolean | undefined;
}

/** The report, and where it was written. */
export interface ReportResult {
  incident: string;
  /** The template used; undefined for JSON. */
  template: string | undefined;
  /** Where it was written, absolute; undefined when it goes to stdout. */
  path: string | undefined;
  sha256: string;
  model: ReportModel;
  /** The finished report. */
  text: string;
  questions: readonly Question[];
  isRecorded: boolean;
}

/** The templates that a report can be made with. */
export interface TemplateList {
  templates: readonly TemplateFile[];
}

/** The templates there are. */
export const reportTemplates = async (context: CommandContext): Promise<TemplateList> => ({
  templates: await listTemplates(context.settings.env),
});

/** Renders the report of the incident and, unless told not to, notes that in the journal. */
export async function report(
  context: CommandContext,
  options: ReportOptions,
): Promise<ReportResult> {
  const { settings } = context;
  if (settings.format === 'csv' || settings.format === 'jsonl') {
    throw usageError(
      `a report has no ${settings.format} form`,
      'Use --format md or --format json.',
    );
  }
  const wanted = options.template ?? 'postmortem';
  const file = await findTemplate(wanted, settings.cwd, settings.env);
  const template = await readTemplate(file);
  const author = options.author?.trim() || settings.actor;
  return withIncident(context, async (store, { id, key }) => {
    const detail = await loadWhole(store, id);
    const whole = await reportModel(context, store, detail, author);
    const model = context.masked?.(whole) ?? whole;
    const isJson = settings.format === 'json';
    const plain = isJson
      ? `${JSON.stringify(model, null, 2)}\n`
      : await renderMarkdown(template, file.path, model);
    const text = context.masked?.(plain) ?? plain;
    const sha256 = createHash('sha256').update(text, 'utf8').digest('hex');
    const path = outputPath(context, store, key, isJson, options);
    if (path !== undefined) {
      const target = {
        ...{ path, shown: options.output ?? path, flag: '--output' },
        isForced: options.force === true || (options.output === undefined && isOurs(detail, path)),
        ...(options.output === undefined ? { ownFolder: reportsFolder(store) } : {}),
      };
      await writeWhole(context, target, text);
    }
    // JSON on stdout is a look at the data, not a report that somebody was sent.
    const isRecorded = options.record !== false && !(isJson && path === undefined);
    if (isRecorded) {
      const { actor, now } = authorOf(context);
      const payload = { path: path ?? '-', sha256, template: isJson ? 'json' : file.name };
      await store.append(id, [{ type: 'report_rendered', payload, at: now.toISOString(), actor }]);
    }
    const used = isJson ? undefined : file.name;
    return {
      incident: key,
      template: used,
      path,
      sha256,
      model,
      text,
      questions: model.questions,
      isRecorded,
    };
  });
}

const reportsFolder = ({ folder }: IncidentStore): string => join(folder, 'reports');

/** Is what stands in the workspace a report as we wrote it? One that was edited since is the user's. */
function isOurs({ journal }: WholeIncident, path: string): boolean {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  let sha256: string;
  try {
    sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return false;
  }
  return journal.some((entry) => {
    const written = payloadOf(entry, 'report_rendered');
    return written?.path === path && written.sha256 === sha256;
  });
}

async function renderMarkdown(template: string, path: string, model: ReportModel): Promise<string> {
  const { renderTemplate } = await import('../reports/render-template.ts');
  return renderTemplate(template, path, model);
}

function outputPath(
  { settings }: CommandContext,
  store: IncidentStore,
  key: string,
  isJson: boolean,
  { output, isStdoutTerminal, template }: ReportOptions,
): string | undefined {
  if (output === '-') return undefined;
  if (output !== undefined) {
    if (output.trim() === '')
      throw usageError('--output is empty', 'Name a file, or - for stdout.');
    return resolve(settings.cwd, output);
  }
  if (isJson || isStdoutTerminal !== true) return undefined;
  const name = (template ?? 'postmortem')
    .split(/[/\\]/)
    .at(-1)!
    .replace(/\.[a-z]+$/i, '');
  return join(reportsFolder(store), `${key}-${name.replace(/[^\w-]/g, '_')}.md`);
}

/** Gathers what a report is made from and builds its model. */
async function reportModel(
  context: CommandContext,
  store: IncidentStore,
  detail: WholeIncident,
  author: string,
): Promise<ReportModel> {
  const chain = chainOf(await store.verify(), detail.incident.key);
  const playbook = await playbookFacts(context, detail);
  const metrics = metricsOf(detail.incident.times);
  const doubtfulTimes = detail.clockDoubts.map(clockDoubtText);
  const stepTitles = new Map(playbook?.steps.map(({ id, title }) => [id, title]));
  const told = tellJournal(detail.journal, stepTitles);
  return buildReport({
    ...{ detail, metrics, doubtfulTimes, playbook, chain, author, told },
    evidence: detail.evidence.map((item) => listed(item, detail.custody)),
    actions: reportActions(detail),
    clocks: clockLines(detail.clocks, asOf(detail)),
    advice: NOT_LEGAL_ADVICE,
    story: sayStories(tellStories({ findings: detail.findings, files: [], isIncident: true })),
    techniqueNames: readTechniqueNames(dirname(bundledFolder())),
  });
}

/** The actions of the incident, with when each was read back: what became of it later hides that from its row. */
function reportActions({ actions = [], journal }: WholeIncident): ReportAction[] {
  const verifiedAt = new Map<string, string>();
  for (const entry of journal) {
    const changed = payloadOf(entry, 'action_changed');
    if (changed?.state === 'verified') verifiedAt.set(changed.action, entry.at);
  }
  return actions.map((action) => ({
    ...action,
    isInPlace: isInPlace(action),
    isUnsettled: isUnsettled(action),
    verifiedAt: verifiedAt.get(action.id),
  }));
}

/** The moment of the last entry that is no report: writing one again changes nothing in it. */
function asOf({ journal }: WholeIncident): Date {
  const last = journal.findLast(({ type }) => type !== 'report_rendered' && type !== 'actor_named');
  return new Date(last?.at ?? 0);
}

/** What a report says of the store: of other incidents no more than that something is wrong there. */
function chainOf(
  { isIntact, problems, storeProblems, staleProjections }: VerifyResult,
  key: string,
): ReportInput['chain'] {
  if (isIntact) return { isIntact, problem: undefined };
  const own = problems.find(({ incident }) => incident === key);
  const problem =
    own === undefined
      ? (storeProblems[0] ?? staleProjections.find((line) => line.startsWith(`${key}: `)))
      : `entry ${own.seq}: ${own.reason}`;
  return {
    isIntact,
    problem: problem ?? 'the store does not hold elsewhere; ir verify says where',
  };
}

/** The incident's playbook as a report needs it; undefined, and said, when it cannot be had. */
async function playbookFacts(
  context: CommandContext,
  detail: IncidentDetail,
): Promise<PlaybookFacts | undefined> {
  if (detail.incident.type === '') return undefined;
  const { loadPlaybooks } = await import('../respond/load-playbooks.ts');
  const { buildChecklist } = await import('../respond/checklist.ts');
  const { resolveVariables } = await import('../respond/variable-values.ts');
  const { renderText, showArgv } = await import('../respond/render-argv.ts');
  const { PHASES } = await import('../incidents/incident.ts');
  const { playbooks } = await loadPlaybooks(context.settings.env);
  const followed = playbooks.find(({ id }) => id === detail.incident.type);
  if (followed === undefined) {
    context.say(
      `the playbook "${detail.incident.type}" cannot be loaded: steps are shown by their ids`,
    );
    return undefined;
  }
  const { withBroughtSteps } = await import('../respond/brought-steps.ts');
  const playbook = withBroughtSteps(followed, { playbooks }, detail.findings);
  const { values } = await resolveVariables(playbook, detail, {});
  const steps = PHASES.flatMap((phase) => buildChecklist(playbook, detail, values, phase).steps);
  return {
    title: playbook.title,
    steps: steps.map(({ step, status, isDoneWithoutRun }): PlaybookStep => {
      const { id, phase, required, command } = step;
      const facts = {
        ...{ id, phase, isRequired: required },
        title: renderText(step.title, values),
        applies: status !== 'not_applicable',
        isDoneWithoutRun,
      };
      if (command === undefined) return facts;
      const { risk, run, undo } = command;
      const undoText = undo === undefined ? '' : showArgv(undo, values);
      return { ...facts, command: { risk, run, undo, undoText } };
    }),
  };
}
