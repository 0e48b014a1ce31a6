/** A state to the lines of a screen: a pure function; text is safe to show and fits, colour comes later. */
import type { BrowseZone } from '../../commands/browse-source.ts';
import { grouped } from '../../events/words.ts';
import { showMicros } from '../layout.ts';
import { levelMark } from '../level-text.ts';
import { cellsOf, cut, padded } from './cells.ts';
import { detailLines } from './detail.ts';
import { HELP, HINTS } from './keys.ts';
import type { Row } from './rows.ts';
import { detailHeight, listHeight, type State, shownList } from './state.ts';

/** How a piece of a line looks. */
export type Tone =
  | 'plain'
  | 'dim'
  | 'bold'
  | 'error'
  | 'critical'
  | 'high'
  | 'medium'
  | 'low'
  | 'informational';

/** A piece of a line. */
export interface Span {
  text: string;
  tone: Tone;
}

/** A line of the screen; that which is marked is drawn the other way round. */
export interface ScreenLine {
  spans: readonly Span[];
  isMarked: boolean;
}

/** What the terminal can draw. */
export interface Look {
  isUnicode: boolean;
}

const line = (text: string, tone: Tone = 'plain', isMarked = false): ScreenLine => ({
  spans: [{ text, tone }],
  isMarked,
});

/** The screen: as many lines as it has rows, none wider than it. */
export function render(state: State, look: Look): ScreenLine[] {
  const { rows, columns } = state;
  const lines = [titleLine(state, look), ...body(state, look)];
  while (lines.length < rows - 1) lines.push(line(''));
  return [...lines.slice(0, Math.max(1, rows - 1)), lastLine(state, look)].map((one) => ({
    ...one,
    spans: one.isMarked ? filled(one.spans, columns) : one.spans,
  }));
}

/** A line that is marked is marked to its end. */
function filled(spans: readonly Span[], columns: number): Span[] {
  const used = spans.reduce((sum, { text }) => sum + cellsOf(text), 0);
  return [...spans, { text: ' '.repeat(Math.max(0, columns - used)), tone: 'plain' }];
}

function titleLine(state: State, { isUnicode }: Look): ScreenLine {
  const { columns } = state;
  const list = shownList(state);
  const zone = zoneOf(state).name;
  const parts =
    state.mode.kind === 'file'
      ? [`${state.mode.window.path}`]
      : [
          list.title,
          `${grouped(Math.min(list.at + 1, list.rows.count))} of ${grouped(list.rows.count)}`,
          ...(list.entity === undefined ? [] : [`${list.entity[0]}: ${list.entity[1]}`]),
          ...(list.filter === '' ? [] : [`with "${list.filter}"`]),
          ...(state.lists.length > 1 ? ['Esc: back'] : []),
        ];
  const left = padded(` ${parts.join('  ')}`, columns - cellsOf(zone) - 2, isUnicode);
  return line(`${left} ${cut(zone, columns, isUnicode)} `, 'bold', true);
}

const zoneOf = ({ zones, zone }: State): BrowseZone => zones[zone]!;

function body(state: State, look: Look): ScreenLine[] {
  const { mode, columns } = state;
  const height = listHeight(state);
  switch (mode.kind) {
    case 'help':
      return HELP.slice(0, state.rows - 2).map((text) =>
        line(cut(` ${text}`, columns, look.isUnicode)),
      );
    case 'file': {
      const { window, at, top } = mode;
      const digits = String(window.lines.at(-1)?.number ?? '').length;
      return window.lines.slice(top, top + height).map(({ number, text }, index) => {
        const isAt = top + index === at;
        const lead = `${isAt ? '>' : ' '} ${String(number ?? '').padStart(digits)} `;
        return line(lead + cut(text, columns - cellsOf(lead), look.isUnicode), 'plain', isAt);
      });
    }
    default: {
      const { rows, at, top } = shownList(state);
      const lines: ScreenLine[] = [];
      for (let position = top; position < Math.min(rows.count, top + height); position += 1)
        lines.push(rowLine(state, rows.at(position)!, position === at, look));
      while (lines.length < height) lines.push(line(''));
      const space = detailHeight(state);
      if (space === 0) return lines;
      const rule = (look.isUnicode ? '─' : '-').repeat(columns);
      return [...lines, line(rule, 'dim'), ...detailLines(state, space - 1, look)];
    }
  }
}

/** Below so many columns a time has no year, no zone and no word for its level beside it. */
const NARROW = 90;
const WIDE = 120;

function rowLine(state: State, row: Row, isMarked: boolean, look: Look): ScreenLine {
  return row.kind === 'finding'
    ? findingLine(state, row, isMarked, look)
    : logLine(state, row, isMarked, look);
}

function findingLine(
  state: State,
  { finding, fold }: Row & { kind: 'finding' },
  isMarked: boolean,
  look: Look,
): ScreenLine {
  const { columns } = state;
  const { isUnicode } = look;
  const { level, title, entities, count, source } = finding;
  const signs = isUnicode
    ? { closed: '▸', reading: '…', open: '▾' }
    : { closed: '+', reading: '~', open: '-' };
  const times = count > 1 ? `${isUnicode ? '×' : 'x'}${grouped(count)}` : '';
  const lead = `${isMarked ? '>' : ' '} ${signs[fold]} ${timeText(state, finding.atUs)} `;
  const word = columns < NARROW ? '' : level.slice(0, 8).padEnd(9);
  const tail = `${times.padStart(columns < NARROW ? 6 : 9)}${columns < WIDE ? '' : `  ${padded(source, 24, isUnicode)}`}`;
  const rest = columns - cellsOf(lead) - word.length - cellsOf(tail) - 2;
  const named = entities.map(([, value]) => value).join(' ');
  return {
    isMarked,
    spans: [
      { text: lead, tone: 'plain' },
      { text: `${levelMark(level, look)} ${word}`, tone: level },
      {
        text: padded(named === '' ? title : `${title}: ${named}`, rest, isUnicode),
        tone: level === 'critical' || level === 'high' ? 'bold' : 'plain',
      },
      { text: tail, tone: 'dim' },
    ],
  };
}

function logLine(
  state: State,
  { list, number, of }: Row & { kind: 'line' },
  isMarked: boolean,
  { isUnicode }: Look,
): ScreenLine {
  const { columns } = state;
  const { atUs, path, text } = list.at(number);
  const lead = `${isMarked ? '>' : ' '} ${of === undefined ? '' : '    '}${timeText(state, atUs)} `;
  const name =
    columns < NARROW
      ? ''
      : `${padded(path.split('/').at(-1)!, columns < WIDE ? 14 : 20, isUnicode)} `;
  return {
    isMarked,
    spans: [
      { text: lead, tone: 'plain' },
      { text: name, tone: 'dim' },
      { text: cut(text, columns - cellsOf(lead) - cellsOf(name), isUnicode), tone: 'plain' },
    ],
  };
}

function timeText(state: State, atUs: number | undefined): string {
  const { columns } = state;
  const { offsetAt } = zoneOf(state);
  const shown = showMicros(atUs, offsetAt);
  if (columns < NARROW) return shown.slice(5, 19).padEnd(14);
  return shown.slice(0, 19).padEnd(19);
}

function lastLine(state: State, { isUnicode }: Look): ScreenLine {
  const { mode, busy, said, columns } = state;
  const show = (text: string, tone: Tone = 'plain'): ScreenLine =>
    line(cut(` ${text}`, columns, isUnicode), tone);
  // The end of what is typed shows, where the cursor is.
  const typed = (label: string, text: string): ScreenLine => {
    const space = Math.max(1, columns - label.length - 3);
    const shown = [...text].slice(-space).join('');
    return line(` ${label}${cut(shown, space, isUnicode)}_`, 'bold');
  };
  if (mode.kind === 'filter') return typed('filter: ', shownList(state).filter);
  if (mode.kind === 'note') return typed('note: ', mode.text);
  if (busy !== '') return show(`${busy} (Esc ends it)`, 'dim');
  if (said.text !== '') return show(said.text, said.isError ? 'error' : 'bold');
  return show(HINTS[mode.kind], 'dim');
}
