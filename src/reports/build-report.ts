/** Incident data to report model. Pure: the same data gives the same model, whenever it is made. */

import type { JournalEntry, NoteKind } from '../incidents/incident.ts';
import type { IncidentDetail, WholeIncident } from '../incidents/incident-store.ts';
import { readAction } from './action-words.ts';
import { attackTimeline } from './attack-timeline.ts';
import { causeTree } from './cause-tree.ts';
import { checklistResults, standingChanges } from './checklist-results.ts';
import { firstSigns } from './first-signs.ts';
import { metricItems } from './metric-items.ts';
import { openQuestions } from './open-questions.ts';
import { people } from './people-items.ts';
import { recommendations } from './recommendations.ts';
import type { ReportInput } from './report-input.ts';
import {
  type ActionItem,
  type Custody,
  type NoteItem,
  type Question,
  type ReportModel,
  type ResponseItem,
  SECTIONS,
  type Section,
} from './report-model.ts';
import type { TaskItem } from './report-story.ts';
import { commandText, TIME_MEANINGS } from './report-words.ts';
import {
  detectionGap,
  mergedTimeline,
  phasesOf,
  responseByPhase,
  storyStages,
} from './story-stages.ts';
import { summarySentences } from './summary-sentences.ts';
import { systemChanges } from './system-changes.ts';

/**
 * Builds the model. Reports that were written last do not count as part of the case: writing one again
 * gives the same text, with the same chain head.
 */
export function buildReport(input: ReportInput): ReportModel {
  const { detail, metrics, playbook } = input;
  const steps = playbook?.steps ?? [];
  const { journal, head } = beforeReports(detail);
  const { incident } = detail;
  const notes = (kind: NoteKind): NoteItem[] =>
    detail.notes.filter((note) => note.kind === kind).map(noteItem);
  const attack = attackTimeline(detail.findings, detail.sources, input);
  const told = {
    schema: 'ir.report/v1' as const,
    author: input.author,
    review: input.review,
    written: writtenParts(input.written),
    asOf: journal.at(-1)?.at ?? incident.times.declared ?? incident.times.detected ?? '',
    incident: incidentFacts(detail, playbook?.title ?? ''),
    detection: {
      notes: notes('detection'),
      ...firstSigns(journal, {
        ...input,
        timeline: attack.timeline,
        times: incident.times,
        sources: detail.sources,
      }),
    },
    impact: notes('impact'),
    keyTimes: TIME_MEANINGS.map(([name, meaning]) => ({
      name,
      meaning,
      at: incident.times[name] ?? null,
    })),
    metrics: metricItems(metrics, incident.times),
    attack,
    ...people(input),
    response: responseItems(input, journal),
    responders: respondersIn(journal),
    checklist: checklistResults(detail.steps, steps),
    onSystems: systemChanges(input.actions),
    changes: standingChanges(detail.commandRuns, steps, input.actions),
    factors: notes('factor'),
    wentWell: notes('went_well'),
    wentBadly: notes('went_badly'),
    lucky: notes('lucky'),
    actions: notes('action_item').map(actionItem),
    custody: custodyOf(detail, input, journal, head),
  };
  const gap = detectionGap(told, detail.sources);
  const known = {
    ...told,
    ...{ gap, stages: storyStages(told), merged: mergedTimeline(told) },
    causes: causeTree(told.factors),
    byPhase: responseByPhase(told.response),
    recommendations: recommendations(told, gap, input.recommended),
    drafts: input.drafts,
    tasks: detail.tasks.filter(({ withdrawn }) => withdrawn === undefined).map(taskItem),
  };
  const questions = openQuestions(known, detail);
  return { ...known, summary: summarySentences(known), questions, ask: bySection(questions) };
}

function noteItem(note: WholeIncident['notes'][number]): NoteItem {
  const { at, actor, text, corrections, withdrawn, happenedAt } = note;
  const texts = [text, ...corrections.map((correction) => correction.text)];
  return {
    ...{ at, actor },
    text: texts.at(-1)!,
    happenedAt: happenedAt ?? null,
    replaced: texts.slice(0, -1),
    withdrawn:
      withdrawn === undefined
        ? null
        : { at: withdrawn.at, actor: withdrawn.actor, reason: withdrawn.reason },
  };
}

/** The journal up to the last entry that is not a report at its very end, or names who wrote one. */
function beforeReports({ journal, head }: WholeIncident): {
  journal: readonly JournalEntry[];
  head: string;
} {
  const isOfReport = ({ type }: JournalEntry): boolean =>
    type === 'report_rendered' || type === 'report_reviewed' || type === 'actor_named';
  const length = 1 + journal.findLastIndex((entry) => !isOfReport(entry));
  return { journal: journal.slice(0, length), head: journal[length - 1]?.hash ?? head };
}

/** What responders did, up to the last entry that counts. */
function responseItems({ told }: ReportInput, journal: readonly JournalEntry[]): ResponseItem[] {
  const last = journal.at(-1);
  const phases = phasesOf(journal);
  return told
    .filter(({ seq }) => last !== undefined && seq <= last.seq)
    .map(({ seq, at, actor, text, argv = [], isStruck }) => ({
      ...{ at, actor, text, command: commandText(argv), isStruck },
      ...(phases.get(seq) ?? { phase: 'triage', isAct: false }),
    }));
}

/** A task as a report tells it. */
const taskItem = (task: IncidentDetail['tasks'][number]): TaskItem => ({
  ...{ number: `T-${String(task.seq).padStart(3, '0')}`, title: task.title, state: task.state },
  owner: task.owner ?? null,
  due: task.due ?? null,
  isActionItem: task.phase === 'post_incident',
});

/** Who wrote in the journal, programs aside. */
const respondersIn = (journal: readonly JournalEntry[]): string[] => {
  const byPeople = journal.filter(
    ({ type }) => type !== 'actor_named' && type !== 'journal_converted',
  );
  return [...new Set(byPeople.map(({ actor }) => actor))];
};

function incidentFacts({ incident }: IncidentDetail, playbook: string): ReportModel['incident'] {
  const { key, title, description, severity, impact, urgency } = incident;
  const { determination, status, phase, type, openedBy, isDrill } = incident;
  const axes = { severity, impact, urgency, determination, status, phase };
  return { key, title, description, ...axes, type, playbook, openedBy, isDrill };
}

const actionItem = (note: NoteItem): ActionItem => ({ ...note, ...readAction(note.text) });

function custodyOf(
  { sources }: IncidentDetail,
  { doubtfulTimes, chain, evidence }: ReportInput,
  journal: readonly JournalEntry[],
  head: string,
): Custody {
  return {
    sources: sources.map((source) => ({
      number: source.evidenceNo,
      path: source.path,
      format: source.format,
      sha256: source.sha256,
      sizeBytes: source.sizeBytes,
      lines: source.lines,
      parsed: source.parsed,
      joined: source.joined,
      skipped: source.skipped,
      savedAt: source.savedAt,
      savedBy: source.savedBy,
      problem: source.problem ?? null,
    })),
    evidence: evidence.map((item) => ({
      number: item.evidenceNo,
      title: item.title,
      from: `${item.host}:${item.origin ?? item.path}`,
      method: item.method,
      sizeBytes: item.sizeBytes,
      sha256: item.sha256,
      collectedAt: item.collectedAt,
      addedBy: item.actor,
      holder: item.holder,
      handedTo: item.open?.to ?? null,
      withdrawn: item.withdrawn?.reason ?? null,
    })),
    ...{ head, entries: journal.length, isIntact: chain.isIntact },
    erasedPayloads: journal.filter(({ payload }) => payload === undefined).length,
    problem: chain.problem ?? null,
    clockDoubts: doubtfulTimes,
  };
}

const writtenParts = (written: ReportInput['written']): ReportModel['written'] =>
  Object.fromEntries(SECTIONS.map((section) => [section, written[section] ?? ''])) as Record<
    Section,
    string
  >;

const bySection = (questions: readonly Question[]): ReportModel['ask'] =>
  Object.fromEntries(
    SECTIONS.map((section) => [section, questions.filter((item) => item.section === section)]),
  ) as unknown as Record<Section, readonly Question[]>;
