/** Panels of the live pages as markup: the same in the program, for what is read first, and in the page, for what comes. */
import { grouped, plural } from '../events/words.ts';
import { barTable } from './charts/bars.ts';
import { histogramSvg } from './charts/histogram.ts';
import { seriesSvg } from './charts/series.ts';
import { type Html, html } from './html.ts';
import type { Cell, LivePanel, PanelData } from './live-model.ts';

const MOST_TEXT = 300;

/** The content of a panel. */
export function panelContent(data: PanelData): Html {
  switch (data.show) {
    case 'figures':
      return html`<ul class="totals">${data.figures.map(
        ({ label, value, level, href }) =>
          html`<li${level === undefined ? null : html` class="edge-${level}"`}>${href === undefined ? html`<b>${value}</b> ${label}` : html`<a href="${href}"><b>${value}</b> ${label}</a>`}</li>
`,
      )}</ul>${data.remark === undefined ? null : html`<p class="remark">${data.remark}</p>`}`;
    case 'chart':
      return histogramSvg(data);
    case 'series':
      return seriesSvg(data);
    case 'bars':
      return data.rows.length === 0
        ? html`<p>Nothing yet.</p>`
        : barTable(data.heading, data.rows, grouped);
    case 'table':
      return table(data);
  }
}

/** A panel with its heading. The script replaces what is in the element `data-panel`. */
export const panelSection = ({ id, title, data }: LivePanel): Html =>
  html`<section class="live-panel live-${data.show}"><h2 id="${id}-title">${title}</h2>
<div data-panel="${id}" role="region" tabindex="0" aria-labelledby="${id}-title">${panelContent(data)}</div></section>
`;

function table({ heads, rows, more, none }: PanelData & { show: 'table' }): Html {
  if (rows.length === 0) return html`<p>${none}</p>`;
  return html`<table class="cards"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map(
    (
      row,
    ) => html`<tr>${row.map((cell, at) => html`<td data-head="${heads[at]}">${cellText(cell)}</td>`)}</tr>
`,
  )}</tbody></table>${more > 0 ? html`<p>${plural(more, 'further row is', 'further rows are')} not shown.</p>` : null}`;
}

function cellText(cell: Cell): Html | string {
  if (typeof cell === 'string') return cut(cell);
  if ('level' in cell) return html`<span class="badge level-${cell.level}">${cell.level}</span>`;
  return html`<a href="${cell.href}">${cut(cell.text)}</a>`;
}

const cut = (text: string): string =>
  text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
