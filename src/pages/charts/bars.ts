/** Who did most: a table whose rows carry bars. */
import { grouped } from '../../events/words.ts';
import { type Html, html } from '../html.ts';
import type { BarRow } from '../live-model.ts';
import { px } from './scale.ts';

/** A table of values and counts with bars. @param caption what is counted */
export function barTable(
  caption: string,
  rows: readonly BarRow[],
  show: (count: number) => string = grouped,
): Html {
  const most = Math.max(1, ...rows.map(({ count }) => count));
  return html`<table class="bars"><caption>${caption}</caption>
<thead><tr><th scope="col">Value</th><th scope="col">Count</th><th scope="col"><span class="unseen">Share of the largest</span></th></tr></thead>
<tbody>${rows.map(
    ({ value, count, text, href }) =>
      html`<tr><th scope="row" data-value="${value}">${href === undefined ? value : html`<a href="${href}">${value}</a>`}</th><td class="number">${text ?? show(count)}</td><td><svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="events" width="${px((count / most) * 100)}" height="10"/></svg></td></tr>
`,
  )}</tbody></table>`;
}
