/** The case by the questions that a reader has: how they came in, what they did, what they took, how it was found, how it was stopped. */
import { durationText, instantText, plural } from '../events/words.ts';
import type { JournalEntry, Phase } from '../incidents/incident.ts';
import type { SourceFile } from '../incidents/incident-store.ts';
import type { ReportModel, ResponseItem, StoryItem } from './report-model.ts';
import type { GapItem, MergedItem, ReportStory, StageItem } from './report-story.ts';
import { microsInstant, PHASE_TITLES } from './report-words.ts';

type Known = Pick<
  ReportModel,
  'attack' | 'detection' | 'keyTimes' | 'onSystems' | 'response' | 'incident'
>;

const STAGES: readonly { id: StageItem['id']; title: string; labels: readonly string[] }[] = [
  { id: 'in', title: 'How they came in', labels: ['When', 'Who', 'Looked', 'In'] },
  { id: 'did', title: 'What they did', labels: ['As', 'Ran', 'Rose', 'Read', 'Stays', 'Hid'] },
  { id: 'took', title: 'What they took or harmed', labels: ['Took', 'Harmed'] },
];

/** The stages; one of which nothing is known is there and empty, so that a report can say so. */
export function storyStages(known: Known): StageItem[] {
  const { story } = known.attack;
  return [
    ...STAGES.map(({ id, title, labels }) => ({
      ...{ id, title },
      statements: story.filter(({ label }) => labels.includes(label)),
    })),
    { id: 'found', title: 'How it was found', statements: foundStatements(known) },
    { id: 'stopped', title: 'How it was stopped', statements: stoppedStatements(known) },
    {
      id: 'open',
      title: 'What is not known',
      statements: story.filter(({ label }) => label === 'Open'),
    },
  ];
}

const at = ({ keyTimes }: Known, name: string): string | null =>
  keyTimes.find((item) => item.name === name)?.at ?? null;

function foundStatements(known: Known): StoryItem[] {
  const { detection } = known;
  const notes = detection.notes
    .filter(({ withdrawn }) => withdrawn === null)
    .map(({ text }) => ({ label: 'Noticed', text, findings: [] }));
  const detected = at(known, 'detected');
  const first = known.attack.firstAt;
  const late =
    detected === null || first === null
      ? []
      : [{ label: 'After', text: lateText(first, detected), findings: [] }];
  const signs = detection.signs.slice(0, 1).map(({ title, files, number }) => ({
    label: 'First sign',
    text: `${title}, in ${files.join(', ')}`,
    findings: number === '' ? [] : [number],
  }));
  return [...notes, ...late, ...signs];
}

function lateText(first: string, detected: string): string {
  const ms = Date.parse(detected) - Date.parse(first);
  return ms > 0
    ? `detected ${instantText(detected)}, ${durationText(ms)} after the first finding`
    : `detected ${instantText(detected)}`;
}

function stoppedStatements(known: Known): StoryItem[] {
  const times = (['contained', 'eradicated', 'recovered'] as const).flatMap((name) => {
    const time = at(known, name);
    return time === null
      ? []
      : [{ label: 'When', text: `${name} ${instantText(time)}`, findings: [] }];
  });
  const acts = known.onSystems
    .filter(({ standing }) => standing !== 'never run')
    .map(({ number, name, target, host, at: when, standing }) => ({
      label: 'Done',
      text: `${number} ${name} on ${target} (${host}, ${instantText(when)}), ${standing === 'in place' ? 'still in place' : standing}`,
      findings: [],
    }));
  return [...times, ...acts];
}

/** Attack and response in one order of time; what has no time comes last. */
export function mergedTimeline({ attack, response }: Known): MergedItem[] {
  const attacks: MergedItem[] = attack.timeline.map((item) => ({
    ...{ at: item.firstAt, side: 'attacker', number: item.number, level: item.level, actor: '' },
    text: item.count > 1 ? `${item.title}, ${plural(item.count, 'event')}` : item.title,
    ...{ command: '', reference: item.references[0] ?? '', isStruck: false },
  }));
  const responses: MergedItem[] = response.map(({ at: when, actor, text, command, isStruck }) => ({
    ...{ at: when, side: 'responder', number: '', level: '', actor, text, command },
    ...{ reference: '', isStruck },
  }));
  const timeOf = (item: MergedItem): number =>
    item.at === null ? Number.POSITIVE_INFINITY : Date.parse(item.at);
  // The order of the journal stays where clocks disagree: the sort is stable.
  return [...attacks, ...responses].sort((a, b) => timeOf(a) - timeOf(b) || 0);
}

const ACTING: ReadonlySet<Phase> = new Set(['containment', 'eradication', 'recovery']);

/** What was done in the phases in which one acts. */
export const responseByPhase = (response: readonly ResponseItem[]): ReportStory['byPhase'] =>
  [...ACTING].map((phase) => ({
    phase,
    title: PHASE_TITLES[phase],
    items: response.filter((item) => item.phase === phase && item.isAct),
  }));

/** Kinds of entries by which something is done, not said. */
const ACTS = /^(?:action_|command_|step_done|step_waived|decision_made)/;

/** The phase in which each entry was written, and whether something was done by it. */
export function phasesOf(
  journal: readonly JournalEntry[],
): ReadonlyMap<number, { phase: Phase; isAct: boolean }> {
  let phase: Phase = 'triage';
  return new Map(
    journal.map(({ seq, type, payload }) => {
      if (type === 'phase_changed' && payload !== undefined) phase = (payload as { to: Phase }).to;
      return [seq, { phase, isAct: ACTS.test(type) }];
    }),
  );
}

/** Which logs showed it before anybody knew, by which rule, and since when they were there. */
export function detectionGap(known: Known, sources: readonly SourceFile[]): GapItem[] {
  const detected = at(known, 'detected') ?? at(known, 'declared');
  if (detected === null) return [];
  const found = new Map<string, GapItem>();
  for (const { firstAt, references, number, title } of known.attack.timeline) {
    if (firstAt === null || firstAt >= detected) continue;
    for (const reference of references) {
      const log = reference.replace(/:\d+$/, '');
      const seen = found.get(log);
      if (seen !== undefined && seen.at <= firstAt) continue;
      const source = sources.find(({ evidenceNo, path }) => evidenceNo === log || path === log);
      found.set(log, {
        ...{ log, path: source?.path ?? log, finding: number, rule: title, at: firstAt },
        since: microsInstant(source?.firstUs),
        earlier: durationText(Date.parse(detected) - Date.parse(firstAt)),
      });
    }
  }
  return [...found.values()].sort((a, b) => (a.at < b.at ? -1 : 1));
}
