/** What a key, or what was asked for, makes of a state: a pure function, with what is to be done outside as data. */
import { readFilter, refiltered, withFilter } from './filter.ts';
import { moveOf } from './moves.ts';
import {
  type Effect,
  listHeight,
  listView,
  type Message,
  markedRow,
  type State,
  type Step,
  scrolled,
  shownList,
  withList,
} from './state.ts';
import { inFile, inHelp, inNote, inPivot, openNote, openPivot } from './update-modes.ts';

type Key = Message & { kind: 'key' };

/** The next state. */
export function update(state: State, message: Message): Step {
  switch (message.kind) {
    case 'key':
      return onKey({ ...state, said: { text: '', isError: false } }, message);
    case 'size':
      return still(sized({ ...state, rows: message.rows, columns: message.columns }));
    case 'said':
      return still({ ...state, busy: '', said: message });
    case 'lines':
      return still(unfolded(state, message));
    case 'found':
      return still(foundMore(state, message));
    case 'events': {
      const { entity, list } = message;
      const title = `events that name ${entity[1]}`;
      const lists = [...state.lists, listView({ title, findings: undefined, events: list })];
      return still({ ...state, busy: '', lists, mode: { kind: 'list' } });
    }
    case 'window':
      return still(windowed(state, message.window));
  }
}

const still = (state: State): Step => ({ state, effects: [] });
const doing = (state: State, busy: string, ...effects: Effect[]): Step => ({
  state: { ...state, busy },
  effects,
});

function onKey(state: State, key: Key): Step {
  if (key.isControl && key.name === 'c') return { state, effects: [{ kind: 'interrupt' }] };
  if (key.isControl && key.name === 'z') return { state, effects: [{ kind: 'suspend' }] };
  if (key.name === 'escape' && state.busy !== '') return cancelled(state);
  switch (state.mode.kind) {
    case 'list':
      return inList(state, key);
    case 'filter':
      return inFilter(state, key);
    case 'note':
      return inNote(state, key);
    case 'pivot':
      return inPivot(state, key);
    case 'file':
      return inFile(state, key);
    case 'help':
      return inHelp(state);
  }
}

function cancelled(state: State): Step {
  const { findings, folds, rows } = shownList(state);
  const kept = new Map([...folds].filter(([, lines]) => lines !== 'reading'));
  const change = {
    folds: kept,
    rows: findings === undefined ? rows : readFilter(shownList(state), kept),
  };
  return { state: withList({ ...state, busy: '' }, change), effects: [{ kind: 'cancel' }] };
}

function inList(state: State, key: Key): Step {
  const list = shownList(state);
  const move = moveOf(key, listHeight(state), list.rows.count);
  if (move !== undefined) return still(withList(state, { at: list.at + move }));
  switch (key.name) {
    case 'return':
    case 'right':
      return opened(state);
    case 'left':
      return still(foldedUp(state));
    case 'escape':
    case 'backspace':
      return back(state);
  }
  switch (key.text) {
    case 'l':
      return opened(state);
    case 'h':
      return still(foldedUp(state));
    case 'q':
      return { state, effects: [{ kind: 'leave' }] };
    case '/':
      return still({ ...state, mode: { kind: 'filter' } });
    case 'f':
      return inItsFile(state);
    case 'e':
      return still(openPivot(state));
    case 'b':
      return still(openNote(state));
    case 'z':
      return still({ ...state, zone: (state.zone + 1) % state.zones.length });
    case 'd':
      return still(sized({ ...state, hasDetail: !state.hasDetail }));
    case '?':
      return still({ ...state, mode: { kind: 'help' }, under: state.mode });
    default:
      return still(state);
  }
}

const sized = (state: State): State => withList(state, {});

/** A finding unfolds, or folds again; a line opens in its file. */
function opened(state: State): Step {
  const row = markedRow(state);
  if (row === undefined) return still(state);
  if (row.kind === 'line') return inItsFile(state);
  if (row.fold !== 'closed') return still(foldedUp(state));
  const { finding } = row;
  const list = shownList(state);
  const folds = new Map(list.folds).set(finding, 'reading');
  const next = withList(state, { folds, rows: readFilter(list, folds) });
  return doing(next, `reading all lines of: ${finding.title}`, { kind: 'lines', finding });
}

function foldedUp(state: State): State {
  const row = markedRow(state);
  const list = shownList(state);
  const finding = row?.kind === 'finding' ? row.finding : row?.of;
  if (finding === undefined || !list.folds.has(finding)) return state;
  const folds = new Map(list.folds);
  folds.delete(finding);
  const rows = readFilter(list, folds);
  return withList(state, { folds, rows, at: rows.positionOf(finding) });
}

/** What narrows the list goes first, then the list itself. */
function back(state: State): Step {
  const { filter, entity } = shownList(state);
  if (filter !== '' || entity !== undefined) return refiltered(state, '', undefined);
  if (state.lists.length > 1)
    return { state: sized({ ...state, lists: state.lists.slice(0, -1) }), effects: [] };
  return still({ ...state, said: { text: 'q leaves, ? helps', isError: false } });
}

function inItsFile(state: State): Step {
  const row = markedRow(state);
  if (row === undefined) return still(state);
  const list = row.kind === 'line' ? row.list : row.finding.cited;
  const number = row.kind === 'line' ? row.number : 0;
  if (list.count === 0) return still(state);
  const line = { ...list.at(number), line: list.detail(number).line };
  return doing(state, `reading ${line.path}`, { kind: 'around', line });
}

function inFilter(state: State, key: Key): Step {
  const { filter, entity } = shownList(state);
  const done: State = { ...state, mode: { kind: 'list' } };
  if (key.name === 'escape') return refiltered(done, '', entity);
  if (key.name === 'return') return still(done);
  if (key.name === 'up' || key.name === 'down' || key.name.startsWith('page'))
    return inList(state, { ...key, text: '' });
  const typed =
    key.isControl && key.name === 'u'
      ? ''
      : key.name === 'backspace'
        ? [...filter].slice(0, -1).join('')
        : key.isControl
          ? filter
          : filter + key.text;
  return typed === filter ? still(state) : refiltered(state, typed, entity);
}

function unfolded(state: State, { finding, list }: Message & { kind: 'lines' }): State {
  const at = state.lists.findLastIndex(({ folds }) => folds.get(finding) === 'reading');
  const view = state.lists[at];
  if (view === undefined) return { ...state, busy: '' };
  const folds = new Map(view.folds).set(finding, list);
  // The rows are made anew, and what is marked stays marked.
  const marked = view.rows.at(view.at);
  const rows = readFilter(view, folds);
  const lists = state.lists.with(at, { ...view, folds, rows });
  const next = { ...state, busy: '', lists };
  if (at !== state.lists.length - 1 || marked?.kind !== 'finding') return sized(next);
  return withList(next, { at: rows.positionOf(marked.finding) });
}

function foundMore(state: State, { list, ...found }: Message & { kind: 'found' }): State {
  const view = shownList(state);
  if (view.events !== list || view.filter === '') return state;
  const busy = found.isDone
    ? ''
    : `looking: ${Math.floor((100 * found.looked) / Math.max(1, list.count))}%`;
  return withList({ ...state, busy }, withFilter(view, found));
}

function windowed(state: State, window: (Message & { kind: 'window' })['window']): State {
  if (window === undefined)
    return {
      ...state,
      busy: '',
      said: { text: 'The line cannot be shown in its file.', isError: true },
    };
  const mode = { kind: 'file' as const, window, at: window.at, top: 0 };
  const height = listHeight({ ...state, mode });
  const top = scrolled(
    Math.max(0, window.at - Math.floor(height / 2)),
    window.at,
    window.lines.length,
    height,
  );
  return { ...state, busy: '', mode: { ...mode, top } };
}
