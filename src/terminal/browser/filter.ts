/** What a list shows of what it has: the text that was typed, the entity that was chosen. */
import type { BrowseEntity } from '../../commands/browse-source.ts';
import { type Folds, findingRows, holds, lineRows, type Rows } from './rows.ts';
import { type Effect, type ListView, type State, type Step, shownList, withList } from './state.ts';

/** The rows of a list of findings under its filter. */
export function readFilter(
  { findings = [], filter, entity }: Pick<ListView, 'findings' | 'filter' | 'entity'>,
  folds: Folds,
): Rows {
  const text = filter.toLowerCase();
  const isWhole = text === '' && entity === undefined;
  return findingRows(
    isWhole ? findings : findings.filter((finding) => holds(finding, text, entity)),
    folds,
  );
}

/** The list with what its filter found so far. */
export const withFilter = (
  { events }: ListView,
  found: ListView['found'],
): Pick<ListView, 'found' | 'rows'> => ({ found, rows: lineRows(events!, found?.numbers) });

/** Another filter: findings are filtered at once, events are looked through outside. */
export function refiltered(state: State, filter: string, entity: BrowseEntity | undefined): Step {
  const list = shownList(state);
  const { events } = list;
  if (events === undefined) {
    const row = list.rows.at(list.at);
    const marked = row?.kind === 'line' ? row.of : row?.finding;
    const rows = readFilter({ ...list, filter, entity }, list.folds);
    const at = marked === undefined ? 0 : Math.max(0, rows.positionOf(marked));
    return { state: withList(state, { filter, entity, rows, at }), effects: [] };
  }
  const cancel: Effect = { kind: 'cancel' };
  if (filter === '') {
    const row = list.rows.at(list.at);
    const at = row?.kind === 'line' ? row.number : 0;
    const change = { ...withFilter(list, undefined), filter, at };
    return { state: withList({ ...state, busy: '' }, change), effects: [cancel] };
  }
  // What goes on with a finished search looks only where that one found.
  const isNarrower = list.found?.isDone === true && filter.startsWith(list.filter);
  const among = isNarrower ? list.found?.numbers : undefined;
  const text = filter.toLowerCase();
  return {
    state: withList({ ...state, busy: 'looking' }, { filter, at: 0, top: 0 }),
    effects: [cancel, { kind: 'search', list: events, text, among }],
  };
}
