/** The addresses of the server and what stands there. */
import { liveAssets } from '../pages/assets.ts';
import { contentPolicy } from '../pages/document.ts';
import { html } from '../pages/html.ts';
import { alertForms, incidentForms } from '../pages/live-forms.ts';
import {
  type LiveFrame,
  type LivePanel,
  type LiveQuery,
  queryText,
  RANGES,
} from '../pages/live-model.ts';
import { doorPage, livePage, stillPage } from '../pages/live-page.ts';
import type { LiveFinding } from '../watch/live-finding.ts';
import type { Dashboard } from './dashboard.ts';
import { incidentPanels, type ShownIncident } from './incident-panels.ts';
import { type LinesAsked, linesContent, type ShownLines } from './lines.ts';
import { type Known, panelsOf, stretchOf } from './panels.ts';
import type { Answer, Send } from './server.ts';
import { TRAFFIC_FIGURES, type TrafficFigure, whereOf } from './traffic-panels.ts';
import type { Page } from './write-page.ts';

/** What the pages are made of. */
export interface SiteOptions {
  dashboards: readonly Dashboard[];
  /** The one that `/` shows. */
  first: string;
  known(): Known;
  finding(id: string): LiveFinding | undefined;
  incident(key: string): Promise<ShownIncident | undefined>;
  /** The lines behind a figure. */
  lines?: (asked: LinesAsked) => Promise<ShownLines>;
  /** Pages have forms. */
  canWrite?: boolean;
}

/** The pages, and how those who listen hear of changes. */
export interface Site {
  door(): Page;
  /** @param pass what a form has to send */
  answer(path: string, query: URLSearchParams, pass?: string): Promise<Answer | undefined>;
  /** Tells those who listen what is new since they were last told. */
  tell(): Promise<void>;
}

const MOST_ENTITY = 200;
type Panels = () => Promise<readonly LivePanel[]>;

/** Makes the site. */
export function createSite(options: SiteOptions): Site {
  const listeners = new Map<string, { panels: Panels; to: Set<Listener> }>();
  const streamOf = (address: string, panels: Panels): Answer => ({
    stream(send) {
      const group = listeners.get(address) ?? { panels, to: new Set() };
      listeners.set(address, group);
      const listener: Listener = { send, told: new Map() };
      group.to.add(listener);
      void panels().then((now) => tellOne(listener, encoded(now)));
      return () => {
        group.to.delete(listener);
        if (group.to.size === 0) listeners.delete(address);
      };
    },
  });

  const dashboardAnswer = (name: string, query: URLSearchParams, isStream: boolean) => {
    const dashboard = options.dashboards.find((one) => one.name === name);
    if (dashboard === undefined) return undefined;
    const asked = queryOf(query);
    const panels: Panels = () => Promise.resolve(panelsOf(dashboard, asked, options.known()));
    const address = `/live/dashboard/${name}${queryText(asked)}`;
    if (isStream) return Promise.resolve(streamOf(address, panels));
    const frame = frameOf(options, dashboard.title, dashboard.about, name, asked);
    return panels().then((now) => page(livePage(frame, now, address, asked)));
  };

  const incidentAnswer = async (
    key: string,
    isStream: boolean,
    pass: string,
  ): Promise<Answer | undefined> => {
    const shown = await options.incident(key);
    if (shown === undefined) return undefined;
    const panels: Panels = async () => {
      const now = await options.incident(key);
      return now === undefined ? [] : incidentPanels(now);
    };
    const address = `/live/incident/${shown.key}`;
    if (isStream) return streamOf(address, panels);
    const frame = frameOf(options, `${shown.key} ${shown.title}`, shown.advice, '', undefined);
    const forms =
      options.canWrite === true
        ? incidentForms(
            shown.key,
            shown.checklist.filter(({ id }) => id !== ''),
          )
        : null;
    return page(livePage(frame, incidentPanels(shown), address, undefined, { pass, forms }));
  };

  return {
    door: () => page(doorPage()),
    async answer(path, query, pass = '') {
      if (path === '/') return dashboardAnswer(options.first, query, false);
      const figure = LINES.exec(path)?.[1];
      if (figure !== undefined) return linesAnswer(options, figure, queryOf(query));
      const [, live, kind, name = ''] = ADDRESS.exec(path) ?? [];
      const isStream = live !== undefined;
      if (kind === 'dashboard') return dashboardAnswer(name, query, isStream);
      if (kind === 'incident') return incidentAnswer(name, isStream, pass);
      if (kind === 'alert' && !isStream) return alertAnswer(options, name, pass);
      if (kind === 'finding' && !isStream) return findingAnswer(options, name);
      return undefined;
    },
    async tell() {
      for (const { panels, to } of listeners.values()) {
        const now = encoded(await panels());
        for (const listener of to) tellOne(listener, now);
      }
    },
  };
}

/** The only addresses beside `/`: names, never paths. */
const ADDRESS = /^(\/live)?\/(dashboard|incident|finding|alert)\/([A-Za-z0-9-]{1,64})$/;

/** The lines behind a figure of the dashboards. */
const LINES = /^\/lines\/([a-z0-9._]{1,32})$/;

interface Listener {
  send: Send;
  /** Text of each panel that was last sent. */
  told: Map<string, string>;
}

const encoded = (panels: readonly LivePanel[]): [id: string, text: string][] =>
  panels.map((panel) => [panel.id, JSON.stringify(panel)]);

function tellOne({ send, told }: Listener, now: readonly (readonly [string, string])[]): void {
  for (const [id, text] of now) {
    if (told.get(id) === text) continue;
    if (!send('panel', text)) return;
    told.set(id, text);
  }
}

/** What was asked for, as far as there is such a thing. */
export function queryOf(query: URLSearchParams): LiveQuery {
  const range = query.get('range') ?? '';
  const [fromMs, toMs] = ['from', 'to'].map((name) => momentOf(query.get(name) ?? ''));
  return {
    range: Object.hasOwn(RANGES, range) ? range : '24h',
    entity: (query.get('entity') ?? '').trim().slice(0, MOST_ENTITY),
    ...(fromMs !== undefined && toMs !== undefined && fromMs < toMs && { fromMs, toMs }),
  };
}

/** Milliseconds since the epoch, or a time as a form has it, in UTC. */
function momentOf(text: string): number | undefined {
  const ms = /^\d{1,15}$/.test(text)
    ? Number(text)
    : /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/.test(text)
      ? Date.parse(`${text}Z`)
      : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

function frameOf(
  { dashboards }: SiteOptions,
  title: string,
  about: string,
  here: string,
  query: LiveQuery | undefined,
): LiveFrame {
  return {
    ...{ title, about },
    links: dashboards.map((one) => ({
      text: one.title,
      href: `/dashboard/${one.name}${query === undefined ? '' : queryText(query)}`,
      isHere: one.name === here,
    })),
  };
}

/** A finding with the lines behind it. */
function findingAnswer(options: SiteOptions, id: string): Answer | undefined {
  const found = options.finding(id);
  if (found === undefined) return undefined;
  const { finding } = found;
  const about = `${finding.level}, ${finding.count} events, ${finding.rule.techniques.join(', ')}`;
  const entities = Object.entries(finding.entities);
  return page(
    stillPage(
      frameOf(options, finding.rule.title, about, '', undefined),
      html`<section class="story"><h2>Who and what</h2><dl>${entities.map(
        ([field, values]) => html`<dt>${field}</dt><dd>${values.map(
          (value) =>
            html`<a href="/${queryText({ range: '24h', entity: value.slice(0, MOST_ENTITY) })}">${value}</a> `,
        )}</dd>
`,
      )}</dl></section>
<section><h2>Lines</h2>${finding.evidence.map(
        ({ file, line, raw }) => html`<h3>${file}:${line}</h3><pre>${raw}</pre>
`,
      )}<p>ir explain ${id} says why; run it where the logs are.</p></section>
`,
    ),
  );
}

/** The lines behind a figure over a stretch. */
async function linesAnswer(
  options: SiteOptions,
  name: string,
  query: LiveQuery,
): Promise<Answer | undefined> {
  const known = options.known();
  const { fromMs, toMs } = stretchOf(query, known);
  const stretch = { fromMs, toMs: Math.min(toMs, known.nowMs) };
  const minutes = { closed: known.minutes, open: known.counters?.minute };
  const where = whereOf(name, minutes, stretch);
  if (where === undefined || options.lines === undefined) return undefined;
  const paths = (known.counters?.sources ?? []).map(({ path }) => path);
  const shown = await options.lines({ paths, where, entity: query.entity, ...stretch });
  const { label } = TRAFFIC_FIGURES[name as TrafficFigure];
  const frame = frameOf(options, `Lines: ${label}`, where, '', query);
  return page(stillPage(frame, linesContent(shown)));
}

/** An alert: why, and the lines. */
function alertAnswer(options: SiteOptions, number: string, pass: string): Answer | undefined {
  const alert = options.known().alerts.find((one) => one.number === number);
  if (alert === undefined) return undefined;
  const about = `${number}, ${alert.level}, ${alert.state}, ${alert.count} events, first ${alert.firstAt}, last ${alert.lastAt}`;
  const forms = options.canWrite === true ? alertForms(number, alert.isOpen, alert.entities) : null;
  return page(
    stillPage(
      frameOf(options, alert.title, about, '', undefined),
      html`<section class="story"><h2>Why</h2><p>${alert.why}</p><dl>${Object.entries(
        alert.fields,
      ).map(
        ([field, values]) => html`<dt>${field}</dt><dd>${values.map(
          (value) =>
            html`<a href="/${queryText({ range: '24h', entity: value.slice(0, MOST_ENTITY) })}">${value}</a> `,
        )}</dd>
`,
      )}</dl><p>To do next: ${alert.next}</p>${alert.incident === undefined ? null : html`<p><a href="/incident/${alert.incident}">${alert.incident}</a></p>`}</section>
<section><h2>Lines</h2>${alert.evidence.map(
        (line) => html`<pre>${line}</pre>
`,
      )}</section>
${forms}`,
      pass,
    ),
  );
}

function page(body: string): Page {
  const { style, script } = liveAssets();
  const policy = `${contentPolicy(style, script, "'self'")}; frame-ancestors 'none'`;
  return { type: 'text/html; charset=utf-8', body, policy };
}
