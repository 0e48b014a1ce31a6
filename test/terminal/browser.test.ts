/** The full-screen browser as a model: keys in, lines of a screen out; and everything that it asks for outside, as data. */
import { describe, expect, it } from 'vitest';
import type { BrowseFinding, BrowseSource, LineList } from '../../src/commands/browse-source.ts';
import { cellsOf, cut, folded, padded } from '../../src/terminal/browser/cells.ts';
import { render } from '../../src/terminal/browser/render.ts';
import {
  type Effect,
  type Message,
  markedRow,
  type State,
  shownList,
  startState,
} from '../../src/terminal/browser/state.ts';
import { update } from '../../src/terminal/browser/update.ts';
import { perform } from '../../src/terminal/browser/work.ts';
import { HOSTILE } from '../pages/hostile-strings.ts';

const START_US = Date.UTC(2026, 2, 1, 22) * 1000;

const lineList = (texts: readonly string[]): LineList => ({
  count: texts.length,
  at: (number) => ({
    ...{ atUs: START_US + number * 1e6, path: 'logs/auth.log', offset: number * 100 },
    ...{ line: undefined, text: texts[number]! },
  }),
  detail: (number) => ({
    ...{ line: number + 1, entities: [['source.ip', `192.0.2.${number}`]], fields: [] },
  }),
  async find(text, among, onFound) {
    const all = among === undefined ? texts.map((_, number) => number) : Array.from(among);
    onFound(
      all.filter((number) => texts[number]!.toLowerCase().includes(text)),
      all.length,
    );
  },
});

const finding = (title: string, over: Partial<BrowseFinding> = {}): BrowseFinding => ({
  ...{ id: title, atUs: START_US, untilUs: START_US, level: 'high', title, count: 3 },
  ...{ source: 'auth.log', entities: [['source.ip', '203.0.113.9']], techniques: ['T1110'] },
  ...{ notes: [], cited: lineList([`Failed password for ${title}`]), ...over },
});

const FINDINGS = [
  finding('guessing'),
  finding('login', { level: 'critical', entities: [['user.name', 'root']] }),
  finding('cron job'),
];

function startOf(over: Partial<BrowseSource> = {}, rows = 24, columns = 80): State {
  const nothing = (): never => {
    throw new Error('not asked');
  };
  const source: BrowseSource = {
    ...{ findings: FINDINGS, events: undefined, remark: '' },
    zones: [
      { name: 'UTC', offsetAt: () => 0 },
      { name: 'Europe/Berlin', offsetAt: () => 60 },
    ],
    ...{ linesOf: nothing, eventsOf: nothing, around: nothing, bookmark: nothing, ...over },
  };
  return startState(source, rows, columns);
}

const NAMED = /^<(C-)?([a-z]+)>/;

/** `<down>` and `<C-c>` are keys, all else is typed. */
function press(start: State, keys: string): { state: State; effects: Effect[] } {
  let state = start;
  const effects: Effect[] = [];
  for (let rest = keys; rest !== ''; ) {
    const [whole = rest[0]!, control, name = rest[0]!] = NAMED.exec(rest) ?? [];
    const text = whole.length === 1 ? whole : '';
    const message: Message = { kind: 'key', name, text, isControl: control !== undefined };
    const step = update(state, message);
    state = step.state;
    effects.push(...step.effects);
    rest = rest.slice(whole.length);
  }
  return { state, effects };
}

const tell = (state: State, message: Message): State => update(state, message).state;
const screenOf = (state: State, isUnicode = true): string[] =>
  render(state, { isUnicode }).map(({ spans }) =>
    spans
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );
const markedOf = (state: State): string => {
  const row = markedRow(state);
  return row?.kind === 'line' ? row.list.at(row.number).text : (row?.finding.title ?? '');
};

describe('moving', () => {
  it.each([
    ['nothing', '', 'guessing'],
    ['down', '<down>', 'login'],
    ['past the end', 'jjjjj', 'cron job'],
    ['and up again', 'jjk', 'login'],
    ['to the end', 'G', 'cron job'],
    ['to the beginning', 'Gg', 'guessing'],
    ['by screens', '<pagedown>', 'cron job'],
    ['and back', '<pagedown><pageup>', 'guessing'],
    ['what means nothing', 'xy<f>', 'guessing'],
  ])('%s', (_, keys, expected) => expect(markedOf(press(startOf(), keys).state)).toBe(expected));

  it('keeps what is marked in sight, in any size', () => {
    const events = lineList(Array.from({ length: 5_000 }, (_, number) => `line ${number}`));
    for (const rows of [3, 10, 24, 60]) {
      let state = startOf({ findings: undefined, events }, rows);
      for (const keys of ['<pagedown><pagedown>', 'jjj', 'G', '<pageup>k', 'g']) {
        state = press(state, keys).state;
        const marked = screenOf(state).filter((line) => line.startsWith('> '));
        expect(marked.join(), `${rows} ${keys}`).toContain(markedOf(state));
        state = tell(state, { kind: 'size', rows, columns: 60 });
      }
    }
  });
});

describe('filtering', () => {
  it.each([
    ['as it is typed', '/LOGI', ['login']],
    ['a level', '/critical', ['login']],
    ['an entity', '/root', ['login']],
    ['a field and its value', '/user.name:root', ['login']],
    ['a line that is cited', '/password for cron', ['cron job']],
    ['a technique', '/t1110', ['guessing', 'login', 'cron job']],
    ['taken back by a letter', '/logix<backspace>', ['login']],
    ['taken back whole', '/nothing<C-u>', ['guessing', 'login', 'cron job']],
    ['left with Escape', '/login<escape>', ['guessing', 'login', 'cron job']],
    [
      'kept with Enter, then taken away',
      '/login<return><escape>',
      ['guessing', 'login', 'cron job'],
    ],
    ['nothing', '/nobody wrote this', []],
    ['q is a letter there', '/q', []],
  ])('%s', (_, keys, expected) => {
    const { rows } = shownList(press(startOf(), keys).state);
    const titles = Array.from({ length: rows.count }, (__, at) => {
      const row = rows.at(at);
      return row?.kind === 'finding' ? row.finding.title : '';
    });
    expect(titles).toEqual(expected);
  });

  it('looks through events outside, and through what was found where the text goes on', async () => {
    const events = lineList(['one root', 'two', 'three root', 'four ROOT x']);
    const send = async ({ state, effects }: ReturnType<typeof press>): Promise<State> => {
      const effect = effects.at(-1)!;
      if (effect.kind !== 'search') throw new Error(effect.kind);
      const source = {} as BrowseSource;
      return tell(state, await perform(source, effect, new AbortController().signal, () => {}));
    };
    let state = press(startOf({ findings: undefined, events }), '/').state;
    state = await send(press(state, 'root'));
    expect(shownList(state).rows.count).toBe(3);
    expect(markedOf(press(state, '<return>G').state)).toBe('four ROOT x');
    const further = press(state, ' x');
    expect(further.effects.at(-1)).toMatchObject({ kind: 'search', among: { count: 3 } });
    state = await send(further);
    expect(shownList(state).rows.count).toBe(1);
    // Without the filter the same line stays marked.
    const whole = press(state, '<escape>').state;
    expect([shownList(whole).rows.count, markedOf(whole)]).toEqual([4, 'four ROOT x']);
  });
});

describe('a finding', () => {
  const all = lineList(['first try', 'second try', 'third try']);
  const asked = press(startOf(), 'j<return>');
  const open = tell(asked.state, { kind: 'lines', finding: FINDINGS[1]!, list: all });

  it('unfolds to all its lines', () => {
    expect(asked.effects).toEqual([{ kind: 'lines', finding: FINDINGS[1] }]);
    expect(screenOf(asked.state).at(-1)).toContain('reading all lines of: login');
    expect(shownList(open).rows.count).toBe(6);
    expect(markedOf(open)).toBe('login');
    expect(markedOf(press(open, 'jjj').state)).toBe('third try');
    expect(markedOf(press(open, 'jjjj').state)).toBe('cron job');
  });
  it('folds again from any of its lines', () => {
    const { state } = press(open, 'jj<left>');
    expect([shownList(state).rows.count, markedOf(state)]).toEqual([3, 'login']);
  });
  it('is left folded where reading is ended', () => {
    const { state, effects } = press(asked.state, '<escape>');
    expect(effects).toEqual([{ kind: 'cancel' }]);
    const late = tell(state, { kind: 'lines', finding: FINDINGS[1]!, list: all });
    expect(shownList(late).rows.count).toBe(3);
  });
  it('leads to those that name the same, and to all events that do', () => {
    const pivot = press(open, 'e');
    expect(screenOf(pivot.state).join('\n')).toContain('> user.name: root');
    const same = press(pivot.state, '<return>').state;
    expect(shownList(same).rows.count).toBe(4);
    expect(screenOf(same)[0]).toContain('user.name: root');
    const events = press(pivot.state, 'a');
    expect(events.effects).toEqual([{ kind: 'events', entity: ['user.name', 'root'] }]);
    const there = tell(events.state, { kind: 'events', entity: ['user.name', 'root'], list: all });
    expect(screenOf(there)[0]).toMatch(/events that name root {2}1 of 3/);
    expect(screenOf(press(there, '<escape>').state)[0]).toContain('findings');
  });
});

describe('a line', () => {
  const events = lineList(['one', 'two', 'three']);
  const start = startOf({ findings: undefined, events });
  const lines = Array.from({ length: 50 }, (_, at) => ({
    ...{ number: at + 10, offset: at * 8, text: `line ${at + 10}` },
  }));
  const window = { path: 'auth.log', lines, at: 25, isStart: false, isEnd: true };
  const inFile = tell(start, { kind: 'window', window });

  it('shows in its file', () => {
    const { effects } = press(start, 'j<return>');
    expect(effects).toMatchObject([
      { kind: 'around', line: { text: 'two', line: 2, offset: 100 } },
    ]);
    expect(screenOf(inFile).find((line) => line.startsWith('>'))).toBe('> 35 line 35');
    expect(screenOf(press(inFile, 'jj').state)).toContain('> 37 line 37');
    expect(press(inFile, '<escape>').state.mode).toEqual({ kind: 'list' });
  });
  it('reads the file on beyond what was read, and not beyond its end', () => {
    expect(press(inFile, 'gk').effects).toMatchObject([{ kind: 'around' }, { kind: 'around' }]);
    expect(press(inFile, 'jjj').effects).toEqual([]);
    expect(press(inFile, '<end><down>').effects).toEqual([]);
  });
  it('says where it cannot', () =>
    expect(screenOf(tell(start, { kind: 'window', window: undefined })).at(-1)).toContain(
      'cannot be shown in its file',
    ));
  it('goes into the incident with a note', () => {
    const { state, effects } = press(start, 'jbgot in q<backspace>here<return>');
    expect(effects).toMatchObject([
      { kind: 'bookmark', note: 'got in here', mark: { line: { text: 'two', line: 2 } } },
    ]);
    expect(state.mode).toEqual({ kind: 'list' });
    expect(screenOf(tell(state, { kind: 'said', text: 'Noted', isError: false })).at(-1)).toBe(
      ' Noted',
    );
    expect(press(inFile, 'bx<escape>').effects).toEqual([]);
    expect(press(inFile, 'bx<return>').effects).toMatchObject([
      { kind: 'bookmark', mark: { line: { text: 'line 35', line: 35 } } },
    ]);
  });
});

describe('the rest', () => {
  it('switches zones, and says which', () => {
    expect(screenOf(startOf()).join('\n')).toMatch(/UTC[\s\S]*03-01 22:00:00/);
    expect(screenOf(press(startOf(), 'z').state).join('\n')).toMatch(
      /Europe\/Berlin[\s\S]*03-01 23:00:00/,
    );
    expect(press(startOf(), 'zz').state.zone).toBe(0);
  });
  it('helps, and goes back by any key', () => {
    const { state } = press(startOf(), '?');
    expect(screenOf(state).join('\n')).toContain('bookmark: the row goes into the incident');
    expect(press(state, 'q').state.mode).toEqual({ kind: 'list' });
  });
  it.each([
    ['q', 'leave'],
    ['<C-c>', 'interrupt'],
    ['/typing<C-c>', 'interrupt'],
    ['b<C-z>', 'suspend'],
  ])('%s: %s', (keys, kind) => expect(press(startOf(), keys).effects.at(-1)).toEqual({ kind }));
  it('is there with nothing to show', () => {
    const empty = startOf({ findings: [], remark: 'No findings.' });
    expect(screenOf(empty).at(-1)).toContain('No findings.');
    expect(press(empty, 'j<return>fbelhG/x<return>').effects).toEqual([]);
  });
});

describe('on every screen', () => {
  const rows = [
    ...FINDINGS,
    ...HOSTILE.map((text) => finding(text, { notes: [text], source: text })),
  ];
  const ACTIVE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;
  const sizes = [60, 79, 80, 89, 90, 119, 120, 200, 300];

  it.each(sizes)('%i columns: no line is wider, and nothing in it acts', (columns) => {
    for (const isUnicode of [true, false]) {
      const start = startOf({ findings: rows, events: undefined }, 40, columns);
      const lines = lineList(HOSTILE);
      const events = startOf({ findings: undefined, events: lines }, 40, columns);
      const window = {
        ...{ path: HOSTILE[3]!, at: 3, isStart: true, isEnd: true },
        lines: HOSTILE.map((text, at) => ({ number: at, offset: at, text })),
      };
      const states = [start, events, tell(events, { kind: 'window', window })];
      for (const state of states) {
        for (const keys of ['', '?', 'e', 'b', `${'<pagedown>'.repeat(3)}`, 'G', '/zzz', 'd']) {
          const screen = screenOf(press(state, keys).state, isUnicode);
          expect(screen).toHaveLength(40);
          for (const line of screen) {
            expect(cellsOf(line), `${keys}: ${line}`).toBeLessThanOrEqual(columns);
            expect(ACTIVE.test(line), JSON.stringify(line)).toBe(false);
          }
        }
      }
    }
  });

  it.each([
    ['plain', 'abc', 5, 'abc  '],
    ['cut', 'abcdef', 4, 'abc…'],
    ['wide', '日本語', 5, '日本…'],
    ['wide, an odd end', '日本語', 4, '日… '],
    ['marks cost nothing', 'e\u0301a', 3, 'e\u0301a '],
    ['a tower of marks', `a${'\u0301'.repeat(50)}b`, 3, 'a\u0301\u0301… '],
    ['escapes show', '\u001b[2J', 9, '\\x1b[2J  '],
    ['no room', 'abc', 0, ''],
  ])('%s', (_, text, width, expected) => expect(padded(text, width)).toBe(expected));
  it('cuts what is endless without reading it all', () => {
    expect(cut('x'.repeat(5_000_000), 10)).toBe('xxxxxxxxx…');
    expect(folded('y'.repeat(1_000), 10, 3)).toEqual([
      'y'.repeat(10),
      'y'.repeat(10),
      'yyyyyyyyy…',
    ]);
  });
});
