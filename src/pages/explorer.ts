/**
 * The part of a page in which one looks around: overview, lanes, filters, and a table with a panel. Without JavaScript the
 * charts, the totals and the first rows are there and the rest is counted; the script takes these elements over.
 */
import { LEVELS, levelRank } from '../events/level.ts';
import { grouped, plural } from '../events/words.ts';
import { bucketFindings, type Histogram, histogramSvg } from './charts/histogram.ts';
import { laneCounter, lanesSvg } from './charts/lanes.ts';
import { momentText } from './charts/scale.ts';
import { type Html, html } from './html.ts';
import { type PageItem, SIDE_NAMES, SIDES } from './page-item.ts';

/** What lanes can be. */
export type LaneBy = 'side' | 'source';

/** What an explorer shows. */
export interface ExplorerInput {
  /** In time order, those without a time last. */
  items: readonly PageItem[];
  /** Events over time, where they were counted. */
  events?: { startUs: number; bucketUs: number; counts: readonly number[] } | undefined;
  laneBy: LaneBy;
}

/** Rows that stand in the page itself. */
export const MOST_STATIC_ROWS = 1_000;
const BUCKETS = 72;
const MOST_LANES = 12;

/** The stretch of time that items and events lie in, cut into buckets; undefined where nothing has a time. */
function bucketsOf({
  items,
  events,
}: ExplorerInput): { startUs: number; bucketUs: number; buckets: number } | undefined {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { atUs } of items) {
    if (atUs === undefined) continue;
    first = Math.min(first, atUs);
    last = Math.max(last, atUs);
  }
  if (events !== undefined && events.counts.length > 0) {
    const { startUs, bucketUs, counts } = events;
    const end = startUs + counts.length * bucketUs;
    // What was done about it may come long after the last event.
    if (first === Number.POSITIVE_INFINITY || (first >= startUs && last < end))
      return { startUs, bucketUs, buckets: counts.length };
    first = Math.min(first, startUs);
    last = Math.max(last, end);
  }
  if (first > last) return undefined;
  const bucketUs = Math.max(1_000_000, Math.ceil((last - first + 1) / BUCKETS));
  return { startUs: first, bucketUs, buckets: Math.ceil((last - first + 1) / bucketUs) };
}

/** The explorer. */
export function explorer(input: ExplorerInput): Html {
  const { items } = input;
  const span = bucketsOf(input);
  return html`<section class="explorer" id="explorer" aria-labelledby="explorer-title" data-lanes="${input.laneBy}">
<h2 id="explorer-title">Over time</h2>
${span === undefined ? html`<p>Nothing here has a time.</p>` : timeFigures(input, span)}
${filterForm(items)}
<p id="shown" role="status">${shownText(items)}</p>
<div class="split">
<div class="rows">${rowTable(items)}
<nav id="turn" hidden aria-label="Pages of the table"><button type="button" data-turn="-1">Earlier rows</button> <span id="page"></span> <button type="button" data-turn="1">Later rows</button></nav></div>
<aside id="panel" hidden tabindex="-1" aria-label="What the row rests on"></aside>
</div>
</section>
`;
}

function timeFigures(
  input: ExplorerInput,
  { startUs, bucketUs, buckets }: { startUs: number; bucketUs: number; buckets: number },
): Html {
  const { items, events } = input;
  const times = items.flatMap(({ atUs, level }): [number, number][] =>
    atUs === undefined ? [] : [[atUs, level === undefined ? 9 : levelRank(level)]],
  );
  const chart: Histogram = {
    ...{ startUs, bucketUs },
    findings: bucketFindings(times, { startUs, bucketUs, buckets }),
    events: events?.startUs === startUs && events.bucketUs === bucketUs ? events.counts : undefined,
  };
  const endUs = startUs + buckets * bucketUs;
  return html`<figure id="overview" data-start="${startUs}" data-bucket="${bucketUs}" data-buckets="${buckets}"${chart.events === undefined ? null : html` data-events="${chart.events.join(',')}"`}>
<div id="overview-live" hidden></div>
<div id="overview-static">${histogramSvg(chart)}</div>
<p id="zoom" class="controls" hidden><button type="button" data-zoom="in">Zoom in</button> <button type="button" data-zoom="out">Zoom out</button> <button type="button" data-zoom="left">Earlier</button> <button type="button" data-zoom="right">Later</button> <button type="button" data-zoom="all">All</button> <span id="span" role="status"></span></p>
<p class="legend" id="legend">${[...LEVELS].reverse().map((level) => html`<span class="key edge-${level}">${level}</span> `)}</p>
${bucketTable(chart)}</figure>
<figure id="lanes" tabindex="0" role="group" aria-label="Lanes"><div id="lanes-chart">${lanesOf(input, startUs, endUs)}</div></figure>`;
}

const bucketTable = ({
  startUs,
  bucketUs,
  findings,
  events,
}: Histogram): Html => html`<details><summary>As a table</summary>
<table><thead><tr><th scope="col">From (UTC)</th>${LEVELS.map((level) => html`<th scope="col">${level}</th>`)}${events === undefined ? null : html`<th scope="col">events</th>`}</tr></thead>
<tbody>${(findings[0] ?? []).map((_, bucket) => {
  const counts = findings.map((row) => row[bucket] ?? 0);
  if (counts.every((count) => count === 0) && (events?.[bucket] ?? 0) === 0) return null;
  return html`<tr><td>${momentText(startUs + bucket * bucketUs)}</td>${counts.map((count) => html`<td class="number">${grouped(count)}</td>`)}${events === undefined ? null : html`<td class="number">${grouped(events[bucket] ?? 0)}</td>`}</tr>
`;
})}</tbody></table></details>`;

function lanesOf({ items, laneBy }: ExplorerInput, startUs: number, endUs: number): Html {
  const names = laneBy === 'side' ? SIDES.map((side) => SIDE_NAMES[side]) : commonSources(items);
  const lanes = new Map(names.map((name, index) => [name, index]));
  const counter = laneCounter(names, startUs, endUs);
  for (const { side, source, atUs, untilUs, level } of items) {
    if (atUs === undefined) continue;
    const lane = lanes.get(laneBy === 'side' ? SIDE_NAMES[side] : source) ?? names.length - 1;
    counter.add(lane, atUs, untilUs ?? atUs, level === undefined ? 9 : levelRank(level));
  }
  return lanesSvg({ startUs, endUs, lanes: counter.lanes });
}

/** The sources with most rows; beyond a dozen the others share a lane. */
export function commonSources(items: readonly Pick<PageItem, 'source'>[]): string[] {
  const counts = new Map<string, number>();
  for (const { source } of items) counts.set(source, (counts.get(source) ?? 0) + 1);
  const names = [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([name]) => name);
  return names.length <= MOST_LANES ? names : [...names.slice(0, MOST_LANES - 1), 'all others'];
}

/** Hidden until the script makes it work. */
const filterForm = (
  items: readonly PageItem[],
): Html => html`<form id="filters" class="controls" hidden role="search" aria-label="Filter the rows">
<label>Text <input type="search" name="text" autocomplete="off" placeholder="in any field or line"></label>
<label>Entity <input type="search" name="entity" list="entities" autocomplete="off" placeholder="address, account, host"></label><datalist id="entities"></datalist>
<label>Source <select name="source"><option value="">all</option></select></label>
<label>Technique <select name="technique"><option value="">all</option></select></label>
<fieldset><legend>Level</legend>${[...LEVELS].reverse().map((level) => html`<label><input type="checkbox" name="level" value="${levelRank(level)}" checked> ${level}</label> `)}${items.some(({ level }) => level === undefined) ? html`<label><input type="checkbox" name="level" value="9" checked> no finding</label>` : null}</fieldset>
<label>Lanes by <select name="lanes"><option value="side">side</option><option value="source">source</option><option value="tactic">tactic</option></select></label>
<button type="reset">Clear</button>
</form>`;

function shownText(items: readonly PageItem[]): string {
  if (items.length <= MOST_STATIC_ROWS) return `${plural(items.length, 'row')}.`;
  return `The first ${grouped(MOST_STATIC_ROWS)} of ${plural(items.length, 'row')}; the other ${grouped(items.length - MOST_STATIC_ROWS)} show with JavaScript.`;
}

const rowTable = (
  items: readonly PageItem[],
): Html => html`<table id="rows"><caption class="unseen">Rows in time order</caption>
<thead><tr><th scope="col">Time (UTC)</th><th scope="col">Level</th><th scope="col">What</th><th scope="col">Who and where</th><th scope="col">Source</th></tr></thead>
<tbody>${items.slice(0, MOST_STATIC_ROWS).map((item, index) => row(item, index))}</tbody></table>`;

/** A row of the table, here and in the page. @param index of the item, by which its details are found */
export function row(
  item: Pick<PageItem, 'atUs' | 'level' | 'side' | 'title' | 'count' | 'entities' | 'source'>,
  index: number,
): Html {
  const { atUs, level, side, title, count, entities, source } = item;
  return html`<tr data-row="${index}"><td class="time">${momentText(atUs) || 'no time'}</td><td>${level === undefined ? SIDE_NAMES[side] : html`<span class="badge level-${level}">${level}</span>`}</td><th scope="row">${title}${count > 1 ? html` <span class="times">${plural(count, 'event')}</span>` : null}</th><td class="who">${entitiesText(entities)}</td><td class="source">${source}</td></tr>
`;
}

const SHOWN_ENTITIES = 4;
const MOST_ENTITY = 120;

function entitiesText(entities: PageItem['entities']): string {
  const values = [...new Set(entities.map(([, value]) => value))];
  const shown = values
    .slice(0, SHOWN_ENTITIES)
    .map((value) => (value.length > MOST_ENTITY ? `${value.slice(0, MOST_ENTITY)}…` : value));
  const more = values.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
