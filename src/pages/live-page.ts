/** The pages of `ir serve`: a dashboard or an incident that goes on by itself, a page of text, and the door. */
import { liveAssets } from './assets.ts';
import { pageHeader, pageText } from './document.ts';
import { type Html, html, type Part } from './html.ts';
import { type LiveFrame, type LivePanel, type LiveQuery, RANGES } from './live-model.ts';
import { panelSection } from './live-panel.ts';

/** Forms, and what they have to send. */
export interface PageForms {
  pass: string;
  forms: Part;
}

/** A page with panels. @param stream where it hears of changes @param query absent: it has no filter */
export const livePage = (
  frame: LiveFrame,
  panels: readonly LivePanel[],
  stream: string,
  query?: LiveQuery,
  { pass, forms }: PageForms = { pass: '', forms: null },
): string =>
  document(
    frame.title,
    html`${head(frame)}<main id="main" data-stream="${stream}" data-pass="${pass}">
${query === undefined ? null : filterForm(query)}
<p id="told" role="status">As of when the page was opened.</p>
<div class="live">${panels.map(panelSection)}</div>
${forms}</main>
`,
  );

/** A page that stands still. */
export const stillPage = (frame: LiveFrame, body: Part, pass = ''): string =>
  document(
    frame.title,
    html`${head(frame)}<main id="main" data-pass="${pass}">${body}</main>
`,
  );

/** The page of who has no session: it holds nothing, and takes the token from the address, which no server is told. */
export const doorPage = (): string =>
  document(
    'Breachline',
    html`${pageHeader('Breachline', null)}<main id="main"><p id="door" role="status">Open the whole address that ir serve printed: the part behind # lets you in.</p></main>
`,
  );

function document(title: string, body: Html): string {
  const { style, script } = liveAssets();
  return [...pageText({ title, style, script, body, connect: "'self'" })].join('');
}

const head = ({ title, about, links }: LiveFrame): Html =>
  pageHeader(
    title,
    html`<p>${about}</p>
<nav aria-label="Pages"><ul class="pages">${links.map(
      ({ text, href, isHere }) =>
        html`<li><a href="${href}"${isHere ? html` aria-current="page"` : null}>${text}</a></li>
`,
    )}</ul></nav>
`,
  );

const filterForm = ({ range, entity, fromMs, toMs }: LiveQuery): Html =>
  html`<form id="filters" class="controls"><label>Time<select name="range">${Object.keys(
    RANGES,
  ).map(
    (one) => html`<option${one === range ? html` selected` : null}>${one}</option>`,
  )}</select></label>
<label>From (UTC)<input type="datetime-local" name="from" step="1" value="${moment(fromMs)}"></label>
<label>To (UTC)<input type="datetime-local" name="to" step="1" value="${moment(toMs)}"></label>
<label>Address, account, host<input name="entity" value="${entity}" maxlength="200" autocomplete="off" spellcheck="false"></label>
<button type="submit">Show</button> <button type="reset">Show all</button></form>
<p class="remark">Drag over a chart to look at that time alone.</p>
`;

const moment = (ms: number | undefined): string =>
  ms === undefined ? '' : new Date(ms).toISOString().slice(0, 19);
