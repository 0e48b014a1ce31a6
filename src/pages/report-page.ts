/** The page of a report: what was written, and below it the same findings to look around in. */
import { pageAssets } from './assets.ts';
import { matrixFigure, type TechniqueFacts } from './attack-matrix.ts';
import { graphFigure } from './charts/graph.ts';
import { heatMap, hoursOf } from './charts/heat-map.ts';
import { pageText } from './document.ts';
import { itemData } from './encode-items.ts';
import { explorer } from './explorer.ts';
import { type Html, html, vouched } from './html.ts';
import type { PageItem } from './page-item.ts';
import { section } from './timeline-page.ts';

/** What the page is made from. */
export interface ReportPage {
  title: string;
  /** Made by the renderer of Markdown, which lets no HTML through. */
  article: { markup: string; chapters: readonly { id: string; title: string }[] };
  /** What happened, in time order; undefined: the report is for readers who need no pictures. */
  items: readonly PageItem[] | undefined;
  techniques: TechniqueFacts;
  /** Charts below the text. */
  charts?: readonly Html[];
  /** It is for a printer: no script, and no data for one. */
  isPrinted: boolean;
}

/** The page, in pieces. */
export function reportPage({
  title,
  article,
  items,
  techniques,
  isPrinted,
  charts = [],
}: ReportPage): Iterable<string> {
  const { style, script } = pageAssets();
  const chapters = [
    ...article.chapters,
    ...(items === undefined ? [] : [{ id: 'explorer-title', title: 'Over time' }]),
  ];
  const contents = html`<nav class="contents" aria-label="Contents"><ol>${chapters.map(
    ({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>
`,
  )}</ol></nav>`;
  return pageText({
    ...{ title, style, script: items === undefined || isPrinted ? '' : script },
    body: html`<a class="skip" href="#main">To the content</a>
${chapters.length > 3 ? contents : null}
<main id="main" class="report">
<article>${vouched(article.markup)}</article>
${charts.map(
  (chart) => html`<div class="wide">${chart}</div>
`,
)}${items === undefined ? null : pictures(items, techniques)}
</main>
`,
    data: items === undefined || isPrinted ? [] : itemData(items),
  });
}

function pictures(items: readonly PageItem[], techniques: TechniqueFacts): ReturnType<typeof html> {
  const hours = hoursOf(
    items.flatMap(({ atUs, count, level }): [number, number][] =>
      atUs === undefined || level === undefined ? [] : [[atUs, count]],
    ),
  );
  return html`${explorer({ items, laneBy: 'side' })}
${section('matrix', 'ATT&CK', matrixFigure(items, techniques))}
${section('graph', 'Who and what', graphFigure(items))}
${section('hours', 'Hours', hours.every((count) => count === 0) ? undefined : html`<div class="wide" role="region" tabindex="0" aria-label="Table of hours">${heatMap(hours, 'Events of findings')}</div>`)}`;
}
