/** `ir report`: a report of an incident from a template, as Markdown, a page, a PDF, or its data as JSON. */
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { usageError } from '../errors.ts';
import type { ReviewState } from '../incidents/incident.ts';
import { type IncidentStore, loadWhole, type WholeIncident } from '../incidents/incident-store.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import { payloadOf } from '../incidents/tell-journal.ts';
import {
  findTemplate,
  listTemplates,
  readPartials,
  readTemplate,
  type TemplateFile,
} from '../reports/load-templates.ts';
import type { Question, ReportModel } from '../reports/report-model.ts';
import type { CommandContext } from './context.ts';
import { reportModel } from './gather-report.ts';
import { authorOf, withIncident } from './incident-access.ts';
import { keepLast } from './report-diff.ts';
import { reviewedAuthor } from './report-journal.ts';
import { assertSignable, reviewAsked, signatureOf, writeSignature } from './report-review.ts';
import { type WriteTarget, writeWhole } from './write-file.ts';

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
  /** How far the report is from now on: draft, in review, or approved, which it is without a word. */
  approve?: string | boolean | undefined;
  /** Path of the SSH key that signs it; what is signed is approved. */
  sign?: string | undefined;
  /** True when stdout shows on a screen: the report then goes to a file. */
  isStdoutTerminal?: boolean | undefined;
}

/** The forms of a report. */
export type ReportForm = 'md' | 'html' | 'pdf' | 'json';

/** The report, and where it was written. */
export interface ReportResult<M = ReportModel> {
  incident: string;
  /** The template used; undefined for JSON. */
  template: string | undefined;
  /** Where it was written, absolute; undefined when it goes to stdout. */
  path: string | undefined;
  sha256: string;
  model: M;
  /** The finished report; empty where it is no text. */
  text: string;
  /** A PDF. */
  bytes?: Uint8Array;
  questions: readonly Question[];
  isRecorded: boolean;
  review?: {
    state: ReviewState;
    /** Fingerprint of the key. */
    signedBy: string | undefined;
    /** The command that verifies the signature. */
    verify: string | undefined;
  };
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
  const form = formOf(context, options);
  const wanted = options.template ?? 'postmortem';
  const file = await findTemplate(wanted, settings.cwd, settings.env);
  const template = await readTemplate(file);
  const review = reviewAsked(context, options, form === 'json');
  return withIncident(context, async (store, { id, key }) => {
    const detail = await loadWhole(store, id);
    const { actor, now } = authorOf(context);
    const at = now.toISOString();
    const author = options.author?.trim() || reviewedAuthor(detail.journal, file.name) || actor;
    const pending = review && { person: actor, state: review.state, at };
    const whole = await reportModel(context, store, detail, author, {
      ...{ template: file.name, pending },
    });
    const model = context.masked?.(whole) ?? whole;
    const findings = context.masked?.(detail.findings) ?? detail.findings;
    const written = { context, model, template, file, detail: { ...detail, findings } };
    const markdown = form === 'json' ? '' : await markdownOf(written);
    const content = await inForm(form, written, markdown);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const signature = await signatureOf(context, content, review?.key);
    const wanting = review === undefined ? options : { ...options, isStdoutTerminal: true };
    const place = targetOf(context, store, { key, form, detail }, wanting);
    const target = place && { ...place, inputs: [file.path] };
    const path = target?.path;
    let verify: string | undefined;
    if (target !== undefined) {
      if (signature !== undefined) await assertSignable(context, target);
      await writeWhole(context, target, content);
      if (signature !== undefined) verify = await writeSignature(context, target, signature);
    }
    // JSON on stdout is a look at the data, not a report that somebody was sent.
    const isRecorded = options.record !== false && !(form === 'json' && path === undefined);
    if (isRecorded) {
      const named = { path: path ?? '-', sha256, template: form === 'json' ? 'json' : file.name };
      const entries: NewEntry[] = [{ type: 'report_rendered', payload: named, at, actor }];
      if (review !== undefined) {
        const payload = { ...named, state: review.state, author, ...(signature && { signature }) };
        entries.push({ type: 'report_reviewed', payload, at, actor });
      }
      await store.append(id, entries);
      if (form !== 'json') keepLast(context, store, { key, template: file.name, markdown });
    }
    const used = form === 'json' ? undefined : file.name;
    return {
      incident: key,
      ...{ template: used, path, sha256, model, isRecorded },
      ...(typeof content === 'string' ? { text: content } : { text: '', bytes: content }),
      questions: model.questions,
      ...(review && {
        review: { state: review.state, signedBy: signature?.fingerprint, verify },
      }),
    };
  });
}

/** Where the report goes; undefined for stdout. What we wrote ourselves may be replaced. */
function targetOf(
  context: CommandContext,
  store: IncidentStore,
  { key, form, detail }: { key: string; form: ReportForm; detail: WholeIncident },
  options: ReportOptions,
): WriteTarget | undefined {
  const path = outputPath(context, store, key, form, options);
  if (path === undefined) return undefined;
  return {
    ...{ path, shown: options.output ?? path, flag: '--output' },
    isForced: options.force === true || (options.output === undefined && isOurs(detail, path)),
    ...(options.output === undefined ? { ownFolder: reportsFolder(store) } : {}),
  };
}

/** The form that is asked for; without a word the ending of the file says it. */
export function formOf({ settings }: CommandContext, { output }: ReportOptions): ReportForm {
  const { format } = settings;
  if (format === 'text') {
    const ending = /\.(html|pdf|json|docx?|odt|rtf)$/i.exec(output ?? '')?.[1]?.toLowerCase();
    if (ending === undefined) return 'md';
    if (ending === 'html' || ending === 'pdf' || ending === 'json') return ending;
    throw usageError(
      `a report has no ${ending} form, which ${output} asks for`,
      'Name it .md, .html, .pdf or .json; word processors open the HTML.',
    );
  }
  if (format === 'md' || format === 'html' || format === 'pdf' || format === 'json') return format;
  throw usageError(`a report has no ${format} form`, 'Use --format md, html, pdf or json.');
}

/** What a form is made from. */
interface Written {
  context: CommandContext;
  model: ReportModel;
  template: string;
  file: TemplateFile;
  detail: WholeIncident;
}

async function markdownOf({ context, model, template, file }: Written): Promise<string> {
  const { renderTemplate } = await import('../reports/render-template.ts');
  const partials = await readPartials(context.settings.env);
  const markdown = renderTemplate(template, file.path, model, partials);
  return context.masked?.(markdown) ?? markdown;
}

async function inForm(
  form: ReportForm,
  written: Written,
  markdown: string,
): Promise<string | Uint8Array> {
  const { context, model } = written;
  if (form === 'json') {
    const text = `${JSON.stringify(model, null, 2)}\n`;
    return context.masked?.(text) ?? text;
  }
  if (form === 'md') return markdown;
  const { reportHtml } = await import('./report-html.ts');
  const page = reportHtml(markdown, written, form === 'pdf');
  if (form === 'html') return page;
  const { printPdf } = await import('../processes/print-pdf.ts');
  return printPdf(page, context.settings.env, context.signal);
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

function outputPath(
  { settings }: CommandContext,
  store: IncidentStore,
  key: string,
  form: ReportForm,
  { output, isStdoutTerminal, template }: ReportOptions,
): string | undefined {
  if (output === '-') return undefined;
  if (output !== undefined) {
    if (output.trim() === '')
      throw usageError('--output is empty', 'Name a file, or - for stdout.');
    return resolve(settings.cwd, output);
  }
  if (form === 'json' || isStdoutTerminal !== true) return undefined;
  const name = (template ?? 'postmortem')
    .split(/[/\\]/)
    .at(-1)!
    .replace(/\.[a-z]+$/i, '');
  return join(reportsFolder(store), `${key}-${name.replace(/[^\w-]/g, '_')}.${form}`);
}
