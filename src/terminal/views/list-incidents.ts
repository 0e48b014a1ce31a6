import type { ListResult } from '../../commands/list-incidents.ts';
import { plural } from '../../events/words.ts';
import { csvRecord } from '../csv.ts';
import { paintSeverity } from '../incident-text.ts';
import { shorten, showInstant, wrap } from '../layout.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

type Row = ListResult['incidents'][number];

const isQuietStatus = (status: Row['status']): boolean => status !== 'open';

function rowText(row: Row, style: Style): string {
  const mark = row.isCurrent ? '*' : ' ';
  const state = `${row.status === 'open' ? row.phase : row.status}${row.isDrill ? ' (drill)' : ''}`;
  const start = `${mark} ${row.key}  `;
  const middle = `  ${showInstant(row.times.detected, style.offsetAt).slice(0, 16).padEnd(16)}  ${state.padEnd(13)}  `;
  const titleWidth = style.width - start.length - row.severity.length - middle.length;
  const paintedState = isQuietStatus(row.status) ? style.paint.dim(middle) : middle;
  if (titleWidth >= 16) {
    return `${start}${paintSeverity(row.severity, style)}${paintedState}${shorten(row.title, titleWidth, style)}`;
  }
  const title = wrap(row.title, style.width - 4).map((line) => `    ${line}`);
  const lines = [`${start}${paintSeverity(row.severity, style)}  ${state}`];
  return [...lines, `    ${showInstant(row.times.detected, style.offsetAt)}`, ...title].join('\n');
}

/** How `ir list` is shown. */
export const view: View<ListResult> = {
  text({ incidents, folder }, style) {
    if (incidents.length === 0)
      return `${wrap(`No incidents in ${folder}.`, style.width).join('\n')}\n`;
    const open = incidents.filter(({ status }) => status !== 'closed').length;
    const rows = incidents.map((row) => rowText(row, style));
    return `${rows.join('\n')}\n\n${plural(incidents.length, 'incident')}, ${open} not closed\n`;
  },
  json: withNulls,
  jsonl: ({ incidents }) => incidents.map(withNulls),
  csv: ({ incidents }) =>
    [
      csvRecord([
        'key',
        'severity',
        'status',
        'phase',
        'drill',
        'declared',
        'detected',
        'closed',
        'title',
      ]),
      ...incidents.map(({ key, severity, status, phase, isDrill, times, title }) =>
        csvRecord([
          ...[key, severity, status, phase, isDrill ? 'yes' : 'no'],
          ...[times.declared, times.detected, times.closed, title],
        ]),
      ),
    ].join(''),
};
