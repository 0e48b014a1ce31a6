/** Events by day of the week and hour of the day: what happened at night, and what every morning. */
import { grouped } from '../../events/words.ts';
import { type Html, html } from '../html.ts';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const STEPS = 5;

/** Counts of 7 days from Monday of 24 hours each, in UTC, of things with a time and a number. */
export function hoursOf(items: Iterable<readonly [atUs: number, count: number]>): number[] {
  const hours = new Array<number>(7 * 24).fill(0);
  for (const [atUs, count] of items) {
    // The epoch began on a Thursday.
    const hour = Math.floor(atUs / 3_600_000_000) + 3 * 24;
    hours[((hour % 168) + 168) % 168]! += count;
  }
  return hours;
}

/** The map as a table; its cells are as dark as their logarithm, for one flood would bleach all else. */
export function heatMap(hours: readonly number[], what: string): Html {
  const most = Math.log1p(Math.max(0, ...hours));
  const step = (count: number): number =>
    count === 0 || most === 0 ? 0 : Math.max(1, Math.ceil((Math.log1p(count) / most) * STEPS));
  return html`<table class="heat"><caption>${what} by day of the week and hour of the day (UTC)</caption>
<thead><tr><th scope="col">Day</th>${Array.from({ length: 24 }, (_, hour) => html`<th scope="col">${String(hour).padStart(2, '0')}</th>`)}</tr></thead>
<tbody>${DAYS.map(
    (day, index) =>
      html`<tr><th scope="row"><abbr title="${day}">${day.slice(0, 3)}</abbr></th>${hours
        .slice(index * 24, index * 24 + 24)
        .map((count) => html`<td class="heat-${step(count)}">${short(count)}</td>`)}</tr>
`,
  )}</tbody></table>`;
}

/** In a cell there is room for four letters. */
function short(count: number): string {
  if (count < 1000) return count === 0 ? '' : grouped(count);
  const [value, unit] = count >= 1e6 ? [count / 1e6, 'M'] : [count / 1e3, 'k'];
  return `${value < 10 ? value.toFixed(1).replace('.0', '') : Math.floor(value)}${unit}`;
}
