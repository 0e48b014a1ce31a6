/** The page of `ir timeline --format html`: what was found, when, by whom, and the lines behind it. */
import { LEVELS, type Level } from '../events/level.ts';
import { byteSize, grouped, plural } from '../events/words.ts';
import { pageAssets } from './assets.ts';
import { matrixFigure, type TechniqueFacts } from './attack-matrix.ts';
import { barTable } from './charts/bars.ts';
import { graphFigure } from './charts/graph.ts';
import { heatMap, hoursOf } from './charts/heat-map.ts';
import { momentText } from './charts/scale.ts';
import { pageHeader, pageText } from './document.ts';
import { itemData } from './encode-items.ts';
import { type ExplorerInput, explorer } from './explorer.ts';
import { type Html, html, type Part } from './html.ts';

/** What the page is made from. */
export interface TimelinePage {
  title: string;
  items: ExplorerInput['items'];
  events: ExplorerInput['events'];
  totals: {
    files: number;
    lines: number;
    events: number;
    byLevel: Readonly<Record<Level, number>>;
  };
  firstUs: number | undefined;
  lastUs: number | undefined;
  /** The stories: a heading and its statements. */
  stories: readonly { title: string; statements: readonly { label: string; text: string }[] }[];
  top: {
    byRequests: readonly { value: string; count: number }[];
    byBytes: readonly { value: string; count: number }[];
    byFailedLogins: readonly { value: string; count: number }[];
  };
  /** Sentences: what was left out, what was not read. */
  remarks: readonly string[];
  files: readonly FileRow[];
  techniques: TechniqueFacts;
}

/** How a file was read. */
export interface FileRow {
  path: string;
  format: string;
  sha256: string;
  lines: number;
  parsed: number;
  joined: number;
  skipped: number;
  problem: string | undefined;
}

/** The page, in pieces. */
export function timelinePage(page: TimelinePage): Iterable<string> {
  const { style, script } = pageAssets();
  return pageText({
    ...{ title: page.title, style, script },
    body: html`${pageHeader(page.title, spanLine(page))}<main id="main">
${totals(page)}
${page.stories.map(storySection)}
${explorer({ items: page.items, events: page.events, laneBy: 'source' })}
${pictures(page)}
${fileSection(page)}
</main>
`,
    data: itemData(page.items),
  });
}

const spanLine = ({ firstUs, lastUs, totals: { files, lines, events } }: TimelinePage): Html =>
  html`<p>${plural(files, 'file')}, ${plural(lines, 'line')}, ${plural(events, 'event')}${firstUs === undefined ? null : html`; ${momentText(firstUs)} to ${momentText(lastUs)}`}</p>
`;

/** How many of what, to be read before anything else. */
function totals({ totals: { byLevel }, items, remarks }: TimelinePage): Html {
  const levels = [...LEVELS].reverse().filter((level) => byLevel[level] > 0);
  return html`<section aria-labelledby="totals-title"><h2 id="totals-title">${plural(items.length, 'finding')}</h2>
<ul class="totals">${levels.map((level) => html`<li class="edge-${level}"><b>${grouped(byLevel[level])}</b> ${level}</li>`)}</ul>
${remarks.map(
  (remark) => html`<p class="remark">${remark}</p>
`,
)}</section>`;
}

const storySection = ({ title, statements }: TimelinePage['stories'][number]): Html =>
  html`<section class="story"><h2>${title}</h2>
<dl>${statements.map(
    ({ label, text }) => html`<dt>${label}</dt><dd>${text}</dd>
`,
  )}</dl></section>
`;

/** Pictures that need no script. */
function pictures({ items, top, techniques }: TimelinePage): Part {
  const matrix = matrixFigure(items, techniques);
  const graph = graphFigure(items);
  const talkers = (
    [
      ['By requests', top.byRequests, grouped],
      ['By bytes sent', top.byBytes, byteSize],
      ['By failed logins', top.byFailedLogins, grouped],
    ] as const
  ).filter(([, rows]) => rows.length > 0);
  const hours = hoursOf(
    items.flatMap(({ atUs, count }): [number, number][] =>
      atUs === undefined ? [] : [[atUs, count]],
    ),
  );
  return [
    section('matrix', 'ATT&CK', matrix),
    section('graph', 'Who and what', graph),
    section(
      'talkers',
      'Top sources',
      talkers.length === 0
        ? undefined
        : html`<div class="columns">${talkers.map(([caption, rows, show]) => barTable(caption, rows.slice(0, 10), show))}</div>`,
    ),
    section(
      'hours',
      'Hours',
      hours.every((count) => count === 0)
        ? undefined
        : html`<div class="wide" role="region" tabindex="0" aria-label="Table of hours">${heatMap(hours, 'Events of findings')}</div>`,
    ),
  ];
}

/** A section with a heading; nothing for nothing. */
export const section = (id: string, title: string, content: Html | undefined): Part =>
  content === undefined
    ? null
    : html`<section aria-labelledby="${id}-title" class="part-${id}"><h2 id="${id}-title">${title}</h2>
${content}</section>
`;

const fileSection = ({ files }: TimelinePage): Part =>
  section(
    'files',
    'Files',
    html`<div class="wide" role="region" tabindex="0" aria-label="Table of files"><table><thead><tr><th scope="col">File</th><th scope="col">Format</th><th scope="col">Lines</th><th scope="col">Parsed</th><th scope="col">Joined</th><th scope="col">Skipped</th><th scope="col">SHA-256</th></tr></thead>
<tbody>${files.map(
      (file) =>
        html`<tr><th scope="row">${file.path}${file.problem === undefined ? null : html` <span class="problem">${file.problem}</span>`}</th><td>${file.format}</td>${[file.lines, file.parsed, file.joined, file.skipped].map((count) => html`<td class="number">${grouped(count)}</td>`)}<td class="hash">${file.sha256}</td></tr>
`,
    )}</tbody></table></div>`,
  );
