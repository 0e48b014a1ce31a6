/** What a report is made from: the incident, its playbook, its clocks, what techniques are called. */
import { dirname } from 'node:path';
import { tellStories } from '../detect/story/story.ts';
import { sayStories } from '../detect/story/tell.ts';
import { clockLines, NOT_LEGAL_ADVICE } from '../incidents/clock-state.ts';
import type {
  IncidentDetail,
  IncidentStore,
  VerifyResult,
  WholeIncident,
} from '../incidents/incident-store.ts';
import { clockDoubtText } from '../incidents/journal-clock.ts';
import { metricsOf } from '../incidents/key-times.ts';
import { isInPlace, isUnsettled } from '../incidents/kinds/action-kinds.ts';
import { payloadOf, tellJournal } from '../incidents/tell-journal.ts';
import { buildReport } from '../reports/build-report.ts';
import { bundledFolder } from '../reports/load-templates.ts';
import { readAdvice } from '../reports/recommendations.ts';
import type {
  PlaybookFacts,
  PlaybookStep,
  ReportAction,
  ReportInput,
} from '../reports/report-input.ts';
import type { ReportModel } from '../reports/report-model.ts';
import { readTechniqueNames } from '../reports/technique-names.ts';
import { clockDrafts } from './clock-show.ts';
import type { CommandContext } from './context.ts';
import { listed } from './evidence-list.ts';
import { isOfCase, type ReviewOf, reviewOf, writtenIn } from './report-journal.ts';

/** Gathers what a report is made from and builds its model. */
export async function reportModel(
  context: CommandContext,
  store: IncidentStore,
  detail: WholeIncident,
  author: string,
  { template, pending }: ReviewOf = {},
): Promise<ReportModel> {
  const chain = chainOf(await store.verify(), detail.incident.key);
  const playbook = await playbookFacts(context, detail);
  const metrics = metricsOf(detail.incident.times);
  const doubtfulTimes = detail.clockDoubts.map(clockDoubtText);
  const stepTitles = new Map(playbook?.steps.map(({ id, title }) => [id, title]));
  const told = tellJournal(detail.journal, stepTitles);
  return buildReport({
    ...{ detail, metrics, doubtfulTimes, playbook, chain, author, told },
    review: reviewOf(detail.journal, template, pending),
    written: writtenIn(detail.journal),
    evidence: detail.evidence.map((item) => listed(item, detail.custody)),
    actions: reportActions(detail),
    clocks: clockLines(detail.clocks, asOf(detail)),
    advice: NOT_LEGAL_ADVICE,
    recommended: readAdvice(dirname(bundledFolder())),
    drafts: await clockDrafts(context, store, detail, asOf(detail)),
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
  const last = journal.findLast((entry) => isOfCase(entry));
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
