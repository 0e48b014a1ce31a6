/** What keys do beside the list: in the prompt of a note, among the entities of a row, in a file, in the help. */
import type { BrowseMark } from '../../commands/browse-source.ts';
import { refiltered } from './filter.ts';
import { moveOf } from './moves.ts';
import {
  listHeight,
  type Message,
  markedRow,
  type State,
  type Step,
  scrolled,
  shownList,
} from './state.ts';

type Key = Message & { kind: 'key' };

const still = (state: State): Step => ({ state, effects: [] });
const MOST_OF_A_NOTE = 2_000;

/** The row that is marked, for a note. */
export function openNote(state: State): State {
  const row = markedRow(state);
  if (row === undefined) return state;
  if (row.kind === 'finding') return noting(state, { finding: row.finding });
  const line = { ...row.list.at(row.number), line: row.list.detail(row.number).line };
  return noting(state, { finding: row.of, line });
}

const noting = (state: State, mark: BrowseMark): State => ({
  ...state,
  mode: { kind: 'note', text: '', mark },
  under: state.mode,
});

/** The text of a note is typed. */
export function inNote(state: State, key: Key): Step {
  const { mode, under } = state;
  if (mode.kind !== 'note') return still(state);
  if (key.name === 'escape')
    return still({ ...state, mode: under, said: { text: 'Nothing was noted.', isError: false } });
  if (key.name === 'return')
    return {
      state: { ...state, mode: under, busy: 'noting' },
      effects: [{ kind: 'bookmark', mark: mode.mark, note: mode.text }],
    };
  const typed =
    key.name === 'backspace'
      ? [...mode.text].slice(0, -1).join('')
      : key.isControl
        ? mode.text
        : mode.text + key.text;
  return still({ ...state, mode: { ...mode, text: typed.slice(0, MOST_OF_A_NOTE) } });
}

/** The entities of the marked row, to go on from. */
export function openPivot(state: State): State {
  const row = markedRow(state);
  const entities =
    row === undefined
      ? []
      : row.kind === 'finding'
        ? row.finding.entities
        : row.list.detail(row.number).entities;
  if (entities.length === 0)
    return { ...state, said: { text: 'This row names nobody and nothing.', isError: false } };
  return { ...state, mode: { kind: 'pivot', entities, at: 0 } };
}

/** One of them is chosen: Enter for findings that name it, `a` for all events. */
export function inPivot(state: State, key: Key): Step {
  const { mode } = state;
  if (mode.kind !== 'pivot') return still(state);
  const move = moveOf(key, 10, mode.entities.length);
  if (move !== undefined) {
    const at = Math.max(0, Math.min(mode.entities.length - 1, mode.at + move));
    return still({ ...state, mode: { ...mode, at } });
  }
  const entity = mode.entities[mode.at]!;
  const list: State = { ...state, mode: { kind: 'list' } };
  const isAll = key.text === 'a';
  if (!isAll && key.name !== 'return')
    return still(key.name === 'escape' || key.text === 'q' ? list : state);
  if (!isAll && shownList(state).findings !== undefined) return refiltered(list, '', entity);
  return {
    state: { ...list, busy: `reading the events that name ${entity[1]}` },
    effects: [{ kind: 'events', entity }],
  };
}

/** A line in its file; beyond what was read, the file is read on. */
export function inFile(state: State, key: Key): Step {
  const { mode } = state;
  if (mode.kind !== 'file') return still(state);
  const { window, at, top } = mode;
  const height = listHeight(state);
  const move = moveOf(key, height, window.lines.length);
  if (move !== undefined) {
    const wanted = at + move;
    const to = Math.max(0, Math.min(window.lines.length - 1, wanted));
    const next = { ...mode, at: to, top: scrolled(top, to, window.lines.length, height) };
    const isBeyond =
      (wanted < 0 && !window.isStart) || (wanted >= window.lines.length && !window.isEnd);
    const line = lineAt(next);
    return {
      state: { ...state, mode: next, busy: isBeyond ? `reading ${window.path}` : state.busy },
      effects: isBeyond ? [{ kind: 'around', line }] : [],
    };
  }
  if (
    ['escape', 'left', 'backspace', 'return'].includes(key.name) ||
    'qhf'.includes(key.text || ' ')
  )
    return still({ ...state, mode: { kind: 'list' } });
  if (key.text === 'b') return still(noting(state, { line: lineAt(mode) }));
  if (key.text === '?') return still({ ...state, mode: { kind: 'help' }, under: mode });
  return still(state);
}

function lineAt({ window, at }: State['mode'] & { kind: 'file' }): BrowseMark['line'] & object {
  const { offset, text, number = 0 } = window.lines[at]!;
  return { atUs: undefined, path: window.path, offset, text, line: number };
}

/** Any key ends the help. */
export const inHelp = (state: State): Step => still({ ...state, mode: state.under });
