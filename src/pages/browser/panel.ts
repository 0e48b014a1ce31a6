/** The panel beside the table: what a row rests on. Text is set as text, never as markup. */
import { tacticName } from '../../events/tactics.ts';
import { visible } from '../../events/visible.ts';
import { momentText } from '../charts/scale.ts';
import type { ItemDetail } from '../page-item.ts';
import type { Columns } from './columns.ts';

/** An element with text and class. */
export function element(name: string, text = '', kind = ''): HTMLElement {
  const made = document.createElement(name);
  if (text !== '') made.textContent = visible(text);
  if (kind !== '') made.className = kind;
  return made;
}

/** Fills the panel with a row. @param onEntity called with a value that was chosen @param onClose called to close it */
export function fillPanel(
  panel: HTMLElement,
  columns: Columns,
  row: number,
  detail: ItemDetail | undefined,
  { onEntity, onClose }: { onEntity(value: string): void; onClose(): void },
): void {
  const { index, at, until } = columns;
  const close = element('button', 'Close') as HTMLButtonElement;
  close.type = 'button';
  close.addEventListener('click', onClose);
  const list = element('dl');
  const add = (term: string, text: string): void => {
    if (text !== '') list.append(element('dt', term), element('dd', text));
  };
  const last = until[row]! > at[row]! ? ` to ${momentText(until[row])}` : '';
  add('Time', `${Number.isNaN(at[row]!) ? 'no time' : momentText(at[row])}${last}`);
  add('Events', String(index.count[row]));
  add('Source', index.sources[index.source[row]!]!);
  add(
    'ATT&CK',
    [
      ...index.tactic[row]!.map((one) => tacticName(index.tactics[one]!)),
      ...index.technique[row]!.map((one) => index.techniques[one]!),
    ].join(', '),
  );
  for (const one of index.entity[row]!) {
    const [field, value] = index.entities[one]!;
    const choose = element('button', value, 'link') as HTMLButtonElement;
    choose.type = 'button';
    choose.title = 'Show only rows that name it';
    choose.addEventListener('click', () => onEntity(value));
    const cell = element('dd');
    cell.append(choose);
    list.append(element('dt', field), cell);
  }
  const notes = (detail?.notes ?? []).map((note) => element('p', note, 'remark'));
  const lines = (detail?.lines ?? []).flatMap(({ place, text, isAround }) => [
    element('h3', place, isAround === true ? 'around' : ''),
    element('pre', text, isAround === true ? 'around' : ''),
  ]);
  const heading = element('h2', index.titles[index.title[row]!]!);
  panel.replaceChildren(
    close,
    heading,
    element('p', detail?.number ?? '', 'number'),
    list,
    ...notes,
    ...lines,
  );
}
