/** The page of the lines behind a figure. */

import { plural } from '../events/words.ts';
import { type Html, html } from '../pages/html.ts';

/** What is looked for. */
export interface LinesAsked {
  /** Sources of the watch. */
  paths: readonly string[];
  /** As `--where` takes it. */
  where: string;
  /** A text that a line has to hold; empty: any. */
  entity: string;
  fromMs: number;
  toMs: number;
}

/** What was found of it, and how the search ended. */
export interface ShownLines {
  lines: readonly { place: string; raw: string }[];
  ending: 'all' | 'more' | 'slow' | 'nothing' | 'busy';
}

const ENDINGS: Readonly<Record<ShownLines['ending'], string>> = {
  all: 'That is all of them.',
  more: 'There are more: a shorter time shows others.',
  slow: 'The search took too long and was ended: a shorter time takes less.',
  nothing:
    'No line that is still in the sources bears a time in this stretch. Figures go by when a line was read, lines by their stamp.',
  busy: 'Another search is at work: load this page again in a moment.',
};

/** Lines with their places. */
export const linesContent = ({
  lines,
  ending,
}: ShownLines): Html => html`<section><h2>${plural(lines.length, 'line', 'lines')}</h2>
<p class="remark">${ENDINGS[ending]}</p>${lines.map(
  ({ place, raw }) => html`<h3>${place}</h3><pre>${raw}</pre>
`,
)}</section>
`;
