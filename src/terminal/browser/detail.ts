/** What is told of the marked row, below the list: of a finding whom and what it names, of a line its whole text and its fields. */
import { plural } from '../../events/words.ts';
import { showMicros } from '../layout.ts';
import { cut, folded } from './cells.ts';
import type { Look, ScreenLine, Tone } from './render.ts';
import { markedRow, type State } from './state.ts';

/** At most `height` lines. */
export function detailLines(state: State, height: number, look: Look): ScreenLine[] {
  const { mode, columns } = state;
  const { isUnicode } = look;
  const width = Math.max(10, columns - 2);
  const lines: ScreenLine[] = [];
  const put = (text: string, tone: Tone = 'plain', most = 1): void => {
    for (const part of folded(text, width, most, isUnicode))
      lines.push({ spans: [{ text: ` ${part}`, tone }], isMarked: false });
  };
  if (mode.kind === 'pivot') return pivotLines(mode, height, width, isUnicode);
  const row = markedRow(state);
  const offsetAt = state.zones[state.zone]?.offsetAt;
  if (row?.kind === 'finding') {
    const { level, title, count, atUs, untilUs, techniques, entities, notes, cited, id } =
      row.finding;
    const until =
      untilUs === undefined || untilUs === atUs ? '' : ` to ${showMicros(untilUs, offsetAt)}`;
    put(title, 'bold');
    put(`${level}, ${plural(count, 'event')}, ${showMicros(atUs, offsetAt)}${until}, ${id}`);
    put(named(entities), 'plain', 2);
    if (techniques.length > 0) put(techniques.join(' '), 'dim');
    for (const note of notes) put(note);
    if (cited.count > 0) {
      const { path, line, text } = cited.at(0);
      put(`${path}:${line}`, 'dim');
      put(text, 'plain', 3);
    }
  } else if (row !== undefined) {
    const { path, offset, text } = row.list.at(row.number);
    const { line, entities, fields } = row.list.detail(row.number);
    put(`${path}:${line === 0 ? '?' : line}, byte ${offset}`, 'dim');
    put(text, 'plain', Math.max(1, height - 3));
    put(named(fields.length > 0 ? fields : entities), 'dim', 4);
  }
  return lines.slice(0, height);
}

const named = (entities: readonly (readonly [string, string])[]): string =>
  entities.map(([field, value]) => `${field}: ${value}`).join('   ');

function pivotLines(
  { entities, at }: State['mode'] & { kind: 'pivot' },
  height: number,
  width: number,
  isUnicode: boolean,
): ScreenLine[] {
  const top = Math.max(0, Math.min(at - Math.floor(height / 2), entities.length - height));
  return entities.slice(top, top + height).map(([field, value], index) => {
    const isMarked = top + index === at;
    const text = cut(`${field}: ${value}`, width - 2, isUnicode);
    return { spans: [{ text: `${isMarked ? '>' : ' '} ${text}`, tone: 'plain' }], isMarked };
  });
}
