/** A report as a page: its text, and what happened to look around in. */
import { dirname } from 'node:path';
import type { WholeIncident } from '../incidents/incident-store.ts';
import { instantUs } from '../incidents/instant.ts';
import type { PageItem } from '../pages/page-item.ts';
import { reportPage } from '../pages/report-page.ts';
import { bundledFolder, type TemplateFile } from '../reports/load-templates.ts';
import { renderArticle } from '../reports/markdown-html.ts';
import type { ReportModel } from '../reports/report-model.ts';
import { readTechniques } from '../reports/technique-names.ts';
import { findingItem } from './timeline-page.ts';

/** Variants for readers outside, who get no findings and no names of machines. */
const WITHOUT_PICTURES: ReadonlySet<string> = new Set([
  ...['executive', 'customer', 'regulator', 'briefing', 'ioc-sheet', 'handover', 'monthly'],
]);

/** The page. @param markdown the report as its template gives it @param isPrinted it is for a printer */
export function reportHtml(
  markdown: string,
  { model, file, detail }: { model: ReportModel; file: TemplateFile; detail: WholeIncident },
  isPrinted: boolean,
): string {
  const known = readTechniques(dirname(bundledFolder()));
  const hasPictures = !WITHOUT_PICTURES.has(file.name);
  return [
    ...reportPage({
      title: `${model.incident.key}: ${model.incident.title}`,
      article: renderArticle(markdown),
      items: hasPictures ? itemsOf(model, detail) : undefined,
      isPrinted,
      techniques: {
        nameOf: (id) => known.names.get(id),
        tacticsOf: (id) => known.tactics.get(id) ?? [],
      },
    }),
  ].join('');
}

/** Findings by the numbers of the report, and what responders and their program did, in time order. */
function itemsOf({ attack, response, onSystems }: ReportModel, detail: WholeIncident): PageItem[] {
  const numbers = new Map(attack.timeline.map(({ id, number }) => [id, number]));
  const findings = detail.findings.map((finding) => {
    const item = findingItem(finding);
    return { ...item, number: numbers.get(finding.id) ?? item.number };
  });
  const acts = response.map(({ at, actor, text, command, isStruck }) =>
    plainItem('responder', at, text, actor, [
      ...(command === '' ? [] : [command]),
      ...(isStruck ? ['corrected or withdrawn later'] : []),
    ]),
  );
  const ended = onSystems
    .filter(({ standing }) => standing === 'expired')
    .map(({ number, name, target, host, since }) =>
      plainItem('system', since, `${number} ${name} on ${target} ran out`, host, []),
    );
  return [...findings, ...acts, ...ended].sort(
    (a, b) => (a.atUs ?? Number.POSITIVE_INFINITY) - (b.atUs ?? Number.POSITIVE_INFINITY),
  );
}

const plainItem = (
  side: PageItem['side'],
  at: string,
  title: string,
  source: string,
  notes: readonly string[],
): PageItem => ({
  ...{ number: '', side, atUs: instantUs(at), untilUs: undefined, title, source, notes },
  ...{ tactics: [], techniques: [], count: 1, entities: [], lines: [] },
});
