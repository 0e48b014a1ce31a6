/** The case in a few plain sentences, each made from recorded facts only. */

import { instantText, plural } from '../events/words.ts';
import type { ReportModel } from './report-model.ts';

type Known = Omit<ReportModel, 'questions' | 'ask' | 'summary'>;

const DETERMINED: Readonly<Record<string, string>> = {
  suspected: 'It is still only suspected',
  confirmed: 'It is confirmed',
  blocked: 'It was blocked',
  failed_attempt: 'The attempt failed',
  false_positive: 'It was a false positive',
};

/** Between two and five sentences. */
export function summarySentences(model: Known): string[] {
  return [whatItIs(model), ...whatWasFound(model), ...howItStands(model), whatWasDone(model)];
}

function whatItIs({ incident }: Known): string {
  const { severity, impact, determination, isDrill } = incident;
  const kind = isDrill ? 'A drill, rated' : 'Rated';
  return `${kind} ${severity} with ${impact} impact. ${DETERMINED[determination] ?? determination}.`;
}

function whatWasFound({ attack, custody }: Known): string[] {
  const { timeline, firstAt, lastAt } = attack;
  if (timeline.length === 0) return [];
  const grave = timeline.filter(({ level }) => level === 'critical');
  const span = spanText(firstAt, lastAt);
  const files = new Set(
    custody.sources.filter(({ sha256 }) => sha256 !== '').map(({ number }) => number),
  ).size;
  const from = files === 0 ? '' : ` in ${plural(files, 'log file')}`;
  const titles = [...new Set(grave.map(({ title }) => title))].slice(0, 5);
  const worst = titles.length === 0 ? '' : ` The gravest: ${titles.join('; ')}.`;
  const further = attack.background.reduce((sum, { findings }) => sum + findings, 0);
  const beside =
    further === 0 ? '' : `, and ${further} more of less weight (appendix A, Around it)`;
  return [
    `The evidence shows ${plural(timeline.length, 'finding')}${span}${from}${beside}.${worst}`,
  ];
}

function spanText(firstAt: string | null, lastAt: string | null): string {
  if (firstAt === null || lastAt === null) return '';
  const [first, last] = [instantText(firstAt), instantText(lastAt)];
  return first === last ? ` at ${first}` : ` between ${first} and ${last}`;
}

function howItStands({ keyTimes, metrics }: Known): string[] {
  const at = new Map(keyTimes.map((item) => [item.name, item.at]));
  const span = new Map(metrics.map((item) => [item.name, item.text]));
  const parts: string[] = [];
  const add = (
    name: 'detected' | 'contained' | 'recovered',
    metric: string,
    after: string,
  ): void => {
    const time = at.get(name);
    if (time === null || time === undefined) return;
    const text = span.get(metric);
    parts.push(`${name} ${instantText(time)}${text ? ` (${text} after ${after})` : ''}`);
  };
  add('detected', 'MTTD', 'it began');
  add('contained', 'MTTC', 'detection');
  add('recovered', 'MTTR', 'detection');
  return parts.length === 0 ? [] : [`It was ${parts.join(', ')}.`];
}

function whatWasDone({ checklist, changes, incident }: Known): string {
  const done = checklist.reduce((sum, phase) => sum + phase.done, 0);
  const waived = checklist.reduce((sum, phase) => sum + phase.waived, 0);
  const open = checklist
    .flatMap(({ steps }) => steps)
    .filter((step) => step.isRequired && step.status === 'pending').length;
  const state = `The incident is ${incident.status.replace('_', ' ')}, in phase ${incident.phase.replace('_', '-')}`;
  const steps =
    checklist.length === 0
      ? ''
      : `: ${plural(done, 'step')} done, ${waived} waived, ${plural(open, 'required step')} open`;
  const standing =
    changes.length === 0
      ? ''
      : ` ${plural(changes.length, 'change')} made by the response ${changes.length === 1 ? 'is' : 'are'} not known to be undone.`;
  return `${state}${steps}.${standing}`;
}
