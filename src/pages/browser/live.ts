/** What runs in a live page: it changes the token for a cookie, or draws what the server tells. */
import { markupOf } from '../html.ts';
import type { LivePanel } from '../live-model.ts';
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

function listen(stream: string): void {
  const source = new EventSource(stream);
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
if (filters instanceof HTMLFormElement) {
  const show = (event: Event): void => {
    event.preventDefault();
    const said = new FormData(filters);
    const query = new URLSearchParams();
    for (const name of ['range', 'entity']) query.set(name, String(said.get(name) ?? ''));
    location.assign(`${location.pathname}?${query.toString()}`);
  };
  filters.addEventListener('submit', show);
  filters.addEventListener('change', show);
}
