/** ATT&CK's tactics as columns, with the techniques that findings show. */
import { LEVELS } from '../events/level.ts';
import { TACTICS, tacticName } from '../events/tactics.ts';
import { plural } from '../events/words.ts';
import { type Html, html } from './html.ts';
import type { PageItem } from './page-item.ts';

interface Cell {
  id: string;
  findings: number;
  rank: number;
}

/** What ATT&CK says of a technique. */
export interface TechniqueFacts {
  nameOf(technique: string): string | undefined;
  /** Slugs of its tactics; none for one that is not known. */
  tacticsOf(technique: string): readonly string[];
}

/** Techniques by tactic: of those that ATT&CK puts it under, the ones that the rule names; where it names none of them, the first. */
export function matrixOf(
  items: readonly PageItem[],
  { tacticsOf }: Pick<TechniqueFacts, 'tacticsOf'>,
): { tactic: string; cells: Cell[] }[] {
  const columns = new Map<string, Map<string, Cell>>();
  const count = (tactic: string, id: string, rank: number): void => {
    const column = columns.get(tactic) ?? new Map<string, Cell>();
    columns.set(tactic, column);
    const cell = column.get(id) ?? { id, findings: 0, rank: 0 };
    cell.findings += 1;
    cell.rank = Math.max(cell.rank, rank);
    column.set(id, cell);
  };
  for (const { tactics, techniques, level } of items) {
    if (level === undefined) continue;
    const rank = LEVELS.indexOf(level);
    for (const id of techniques) {
      const possible = tacticsOf(id);
      const named = possible.filter((tactic) => tactics.includes(tactic));
      const under = named.length > 0 ? named : [possible[0] ?? tactics[0] ?? ''];
      for (const tactic of under) count(tactic, id, rank);
    }
    if (techniques.length === 0 && tactics[0] !== undefined) count(tactics[0], '', rank);
  }
  const known = Object.keys(TACTICS);
  const order = [...known, ...[...columns.keys()].filter((one) => !known.includes(one)).sort()];
  return order.flatMap((tactic) => {
    const column = columns.get(tactic);
    return column === undefined
      ? []
      : [{ tactic, cells: [...column.values()].sort((a, b) => (a.id < b.id ? -1 : 1)) }];
  });
}

/** The matrix; nothing where no finding names a technique. */
export function matrixFigure(items: readonly PageItem[], facts: TechniqueFacts): Html | undefined {
  const columns = matrixOf(items, facts);
  if (columns.length === 0) return undefined;
  return html`<div class="matrix" role="region" tabindex="0" aria-label="ATT&amp;CK tactics">${columns.map(
    ({
      tactic,
      cells,
    }) => html`<div class="tactic"><h3>${tactic === '' ? 'No tactic' : tacticName(tactic)}</h3>
<ul>${cells.map((cell) => cellItem(cell, facts))}</ul></div>
`,
  )}</div>`;
}

const cellItem = ({ id, findings, rank }: Cell, { nameOf }: TechniqueFacts): Html =>
  html`<li class="edge-${LEVELS[rank]}"${id === '' ? null : html` data-technique="${id}"`}><b>${id === '' ? 'No technique named' : (nameOf(id) ?? id)}</b> <span>${id === '' ? '' : `${id}, `}${plural(findings, 'finding')}</span></li>
`;
