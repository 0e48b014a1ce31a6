/** `ir report monthly`: a month over all incidents of the store, as Markdown with a picture beside it, a page, a PDF, or its data. */
import { createHash } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
import { usageError } from '../errors.ts';
import type { Incident } from '../incidents/incident.ts';
import { countedOf, incidentMetrics, METRIC_NAMES } from '../incidents/incident-metrics.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { itemNumber } from '../incidents/items.ts';
import { type MetricSeries, metricFile, metricSvg } from '../pages/charts/metric-chart.ts';
import { reportPage } from '../pages/report-page.ts';
import { findTemplate, readPartials, readTemplate } from '../reports/load-templates.ts';
import { renderArticle } from '../reports/markdown-html.ts';
import { type MonthlyModel, type MonthlyTask, monthlyModel } from '../reports/monthly-model.ts';
import { renderTemplate } from '../reports/render-template.ts';
import type { CommandContext } from './context.ts';
import { withStore } from './incident-access.ts';
import { seriesOf } from './metrics.ts';
import { formOf, type ReportForm, type ReportOptions, type ReportResult } from './report.ts';
import { openTasks } from './tasks.ts';
import { writeWhole } from './write-file.ts';

/** Options of it. */
export interface MonthlyOptions extends ReportOptions {
  /** `2026-03`; absent: the month that is. */
  month?: string | undefined;
}

/** Renders the month; it belongs to no incident, so no journal tells of it. */
export async function monthlyReport(
  context: CommandContext,
  options: MonthlyOptions,
): Promise<ReportResult<MonthlyModel>> {
  const { settings } = context;
  if (options.approve !== undefined || options.sign !== undefined)
    throw usageError('--approve and --sign are for the report of an incident', 'Leave them out.');
  const month = readMonth(options.month ?? context.now().toISOString().slice(0, 7));
  const form = formOf(context, options);
  const file = await findTemplate('monthly', settings.cwd, settings.env);
  const template = await readTemplate(file);
  const partials = await readPartials(settings.env);
  return withStore(context, async ({ store }) => {
    const { model: whole, series } = await monthOf(store, month, context.now());
    const model = context.masked?.(whole) ?? whole;
    const path = pathOf(settings.cwd, options.output);
    const text = form === 'json' ? '' : renderTemplate(template, file.path, model, partials);
    const markdown = context.masked?.(text) ?? text;
    const picture = form === 'md' && path !== undefined ? `${stem(path)}-metrics.svg` : undefined;
    const content = await contentOf(context, form, { model, markdown, series, picture });
    const target = { flag: '--output', isForced: options.force === true };
    if (path !== undefined)
      await writeWhole(context, { ...target, path, shown: options.output ?? path }, content);
    if (picture !== undefined)
      await writeWhole(context, { ...target, path: picture, shown: picture }, metricFile(series));
    return {
      ...{ incident: month, template: form === 'json' ? undefined : file.name, path, model },
      sha256: createHash('sha256').update(content).digest('hex'),
      ...(typeof content === 'string' ? { text: content } : { text: '', bytes: content }),
      ...{ questions: [], isRecorded: true },
    };
  });
}

function readMonth(text: string): string {
  if (/^\d{4}-(?:0[1-9]|1[0-2])$/.test(text)) return text;
  throw usageError(`--month: "${text}" is no month`, 'Write one as 2026-03.');
}

function pathOf(cwd: string, output: string | undefined): string | undefined {
  if (output?.trim() === '') throw usageError('--output is empty', 'Name a file, or -.');
  return output === undefined || output === '-' ? undefined : resolve(cwd, output);
}

const stem = (path: string): string =>
  join(dirname(path), basename(path).replace(/\.[A-Za-z]+$/, ''));

/** Like the metrics: by the day of detection, else of declaration. */
const monthOfIncident = ({ times }: Incident): string =>
  (times.detected ?? times.declared ?? '').slice(0, 7);

async function monthOf(
  store: IncidentStore,
  month: string,
  now: Date,
): Promise<{ model: MonthlyModel; series: MetricSeries[] }> {
  const incidents = await store.list();
  const first = new Date(`${month}-01T00:00:00Z`);
  first.setUTCMonth(first.getUTCMonth() - 1);
  const before = first.toISOString().slice(0, 7);
  const of = (wanted: string): Incident[] =>
    incidents.filter((one) => monthOfIncident(one) === wanted);
  const all = incidentMetrics(
    incidents.filter((one) => monthOfIncident(one) <= month),
    incidents,
  );
  const model = monthlyModel({
    ...{
      month,
      before,
      incidents: countedOf(of(month), incidents).counted,
      all,
      names: METRIC_NAMES,
    },
    ...{ now: incidentMetrics(of(month), incidents), last: incidentMetrics(of(before), incidents) },
    tasks: await tasksOf(store, incidents, now),
  });
  return { model, series: seriesOf(all) };
}

async function tasksOf(
  store: IncidentStore,
  incidents: readonly Incident[],
  now: Date,
): Promise<MonthlyTask[]> {
  const tasks: MonthlyTask[] = [];
  for (const { id, key, isDrill } of incidents) {
    if (isDrill) continue;
    for (const task of openTasks((await store.load(id)).tasks)) {
      const { title, owner = null, due = null } = task;
      const isLate = due !== null && due < now.toISOString();
      tasks.push({ incident: key, number: itemNumber('T', task), title, owner, due, isLate });
    }
  }
  return tasks;
}

async function contentOf(
  context: CommandContext,
  form: ReportForm,
  {
    model,
    markdown,
    series,
    picture,
  }: {
    model: MonthlyModel;
    markdown: string;
    series: readonly MetricSeries[];
    picture: string | undefined;
  },
): Promise<string | Uint8Array> {
  if (form === 'json') return `${JSON.stringify(model, null, 2)}\n`;
  if (form === 'md')
    return picture === undefined
      ? markdown
      : `${markdown}\n![Median and 90th percentile of the response metrics by month](${encodeURIComponent(basename(picture))})\n`;
  const isKnown = ({ months }: MetricSeries): boolean => months.some(({ n }) => n > 0);
  const page = [
    ...reportPage({
      ...{ title: `Incidents of ${model.month}`, article: renderArticle(markdown) },
      ...{
        items: undefined,
        isPrinted: form === 'pdf',
        charts: series.filter(isKnown).map(metricSvg),
      },
      techniques: { nameOf: () => undefined, tacticsOf: () => [] },
    }),
  ].join('');
  if (form === 'html') return page;
  const { printPdf } = await import('../processes/print-pdf.ts');
  return printPdf(page, context.settings.env, context.signal);
}
