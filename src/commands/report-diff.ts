/** `ir report --diff`: what changed in a report since it was written last. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, refusedError } from '../errors.ts';
import { type IncidentStore, loadWhole } from '../incidents/incident-store.ts';
import { payloadOf } from '../incidents/tell-journal.ts';
import { changesOf } from '../reports/line-diff.ts';
import { findTemplate, readPartials, readTemplate } from '../reports/load-templates.ts';
import { renderTemplate } from '../reports/render-template.ts';
import type { CommandContext } from './context.ts';
import { reportModel } from './gather-report.ts';
import { withIncident } from './incident-access.ts';
import { reviewedAuthor } from './report-journal.ts';
import type { ReceiptResult } from './table-result.ts';

const folderIn = ({ folder }: IncidentStore): string => join(folder, 'reports', 'last');
const nameOf = (key: string, template: string): string =>
  `${key}-${template.replace(/[^\w-]/g, '_')}.md`;

/** Keeps the text of a report that was written, for the next look at what changed; where it cannot, that is said. */
export function keepLast(
  context: CommandContext,
  store: IncidentStore,
  { key, template, markdown }: { key: string; template: string; markdown: string },
): void {
  try {
    mkdirSync(folderIn(store), { recursive: true, mode: 0o700 });
    const path = join(folderIn(store), nameOf(key, template));
    writeFileSync(`${path}.tmp`, markdown, { mode: 0o600 });
    renameSync(`${path}.tmp`, path);
  } catch (error) {
    context.say(`ir report --diff will not know this report: ${messageOf(error)}`);
  }
}

/** The lines that changed. @throws IrError (exit 6) where the report was not written before */
export async function reportDiff(
  context: CommandContext,
  wanted = 'postmortem',
): Promise<ReceiptResult> {
  const { settings } = context;
  const file = await findTemplate(wanted, settings.cwd, settings.env);
  const template = await readTemplate(file);
  return withIncident(context, async (store, { id, key }) => {
    const detail = await loadWhole(store, id);
    const last = detail.journal.findLast(
      (entry) => payloadOf(entry, 'report_rendered')?.template === file.name,
    );
    const before = last && textAt(join(folderIn(store), nameOf(key, file.name)));
    if (before === undefined || last === undefined)
      throw refusedError(
        `nothing to compare with: no ${file.name} report of ${key} was written from this store`,
        `Write one with: ir report ${file.name}`,
      );
    const author = reviewedAuthor(detail.journal, file.name) ?? settings.actor;
    const model = await reportModel(context, store, detail, author, { template: file.name });
    const partials = await readPartials(settings.env);
    const now = renderTemplate(template, file.path, context.masked?.(model) ?? model, partials);
    const changes = changesOf(before, context.masked?.(now) ?? now);
    const { at, actor } = last;
    const since = [`${file.name} of ${key}, written `, { at }, ` by ${actor}`];
    return {
      lines: [
        changes.length === 0 ? [...since, ': nothing changed since.'] : [...since, ', and now:'],
        ...changes.map((line) => [line]),
      ],
      next: [],
      document: { incident: key, template: file.name, since: { at, actor }, changes },
    };
  });
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
