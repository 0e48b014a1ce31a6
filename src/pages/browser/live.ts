/** What runs in a live page: it changes the token for a cookie, or draws what the server tells, asks for another part, and sends forms. */
import { markupOf } from '../html.ts';
import { type LivePanel, RANGES } from '../live-model.ts';
import { panelContent } from '../live-panel.ts';

const say = (id: string, text: string): void => {
  const place = document.getElementById(id);
  if (place !== null) place.textContent = text;
};

/** The token goes into a header: it stands in no address that a log or a history keeps. */
async function enter(): Promise<void> {
  const token = location.hash.slice(1);
  if (token === '') return;
  history.replaceState(null, '', location.pathname + location.search);
  const answer = await fetch('/session', { headers: { authorization: `Bearer ${token}` } });
  if (answer.ok) location.reload();
  else
    say(
      'door',
      'This address is of an ir serve that has ended. Open the one that it printed last.',
    );
}

let source: EventSource | undefined;

function listen(stream: string): void {
  source?.close();
  source = new EventSource(stream);
  source.addEventListener('panel', ({ data }: MessageEvent<string>) => {
    const { id, data: shown } = JSON.parse(data) as LivePanel;
    const place = document.querySelector(`[data-panel="${CSS.escape(id)}"]`);
    if (place !== null) place.innerHTML = markupOf(panelContent(shown));
    document.documentElement.dataset['ready'] = 'yes';
  });
  source.addEventListener('open', () => say('told', 'Live.'));
  source.addEventListener('error', () =>
    say('told', 'Not connected: what is shown is old. It is tried again.'),
  );
}

const main = document.getElementById('main');
const stream = main?.dataset['stream'];
if (document.getElementById('door') !== null) {
  enter().catch((error: unknown) => say('door', String(error)));
} else if (stream !== undefined) listen(stream);

const filters = document.getElementById('filters');
if (filters instanceof HTMLFormElement && stream !== undefined) {
  const base = stream.split('?')[0]!;
  const named = (name: string): HTMLInputElement =>
    filters.elements.namedItem(name) as HTMLInputElement;
  const NAMES = ['range', 'entity', 'from', 'to'];

  /** Only what the panels show changes: nothing is loaded anew. */
  const ask = (isNew: boolean): void => {
    const query = new URLSearchParams();
    for (const name of NAMES) if (named(name).value !== '') query.set(name, named(name).value);
    const text = `?${query.toString()}`;
    // An address without a name shows the first dashboard.
    if (isNew) history.pushState(null, '', `${base.replace('/live', '')}${text}`);
    for (const link of document.querySelectorAll<HTMLAnchorElement>('.pages a')) link.search = text;
    listen(base + text);
  };
  const fill = (search: string): void => {
    const query = new URLSearchParams(search);
    named('range').value = Object.hasOwn(RANGES, query.get('range') ?? '')
      ? query.get('range')!
      : '24h';
    named('entity').value = query.get('entity') ?? '';
    for (const name of ['from', 'to']) named(name).value = momentOf(query.get(name) ?? '');
  };
  const momentOf = (text: string): string =>
    /^\d+$/.test(text) ? new Date(Number(text)).toISOString().slice(0, 19) : text;

  filters.addEventListener('submit', (event) => {
    event.preventDefault();
    ask(true);
  });
  filters.addEventListener('change', ({ target }) => {
    // A stretch that was chosen is left by choosing another.
    if (target === named('range')) named('from').value = named('to').value = '';
    ask(true);
  });
  filters.addEventListener('reset', (event) => {
    event.preventDefault();
    fill('');
    ask(true);
  });
  addEventListener('popstate', () => {
    fill(location.search);
    ask(false);
  });
  // A value leads to this dashboard about it.
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('[data-panel] a');
    if (link === null || event.ctrlKey || event.metaKey || `/live${link.pathname}` !== base) return;
    event.preventDefault();
    fill(link.search);
    ask(true);
  });

  /** Of the chart on which dragging began; another may have taken its place by the end. */
  let begun: { data: DOMStringMap; box: DOMRect; at: number } | undefined;
  /** Where on the axis of time, 0 to 1. */
  const placeOn = (data: DOMStringMap, { left, width }: DOMRect, x: number): number => {
    const [before, after] = [Number(data['left']), Number(data['right'])];
    return Math.min(1, Math.max(0, ((x - left) / width - before) / (1 - before - after)));
  };
  document.addEventListener('pointerdown', ({ target, clientX, button }) => {
    const chart = (target as Element).closest<SVGElement>('svg[data-start]');
    begun = undefined;
    if (chart === null || button !== 0) return;
    const box = chart.getBoundingClientRect();
    begun = { data: { ...chart.dataset }, box, at: placeOn(chart.dataset, box, clientX) };
  });
  document.addEventListener('pointerup', ({ clientX }) => {
    if (begun === undefined) return;
    const { data, box, at } = begun;
    begun = undefined;
    const to = placeOn(data, box, clientX);
    if (Math.abs(to - at) < 0.01) return;
    const [start, end] = [Number(data['start']), Number(data['end'])];
    const textOf = (part: number): string =>
      new Date((start + (end - start) * part) / 1000).toISOString().slice(0, 19);
    named('from').value = textOf(Math.min(at, to));
    named('to').value = textOf(Math.max(at, to));
    ask(true);
  });
}

async function send(form: HTMLFormElement): Promise<void> {
  const said: Record<string, unknown> = { ...form.dataset };
  for (const [name, value] of new FormData(form)) said[name] = String(value);
  const { values } = said;
  if (typeof values === 'string')
    said['values'] = values.split(';').flatMap((one) => one.trim() || []);
  const place = form.querySelector('output')!;
  const answer = await fetch('/act', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-ir-pass': main?.dataset['pass'] ?? '' },
    body: JSON.stringify(said),
  });
  place.textContent = await answer.text();
  if (answer.ok) form.reset();
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-act]'))
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(form).catch((error: unknown) => {
      form.querySelector('output')!.textContent = `Not written: ${String(error)}`;
    });
  });
