/** What a full-screen browser is at a moment: data alone, so that a test tells it by tables. */
import type {
  BrowseEntity,
  BrowseFinding,
  BrowseMark,
  BrowseSource,
  BrowseZone,
  FileWindow,
  LineList,
} from '../../commands/browse-source.ts';
import { type Folds, findingRows, lineRows, type Numbers, type Row, type Rows } from './rows.ts';

/** A list that is looked at; one leads to another, and Escape back. */
export interface ListView {
  title: string;
  findings?: readonly BrowseFinding[] | undefined;
  events?: LineList | undefined;
  /** As it was typed. */
  filter: string;
  /** Findings that name it. */
  entity?: BrowseEntity | undefined;
  /** Lines that the filter found so far, of how many. */
  found?: { numbers: Numbers; looked: number; isDone: boolean } | undefined;
  folds: Folds;
  rows: Rows;
  /** The row that is marked, and the first that shows. */
  at: number;
  top: number;
}

/** What keys mean. */
export type Mode =
  | { kind: 'list' }
  | { kind: 'filter' }
  | { kind: 'note'; text: string; mark: BrowseMark }
  | { kind: 'pivot'; entities: readonly BrowseEntity[]; at: number }
  | { kind: 'file'; window: FileWindow; at: number; top: number }
  | { kind: 'help' };

/** The whole of it. */
export interface State {
  /** The last one shows. Never empty. */
  lists: readonly ListView[];
  mode: Mode;
  /** To which a note or the help returns. */
  under: Mode;
  zones: readonly BrowseZone[];
  zone: number;
  hasDetail: boolean;
  rows: number;
  columns: number;
  /** What is being done; Escape ends it. */
  busy: string;
  said: { text: string; isError: boolean };
}

/** What happens: a key, a new size, what was asked for. */
export type Message =
  | { kind: 'key'; name: string; text: string; isControl: boolean }
  | { kind: 'size'; rows: number; columns: number }
  | { kind: 'lines'; finding: BrowseFinding; list: LineList }
  | { kind: 'found'; list: LineList; numbers: Numbers; looked: number; isDone: boolean }
  | { kind: 'events'; entity: BrowseEntity; list: LineList }
  | { kind: 'window'; window: FileWindow | undefined }
  | { kind: 'said'; text: string; isError: boolean };

/** What is to be done outside. */
export type Effect =
  | { kind: 'leave' }
  | { kind: 'interrupt' }
  | { kind: 'suspend' }
  | { kind: 'cancel' }
  | { kind: 'lines'; finding: BrowseFinding }
  | { kind: 'search'; list: LineList; text: string; among: Numbers | undefined }
  | { kind: 'events'; entity: BrowseEntity }
  | { kind: 'around'; line: BrowseMark['line'] & object }
  | { kind: 'bookmark'; mark: BrowseMark; note: string };

/** A state, and what follows from it outside. */
export interface Step {
  state: State;
  effects: readonly Effect[];
}

/** The start. */
export function startState(
  { findings, events, zones, remark }: BrowseSource,
  rows: number,
  columns: number,
): State {
  const title = findings === undefined ? 'events' : 'findings';
  return {
    lists: [listView({ title, findings, events })],
    ...{ mode: { kind: 'list' }, under: { kind: 'list' }, zones, zone: 0 },
    ...{ hasDetail: true, rows, columns, busy: '', said: { text: remark, isError: false } },
  };
}

/** A list from its beginning. */
export function listView({
  title,
  findings,
  events,
}: Pick<ListView, 'title' | 'findings' | 'events'>): ListView {
  const folds: Folds = new Map();
  const rows =
    events === undefined ? findingRows(findings ?? [], folds) : lineRows(events, undefined);
  return { title, findings, events, filter: '', folds, rows, at: 0, top: 0 };
}

/** The list that shows. */
export const shownList = ({ lists }: State): ListView => lists.at(-1)!;

/** The row that is marked. */
export const markedRow = (state: State): Row | undefined => {
  const { rows, at } = shownList(state);
  return rows.at(at);
};

/** Rows of the screen below the list: what is told of the marked row. */
export const detailHeight = ({ hasDetail, rows }: State): number =>
  hasDetail && rows >= 16 ? Math.min(12, Math.floor(rows / 3)) : 0;

/** Rows of the list, or of a file, that show. */
export const listHeight = (state: State): number =>
  Math.max(1, state.rows - 2 - (state.mode.kind === 'file' ? 0 : detailHeight(state)));

/** The state with its list changed, and what is marked in sight. */
export function withList(state: State, change: Partial<ListView>): State {
  const list = { ...shownList(state), ...change };
  const at = Math.max(0, Math.min(list.at, list.rows.count - 1));
  const top = scrolled(list.top, at, list.rows.count, listHeight(state));
  return { ...state, lists: [...state.lists.slice(0, -1), { ...list, at, top }] };
}

/** The first row that shows, so that the marked one does. */
export const scrolled = (top: number, at: number, count: number, height: number): number =>
  Math.max(0, Math.min(Math.max(Math.min(top, at), at - height + 1), Math.max(0, count - height)));
