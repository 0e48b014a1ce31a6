/** What a check of a machine or a backup found, and what it could not look at. */
import type { CheckResult } from '../../commands/check-shared.ts';
import { durationText, plural } from '../../events/words.ts';
import type { CheckReport, Observation } from '../../host/observation.ts';
import { cell, keptLines, unseenLines } from '../check-text.ts';
import { csvRecord } from '../csv.ts';
import { showInstant, wrap } from '../layout.ts';
import { paintLevel } from '../level-text.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

/** Observations of one kind that are shown one by one. */
const MOST_OF_A_KIND = 40;
/** Details that say what a person needs to judge. */
const SHOWN_DETAIL = [
  'command',
  'program',
  'package',
  'debsums',
  'sha256',
  'options',
  'comment',
  'from',
  'excerpt',
];

/** How `ir check ...` is shown. */
export const view: View<CheckResult> = {
  text({ report, kept }, style) {
    const lines = [
      ...headLines(report, style),
      ...observationLines(report, style),
      ...unseenLines(report, style),
      ...keptLines(kept, style),
    ];
    return `${lines.join('\n')}\n`;
  },
  json: ({ report, kept }) => withNulls({ ...report, kept }),
  *jsonl({ report: { observations } }) {
    for (const observation of observations) yield withNulls(observation);
  },
  csv: ({ report }) =>
    [
      csvRecord(['level', 'kind', 'subject', 'at', 'text', 'detail']),
      ...report.observations.map(({ level, kind, subject, at, text, detail }) =>
        csvRecord([level, kind, subject, at, text, JSON.stringify(detail)]),
      ),
    ].join(''),
  md: ({ report }) =>
    `${[
      `## ir check ${report.check}: ${cell(report.host)}`,
      '',
      summaryOf(report),
      '',
      ...(report.observations.length === 0
        ? []
        : ['| Level | Kind | What | Since |', '| --- | --- | --- | --- |']),
      ...report.observations.map(
        ({ level, kind, text, at }) =>
          `| ${level} | ${kind} | ${cell(text)} | ${showInstant(at)} |`,
      ),
      ...(report.unseen.length === 0 ? [] : ['', 'Not looked at:', '']),
      ...report.unseen.map(({ what, why }) => `- ${cell(what)}: ${cell(why)}`),
    ].join('\n')}\n`,
};

function summaryOf({
  looked,
  observations,
  further,
  since,
  startedAt,
  endedAt,
}: CheckReport): string {
  const counts = looked.map(({ what, count }) => `${what}: ${count}`).join(', ');
  const took = durationText(Date.parse(endedAt) - Date.parse(startedAt));
  const found = plural(observations.length + further, 'observation');
  const span = since === undefined ? '' : ` since ${showInstant(since)}`;
  return `${found}${span}; looked at ${counts === '' ? 'nothing' : counts}. It took ${took}.`;
}

function headLines(report: CheckReport, style: Style): string[] {
  const place = report.root === '/' ? report.host : `${report.root} (on ${report.host})`;
  return [
    ...wrap(`${report.check} of ${place}`, style.width).map((line) => style.paint.bold(line)),
    ...wrap(summaryOf(report), style.width),
  ];
}

function observationLines({ observations, further }: CheckReport, style: Style): string[] {
  const shown = new Map<string, number>();
  const lines = observations.flatMap((observation) => {
    const key = `${observation.level} ${observation.kind}`;
    const count = (shown.get(key) ?? 0) + 1;
    shown.set(key, count);
    return count > MOST_OF_A_KIND ? [] : ['', ...oneLines(observation, style)];
  });
  const hidden =
    further + [...shown.values()].reduce((sum, n) => sum + Math.max(0, n - MOST_OF_A_KIND), 0);
  return hidden === 0
    ? lines
    : [...lines, '', `and ${hidden} more (--json has all that were kept)`];
}

function oneLines({ level, kind, text, at, detail }: Observation, style: Style): string[] {
  const head = `${level.toUpperCase()}  ${kind}${at === undefined ? '' : `  ${showInstant(at, style.offsetAt)}`}`;
  const facts = SHOWN_DETAIL.flatMap((name) => {
    const value = detail[name];
    return value === undefined || value === null || value === '' ? [] : [`${name}: ${value}`];
  });
  return [
    paintLevel(level, head, style),
    ...wrap(text, style.width - 2).map((line) => `  ${line}`),
    ...facts.flatMap((fact) =>
      wrap(fact.slice(0, 400), style.width - 4).map((line) => style.paint.dim(`    ${line}`)),
    ),
  ];
}
