/** Brings the explorer of a page to life: filters, zoom, table and panel act on one filter, and all of them show what it leaves. */
import { LEVELS } from '../../events/level.ts';
import { tacticName } from '../../events/tactics.ts';
import { grouped, plural } from '../../events/words.ts';
import { laneCounter, lanesSvg } from '../charts/lanes.ts';
import { momentText } from '../charts/scale.ts';
import { commonSources, row as rowMarkup } from '../explorer.ts';
import { html, markupOf } from '../html.ts';
import { type ItemDetail, type ItemIndex, SIDE_NAMES, SIDES } from '../page-item.ts';
import { allOf, type Columns, commonEntities, decode, type Filter, select } from './columns.ts';
import { createOverview, type EventCounts } from './overview.ts';
import { element, fillPanel } from './panel.ts';
import { unpack } from './unpack.ts';

const PAGE_ROWS = 100;
const OFFERED = 500;

const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

/** Starts it; nothing where the page has none. */
export async function startExplorer(): Promise<void> {
  const index = await unpack<ItemIndex>('items');
  if (index === undefined || document.getElementById('explorer') === null) return;
  const columns = decode(index);
  const view = createView(columns);
  offerChoices(columns);
  listen(view);
  view.update();
  document.documentElement.dataset['ready'] = 'yes';
  await readLines(columns, view);
}

/** The lines of all rows, for the filter by text, a block at a time. */
async function readLines(columns: Columns, view: View): Promise<void> {
  const { blockSize } = columns.index;
  for (let block = 0; block * blockSize < columns.size; block += 1) {
    await new Promise((done) => setTimeout(done, 0));
    const details = await view.detailsOf(block);
    for (const [at, { number, lines, notes }] of details.entries()) {
      const texts = [number, ...lines.map(({ text }) => text), ...notes];
      columns.raws[block * blockSize + at] = texts.join('\n').toLowerCase();
    }
  }
  view.forget();
  if (view.filter.text !== '') view.update();
  document.documentElement.dataset['ready'] = 'all';
}

/** What is shown, and what changes it. */
interface View {
  columns: Columns;
  filter: Filter;
  lanesBy: string;
  span: { fromUs: number; toUs: number } | undefined;
  update(): void;
  turn(by: number): void;
  open(row: number, from: HTMLElement | undefined): Promise<void>;
  close(): void;
  detailsOf(block: number): Promise<readonly ItemDetail[]>;
  forget(): void;
}

function createView(columns: Columns): View {
  const overview = document.getElementById('overview');
  const span = overview === null ? undefined : spanOf(overview);
  const blocks = new Map<number, readonly ItemDetail[]>();
  let rows = new Uint32Array(0);
  let page = 0;
  let opener: HTMLElement | undefined;
  const view: View = {
    ...{ columns, filter: allOf(), lanesBy: byId('explorer').dataset['lanes'] ?? 'side', span },
    update() {
      rows = select(columns, view.filter) as Uint32Array<ArrayBuffer>;
      page = 0;
      showRows(columns, rows, page);
      showCount(columns, rows);
      if (span === undefined) return;
      const [fromUs, toUs] = zoomOf(view);
      draw?.(rows, fromUs, toUs);
      showLanes(view, rows, fromUs, toUs);
      byId('span').textContent = `${momentText(fromUs)} to ${momentText(toUs)}`;
    },
    turn(by) {
      const last = Math.max(0, Math.ceil(rows.length / PAGE_ROWS) - 1);
      page = Math.min(last, Math.max(0, page + by));
      showRows(columns, rows, page);
      byId('rows').scrollIntoView({ block: 'start' });
    },
    async open(row, from) {
      opener = from;
      const { blockSize } = columns.index;
      const details = await view.detailsOf(Math.floor(row / blockSize));
      const panel = byId('panel');
      fillPanel(panel, columns, row, details[row % blockSize], {
        onEntity: (value) => {
          byId<HTMLFormElement>('filters')['entity'].value = value;
          readForm(view);
        },
        onClose: view.close,
      });
      panel.hidden = false;
      panel.focus();
    },
    close() {
      byId('panel').hidden = true;
      opener?.focus();
    },
    async detailsOf(block) {
      const known = blocks.get(block) ?? (await unpack<ItemDetail[]>(`block-${block}`)) ?? [];
      blocks.set(block, known);
      return known;
    },
    forget: () => blocks.clear(),
  };
  const draw =
    span === undefined
      ? undefined
      : createOverview(liveChart(), columns, span.events, (fromUs, toUs) =>
          zoom(view, fromUs, toUs),
        );
  return view;
}

/** The place of the live chart; what stood there stays for the printer. */
function liveChart(): HTMLElement {
  const live = byId('overview-live');
  live.hidden = false;
  byId('overview-static').classList.add('print-only');
  byId('legend').hidden = true;
  byId('zoom').hidden = false;
  return live;
}

function spanOf({ dataset }: HTMLElement): {
  fromUs: number;
  toUs: number;
  events: EventCounts | undefined;
} {
  const startUs = Number(dataset['start']);
  const bucketUs = Number(dataset['bucket']);
  const counts = dataset['events']?.split(',').map(Number);
  return {
    fromUs: startUs,
    toUs: startUs + bucketUs * Number(dataset['buckets']),
    events: counts === undefined ? undefined : { startUs, bucketUs, counts },
  };
}

/** The stretch that is looked at. */
function zoomOf({ filter, span }: View): [fromUs: number, toUs: number] {
  const { fromUs, toUs } = span!;
  return [
    filter.fromUs === Number.NEGATIVE_INFINITY ? fromUs : filter.fromUs,
    filter.toUs === Number.POSITIVE_INFINITY ? toUs : filter.toUs,
  ];
}

const LEAST_SPAN_US = 1_000_000;

function zoom(view: View, fromUs: number, toUs: number): void {
  const { span } = view;
  if (span === undefined) return;
  const width = Math.max(LEAST_SPAN_US, Math.min(toUs - fromUs, span.toUs - span.fromUs));
  const from = Math.max(span.fromUs, Math.min(fromUs, span.toUs - width));
  const isAll = width >= span.toUs - span.fromUs;
  view.filter.fromUs = isAll ? Number.NEGATIVE_INFINITY : from;
  view.filter.toUs = isAll ? Number.POSITIVE_INFINITY : from + width;
  view.update();
}

function zoomBy(view: View, how: string): void {
  if (view.span === undefined) return;
  const [fromUs, toUs] = zoomOf(view);
  const width = toUs - fromUs;
  if (how === 'in') zoom(view, fromUs + width / 4, toUs - width / 4);
  else if (how === 'out') zoom(view, fromUs - width / 2, toUs + width / 2);
  else if (how === 'left') zoom(view, fromUs - width / 2, toUs - width / 2);
  else if (how === 'right') zoom(view, fromUs + width / 2, toUs + width / 2);
  else zoom(view, view.span.fromUs, view.span.toUs);
}

function showRows(columns: Columns, rows: Uint32Array, page: number): void {
  const { index, at, ranks, sides } = columns;
  const shown = [...rows.subarray(page * PAGE_ROWS, (page + 1) * PAGE_ROWS)];
  const body = byId('rows').querySelector('tbody')!;
  body.innerHTML = markupOf(
    html`${shown.map((row) =>
      rowMarkup(
        {
          atUs: Number.isNaN(at[row]!) ? undefined : at[row],
          level: LEVELS[ranks[row]!],
          side: SIDES[sides[row]!]!,
          title: index.titles[index.title[row]!]!,
          count: index.count[row]!,
          entities: index.entity[row]!.map((one) => index.entities[one]!),
          source: index.sources[index.source[row]!]!,
        },
        row,
      ),
    )}`,
  );
  for (const line of body.children) (line as HTMLElement).tabIndex = 0;
  const pages = Math.max(1, Math.ceil(rows.length / PAGE_ROWS));
  byId('turn').hidden = pages === 1;
  byId('page').textContent = `Page ${page + 1} of ${grouped(pages)}`;
}

const showCount = ({ size }: Columns, rows: Uint32Array): void => {
  byId('shown').textContent =
    rows.length === size
      ? `${plural(size, 'row')}.`
      : `${grouped(rows.length)} of ${plural(size, 'row')}.`;
};

function showLanes(view: View, rows: Uint32Array, fromUs: number, toUs: number): void {
  const { columns, lanesBy } = view;
  const { at, until, ranks, sides } = columns;
  const [names, laneOf] = lanesFor(columns, lanesBy, sides);
  const counter = laneCounter(names, fromUs, toUs);
  for (const row of rows) {
    if (Number.isNaN(at[row]!)) continue;
    counter.add(laneOf(row), at[row]!, until[row]!, ranks[row]!);
  }
  byId('lanes-chart').innerHTML = markupOf(
    lanesSvg({ startUs: fromUs, endUs: toUs, lanes: counter.lanes }),
  );
}

function lanesFor(
  { index }: Columns,
  by: string,
  sides: Uint8Array,
): [names: readonly string[], laneOf: (row: number) => number] {
  if (by === 'side') return [SIDES.map((side) => SIDE_NAMES[side]), (row) => sides[row]!];
  if (by === 'tactic') {
    const names = [...index.tactics.map(tacticName), 'no tactic'];
    return [names, (row) => index.tactic[row]![0] ?? names.length - 1];
  }
  const names = commonSources(index.source.map((one) => ({ source: index.sources[one]! })));
  const lanes = index.sources.map((name) => {
    const lane = names.indexOf(name);
    return lane === -1 ? names.length - 1 : lane;
  });
  return [names, (row) => lanes[index.source[row]!]!];
}

function offerChoices(columns: Columns): void {
  const { index } = columns;
  const form = byId<HTMLFormElement>('filters');
  form.hidden = false;
  const option = (text: string, value: number | string): HTMLElement => {
    const made = element('option', text) as HTMLOptionElement;
    made.value = String(value);
    return made;
  };
  form['source'].append(...index.sources.map((name, at) => option(name, at)));
  const techniques = index.techniques
    .map((id, at) => [id, at] as const)
    .sort((a, b) => (a[0] < b[0] ? -1 : 1));
  form['technique'].append(...techniques.map(([id, at]) => option(id, at)));
  form['lanes'].value = byId('explorer').dataset['lanes'] ?? 'side';
  byId('entities').append(...commonEntities(columns, OFFERED).map((value) => option('', value)));
}

/** The filter as the form has it; the stretch of time stays. */
function readForm(view: View): void {
  const form = byId<HTMLFormElement>('filters');
  const boxes = [...form.querySelectorAll<HTMLInputElement>('input[name=level]')];
  const index = (name: string): number => (form[name].value === '' ? -1 : Number(form[name].value));
  view.filter = {
    ...view.filter,
    ranks: new Set(boxes.filter(({ checked }) => checked).map(({ value }) => Number(value))),
    text: form['text'].value,
    entity: form['entity'].value,
    source: index('source'),
    technique: index('technique'),
  };
  view.lanesBy = form['lanes'].value;
  view.update();
}

function listen(view: View): void {
  const form = byId<HTMLFormElement>('filters');
  form.addEventListener('input', () => readForm(view));
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(() => readForm(view), 0));
  document.addEventListener('click', ({ target }) => {
    if (!(target instanceof Element)) return;
    const turn = target.closest<HTMLElement>('[data-turn]')?.dataset['turn'];
    const how = target.closest<HTMLElement>('[data-zoom]')?.dataset['zoom'];
    if (turn !== undefined) view.turn(Number(turn));
    else if (how !== undefined) zoomBy(view, how);
    else choose(view, target);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !byId('panel').hidden) view.close();
    if (!(event.target instanceof HTMLElement)) return;
    const line = event.target.closest<HTMLElement>('tr[data-row]');
    if (line === null || event.target !== line) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      void view.open(Number(line.dataset['row']), line);
    }
    const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    (line[step as 'nextElementSibling'] as HTMLElement | null)?.focus();
  });
}

/** A row opens; an entity or technique in a picture is filtered by. */
function choose(view: View, target: Element): void {
  const line = target.closest<HTMLElement>('tr[data-row]');
  if (line !== null) {
    void view.open(Number(line.dataset['row']), line);
    return;
  }
  const form = byId<HTMLFormElement>('filters');
  const value = target.closest<HTMLElement>('[data-value]')?.getAttribute('data-value');
  const technique = target.closest<HTMLElement>('[data-technique]')?.getAttribute('data-technique');
  if (value !== undefined && value !== null) form['entity'].value = value;
  else if (technique !== undefined && technique !== null)
    form['technique'].value = String(view.columns.index.techniques.indexOf(technique));
  else return;
  readForm(view);
  byId('explorer').scrollIntoView({ block: 'start' });
}
