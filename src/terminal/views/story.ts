/** The stories on top of a timeline: what a reader who was not there should see first, on one screen. */
import type { Evidence, Timeline } from '../../detect/finding.ts';
import type { Statement, Story, StoryItem } from '../../detect/story/story.ts';
import { levelRank } from '../../events/level.ts';
import { shortNames } from '../../events/short-names.ts';
import { durationText } from '../../events/words.ts';
import { wrap, wrapAfter } from '../layout.ts';
import type { Style } from '../style.ts';

/** How much of it is shown: what fits a screen, or all. */
export type StoryLength = 'short' | 'full';

/** Lines of one screen that a story may take, with the line of counts. */
const MOST_LINES = 22;
const LABEL_WIDTH = 7;
/** Most clauses that any statement has. */
const MOST_ITEMS = 8;
/** Columns of text that a place must leave beside it. */
const LEAST_TEXT = 30;
/** Statements whose clauses stand in a line each, with time and place. */
const IN_LINES = new Set(['In']);

/** The stories, or one line that says what was looked for. */
export function* storiesText(
  { stories, files, totals, rulesRun, findings }: Timeline,
  { length, linesAbove }: { length: StoryLength; linesAbove: number },
  style: Style,
): Iterable<string> {
  for (const [index, story] of stories.entries()) {
    if (index > 0) yield '\n';
    const most = length === 'full' ? Number.POSITIVE_INFINITY : MOST_LINES - linesAbove;
    for (const line of storyLines(story, most, files, style)) yield `${line}\n`;
  }
  if (stories.length === 0 && totals.events > 0 && rulesRun > 0)
    yield `${wrapAfter('', noStory(findings), style.width, 0)}\n`;
}

/** One line in the place of a story. It says not that nothing was found above findings that say otherwise. */
function noStory(findings: Timeline['findings']): string {
  const grave = findings.filter(({ level }) => levelRank(level) >= levelRank('high')).length;
  return grave === 0
    ? NO_STORY
    : `No break-in seen, but ${grave} ${grave === 1 ? 'finding' : 'findings'} of level high or above below: look at ${grave === 1 ? 'it' : 'them'} first.`;
}

/** What stands in the place of a story where there is none. */
const NO_STORY =
  'No break-in seen: looked for logins after guessing, web shells, rights gained, ways back in, theft and traces removed.';

/** The lines of one story; what does not fit is left out and counted. */
function storyLines(
  story: Story,
  mostLines: number,
  files: readonly { path: string }[],
  style: Style,
): readonly string[] {
  const nameOf = shortNames(files.map(({ path }) => path));
  const headline = headlineLines(story, style);
  const render = (statement: Statement, most: number): string[] =>
    statementLines(statement, most, nameOf, style);
  const parts = story.statements.map((statement) => {
    const most = Math.min(statement.items.length, MOST_ITEMS);
    return { statement, most, lines: render(statement, most) };
  });
  if (mostLines === Number.POSITIVE_INFINITY)
    return [...headline, ...story.statements.flatMap((one) => render(one, one.items.length))];
  const shrink = (part: (typeof parts)[number] | undefined): boolean => {
    if (part === undefined) return false;
    part.most -= 1;
    part.lines = part.most === 0 ? [] : render(part.statement, part.most);
    return true;
  };
  const isOver = (): boolean =>
    headline.length + parts.reduce((sum, { lines }) => sum + lines.length, 0) > mostLines;
  const longest = (least: (label: string) => number): (typeof parts)[number] | undefined =>
    parts
      .filter(({ statement, most }) => most > least(statement.label))
      .sort((a, b) => b.lines.length - a.lines.length || b.most - a.most)[0];
  while (isOver()) {
    const isShrunk =
      shrink(longest((label) => KEPT[label] ?? 1)) ||
      shrink(longest((label) => (KEPT[label] === undefined ? 0 : Number.POSITIVE_INFINITY))) ||
      shrink(longest((label) => LEAST_KEPT[label] ?? 1)) ||
      shrink(
        longest((label) => (label === 'In' || label === 'As' ? Number.POSITIVE_INFINITY : 1)),
      ) ||
      shrink(longest(() => 1));
    if (!isShrunk) break;
  }
  // What was taken away in whole lines may have left room for something shorter.
  for (const label of GROWING) {
    const part = parts.find(({ statement, most }) => statement.label === label && most > 0);
    while (part !== undefined && part.most < part.statement.items.length) {
      const lines = part.lines;
      part.most += 1;
      part.lines = render(part.statement, part.most);
      if (!isOver()) continue;
      part.most -= 1;
      part.lines = lines;
      break;
    }
  }
  return [...headline, ...parts.flatMap(({ lines }) => lines)];
}

/** Clauses that stay before whole statements go; a reader misses those statements least that are not here. */
const KEPT: Readonly<Record<string, number>> = {
  Who: 4,
  In: 3,
  As: 5,
  Stays: 4,
  Took: 4,
  Hid: 3,
  Harmed: 2,
  Open: 4,
};
/** What gets room first. */
const GROWING = ['In', 'Took', 'Stays', 'Hid', 'Harmed', 'As', 'Open'];
/** Clauses that stay before others go altogether. */
const LEAST_KEPT: Readonly<Record<string, number>> = {
  Who: 2,
  In: 3,
  As: 5,
  Stays: 2,
  Took: 4,
  Hid: 2,
  Open: 4,
};

function headlineLines({ title, firstUs, lastUs }: Story, style: Style): string[] {
  const span =
    firstUs === undefined || lastUs === undefined
      ? ''
      : `, ${showDay(firstUs, style)} to ${showDay(lastUs, style)} ${style.zone ?? 'UTC'} (${durationText((lastUs - firstUs) / 1_000)})`;
  return wrap(title + span, style.width).map((line) => style.paint.bold(line));
}

type NameOf = (path: string) => string;

function statementLines(
  statement: Statement,
  most: number,
  nameOf: NameOf,
  style: Style,
): string[] {
  const { label, items, further } = statement;
  const shown = heaviest(items, most);
  const left = items.length - shown.length + further;
  const more = left > 0 ? `and ${left} more` : '';
  const body = IN_LINES.has(label)
    ? [...shown.flatMap((item) => lineOf(item, nameOf, style)), ...(more === '' ? [] : [more])]
    : flowOf(statement, shown, more, nameOf, style);
  return body.map((line, index) => {
    const head = (index === 0 ? label : '').padEnd(LABEL_WIDTH);
    return `${index === 0 ? head.replace(label, () => style.paint.bold(label)) : head}${line}`;
  });
}

/** In the order in which they come. */
function heaviest(items: readonly StoryItem[], most: number): readonly StoryItem[] {
  if (items.length <= most) return items;
  const chosen = new Set(
    [...items].sort((a, b) => (b.weight ?? 0) - (a.weight ?? 0)).slice(0, most),
  );
  return items.filter((item) => chosen.has(item));
}

/** What follows so soon has no time of its own. */
const SAME_TIME_US = 300_000_000;

/** Clauses one after the other, the first place behind them. */
function flowOf(
  { joint, label }: Statement,
  items: readonly StoryItem[],
  more: string,
  nameOf: NameOf,
  style: Style,
): string[] {
  let shownUs = Number.NEGATIVE_INFINITY;
  const isTimed = items.map(({ atUs }) => {
    if (label === 'Who' || atUs === undefined || atUs - shownUs < SAME_TIME_US) return false;
    shownUs = atUs;
    return true;
  });
  const shownBefore = (index: number): number | undefined =>
    index === 0 ? undefined : items[isTimed.lastIndexOf(true, index - 1)]?.atUs;
  const clauses = items.map((item, index) => {
    const time = isTimed[index] === true ? showTime(item.atUs!, shownBefore(index), style) : '';
    // Whoever acted, the first place says where they were first seen.
    const isFirst = items.findIndex(({ place }) => place !== undefined) === index;
    const place = item.place !== undefined && isFirst ? placeText(item.place, nameOf) : '';
    const notes = [time, place].filter((note) => note !== '').join(', ');
    return `${item.text}${notes === '' ? '' : ` (${notes})`}`;
  });
  const text =
    clauses.join(joint) + (more === '' ? '' : `${joint === ' > ' ? ', ' : joint}${more}`);
  return wrap(text, style.width - LABEL_WIDTH);
}

/** One clause with time and place, in lines of its own. */
function lineOf(item: StoryItem, nameOf: NameOf, style: Style): string[] {
  const time = item.atUs === undefined ? '' : `${showDay(item.atUs, style)}  `;
  const width = style.width - LABEL_WIDTH;
  const place = item.place === undefined ? '' : placeText(item.place, nameOf);
  const lines = wrapAfter(time, item.text, width, time.length).split('\n');
  if (place === '') return lines;
  const last = lines.at(-1) ?? '';
  if (last.length + 2 + place.length <= width)
    return [
      ...lines.slice(0, -1),
      `${last}${style.paint.dim(place.padStart(width - last.length))}`,
    ];
  if (width - place.length < LEAST_TEXT) return [...lines, ...wrap(place, width)];
  return [...lines, style.paint.dim(place.padStart(width))];
}

/** Line 0: the file changed since it was read. */
const placeText = ({ file, line }: Evidence, nameOf: NameOf): string =>
  line === 0 ? nameOf(file) : `${nameOf(file)}:${line}`;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function localDate(micros: number, { offsetAt }: Style): Date {
  const ms = micros / 1_000;
  return new Date(ms + (offsetAt?.(ms) ?? 0) * 60_000);
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');
const dayText = (date: Date): string => `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
const clockText = (date: Date): string =>
  `${twoDigits(date.getUTCHours())}:${twoDigits(date.getUTCMinutes())}`;

/** `16 Nov 20:08` */
function showDay(micros: number, style: Style): string {
  const date = localDate(micros, style);
  return Number.isNaN(date.getTime())
    ? 'no date'
    : `${dayText(date).padStart(6)} ${clockText(date)}`.trim();
}

/** `20:08`, with the day where it is another than that before. */
function showTime(micros: number, before: number | undefined, style: Style): string {
  const date = localDate(micros, style);
  const isSameDay = before !== undefined && dayText(localDate(before, style)) === dayText(date);
  return isSameDay ? clockText(date) : showDay(micros, style);
}
