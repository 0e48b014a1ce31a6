/** Who did what when, a lane each: SVG, the same in the program and in the page. */
import { LEVELS } from '../../events/level.ts';
import { grouped, plural } from '../../events/words.ts';
import { type Html, html } from '../html.ts';
import { px, timeTicks } from './scale.ts';

/** What happened in one lane. */
export interface Lane {
  name: string;
  /** Per stretch of time: how many, and the rank of the gravest; 9: none is a finding. */
  cells: readonly { count: number; rank: number }[];
}

/** Lanes over one stretch of time. */
export interface Lanes {
  startUs: number;
  endUs: number;
  lanes: readonly Lane[];
}

const WIDTH = 960;
const LEFT = 150;
const PLOT_WIDTH = WIDTH - LEFT - 8;
const ROW = 26;
/** Cells of a lane. */
export const LANE_CELLS = 200;

/** Empty lanes with these names, and what counts an item in. */
export function laneCounter(
  names: readonly string[],
  startUs: number,
  endUs: number,
): { lanes: Lane[]; add(lane: number, atUs: number, untilUs: number, rank: number): void } {
  const cells = names.map(() => Array.from({ length: LANE_CELLS }, () => ({ count: 0, rank: -1 })));
  const scale = LANE_CELLS / Math.max(1, endUs - startUs);
  const add = (lane: number, atUs: number, untilUs: number, rank: number): void => {
    const row = cells[lane];
    if (row === undefined || untilUs < startUs || atUs > endUs) return;
    const first = Math.max(0, Math.floor((atUs - startUs) * scale));
    const last = Math.min(LANE_CELLS - 1, Math.floor((untilUs - startUs) * scale));
    for (let at = Math.min(first, LANE_CELLS - 1); at <= last; at += 1) {
      const cell = row[at]!;
      // What lasted is one thing, where it began; but it is shown all along.
      if (at === first) cell.count += 1;
      const graver = rank === 9 ? 9 : Math.max(cell.rank === 9 ? -1 : cell.rank, rank);
      if (cell.rank === -1 || graver !== 9) cell.rank = graver;
    }
  };
  return { lanes: names.map((name, index) => ({ name, cells: cells[index]! })), add };
}

/** The chart. */
export function lanesSvg({ startUs, endUs, lanes }: Lanes): Html {
  const bottom = 8 + lanes.length * ROW;
  const x = (us: number): number =>
    px(LEFT + ((us - startUs) / Math.max(1, endUs - startUs)) * PLOT_WIDTH);
  return html`<svg class="chart lanes" viewBox="0 0 ${WIDTH} ${bottom + 22}" role="img" aria-label="${labelOf(lanes)}">
${timeTicks(startUs, endUs, 7).map(
  ({
    atUs,
    text,
  }) => html`<line class="grid" x1="${x(atUs)}" x2="${x(atUs)}" y1="4" y2="${bottom}"/><text class="tick" x="${x(atUs)}" y="${bottom + 16}" text-anchor="middle">${text}</text>
`,
)}${lanes.map(laneRow)}</svg>`;
}

function laneRow({ name, cells }: Lane, index: number): Html {
  const top = 8 + index * ROW;
  const width = PLOT_WIDTH / LANE_CELLS;
  const bars: Html[] = [];
  for (let at = 0; at < cells.length; ) {
    const { rank } = cells[at]!;
    let end = at + 1;
    while (end < cells.length && cells[end]!.rank === rank && rank !== -1) end += 1;
    if (rank !== -1) {
      const kind = rank === 9 ? 'plain' : `level-${LEVELS[rank]}`;
      bars.push(
        html`<rect class="${kind}" x="${px(LEFT + at * width)}" y="${top + 3}" width="${px(Math.max(2, (end - at) * width))}" height="${ROW - 8}"/>`,
      );
    }
    at = end;
  }
  const shown = name.length > 22 ? `…${name.slice(-21)}` : name;
  return html`<line class="grid" x1="${LEFT}" x2="${WIDTH - 8}" y1="${top + ROW - 3}" y2="${top + ROW - 3}"/><text class="name" x="${LEFT - 8}" y="${top + 17}" text-anchor="end">${shown}<title>${name}</title></text>${bars}
`;
}

const labelOf = (lanes: readonly Lane[]): string =>
  lanes
    .map(({ name, cells }) => {
      const count = cells.reduce((sum, cell) => sum + cell.count, 0);
      return `${name}: ${count === 0 ? 'nothing' : plural(count, 'row')}`;
    })
    .join('; ')
    .concat(lanes.length > 12 ? `; ${grouped(lanes.length)} lanes` : '');
