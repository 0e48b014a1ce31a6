/** Who and what findings name together: a column each for addresses, accounts, hosts and all else. No physics, so it is the same every time. */
import { LEVELS } from '../../events/level.ts';
import { type Html, html } from '../html.ts';
import type { PageItem } from '../page-item.ts';
import { px } from './scale.ts';

const KINDS: readonly { name: string; holds(field: string): boolean }[] = [
  { name: 'Addresses', holds: (field) => /^(?:source|client)\./.test(field) },
  { name: 'Accounts', holds: (field) => /^(?:user|cloud\.account)\./.test(field) },
  {
    name: 'Hosts',
    holds: (field) => /^(?:host|destination|server|container|orchestrator)\./.test(field),
  },
  { name: 'Programs, files and paths', holds: () => true },
];
/** More nobody can tell apart. */
const MOST_NODES = 12;
const MOST_EDGES = 80;
const WIDTH = 960;
const COLUMN = WIDTH / KINDS.length;
const ROW = 28;

interface Node {
  field: string;
  value: string;
  kind: number;
  findings: number;
  rank: number;
}

/** Two that occur in the same findings. */
interface Edge {
  from: Node;
  to: Node;
  findings: number;
}

/** The graph of the entities that most findings name. */
export function entityGraph(items: readonly PageItem[]): { nodes: Node[]; edges: Edge[] } {
  const found = new Map<string, Node>();
  for (const { entities, level } of items) {
    const rank = level === undefined ? -1 : LEVELS.indexOf(level);
    for (const [field, value] of entities) {
      const key = `${field}\0${value}`;
      const node = found.get(key);
      if (node === undefined) {
        const kind = KINDS.findIndex(({ holds }) => holds(field));
        found.set(key, { ...{ field, value, kind, rank }, findings: 1 });
      } else {
        node.findings += 1;
        node.rank = Math.max(node.rank, rank);
      }
    }
  }
  const nodes = KINDS.flatMap((_, kind) =>
    gravest([...found.values()].filter((node) => node.kind === kind)),
  );
  return {
    nodes,
    edges: edgesOf(items, new Map(nodes.map((node) => [`${node.field}\0${node.value}`, node]))),
  };
}

const gravest = (nodes: Node[]): Node[] =>
  nodes
    .sort((a, b) => b.rank - a.rank || b.findings - a.findings || (a.value < b.value ? -1 : 1))
    .slice(0, MOST_NODES);

function edgesOf(items: readonly PageItem[], shown: ReadonlyMap<string, Node>): Edge[] {
  const found = new Map<string, Edge>();
  for (const { entities } of items) {
    const nodes = entities.flatMap(([field, value]) => shown.get(`${field}\0${value}`) ?? []);
    for (const from of nodes) {
      for (const to of nodes) {
        if (from.kind >= to.kind) continue;
        const key = `${from.field}\0${from.value}\0${to.field}\0${to.value}`;
        const edge = found.get(key) ?? { from, to, findings: 0 };
        edge.findings += 1;
        found.set(key, edge);
      }
    }
  }
  return [...found.values()].sort((a, b) => b.findings - a.findings).slice(0, MOST_EDGES);
}

/** The graph as SVG, and as a table for whoever does not see it; nothing where no two things occur together. */
export function graphFigure(items: readonly PageItem[]): Html | undefined {
  const { nodes, edges } = entityGraph(items);
  if (edges.length === 0) return undefined;
  const columns = KINDS.map((_, kind) => nodes.filter((node) => node.kind === kind));
  const height = 34 + Math.max(...columns.map(({ length }) => length)) * ROW;
  const places = new Map<Node, { x: number; y: number }>();
  for (const [kind, column] of columns.entries()) {
    for (const [row, node] of column.entries())
      places.set(node, { x: kind * COLUMN + 14, y: 44 + row * ROW });
  }
  return html`<figure><svg class="chart graph" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="What findings name together; the table below says the same">
${KINDS.map(({ name }, kind) => html`<text class="name head" x="${kind * COLUMN + 6}" y="16">${name}</text>`)}
${edges.map((edge) => curve(edge, places))}
${nodes.map((node) => circle(node, places.get(node)!))}</svg>
${edgeTable(edges)}
<figcaption>Lines join what the same findings name; the thicker, the more of them.</figcaption></figure>`;
}

function curve(
  { from, to, findings }: Edge,
  places: ReadonlyMap<Node, { x: number; y: number }>,
): Html {
  const [a, b] = [places.get(from)!, places.get(to)!];
  const middle = px((a.x + b.x) / 2);
  const rank = Math.min(from.rank, to.rank);
  return html`<path class="edge${rank < 0 ? '' : ` edge-${LEVELS[rank]}`}" d="M${a.x} ${a.y} C${middle} ${a.y} ${middle} ${b.y} ${b.x} ${b.y}" stroke-width="${px(Math.min(7, 1 + Math.log2(findings)))}"/>`;
}

function circle({ field, value, findings, rank }: Node, { x, y }: { x: number; y: number }): Html {
  const shown = value.length > 27 ? `${value.slice(0, 26)}…` : value;
  const kind = rank < 0 ? 'plain' : `level-${LEVELS[rank]}`;
  return html`<g data-value="${value}"><circle class="${kind}" cx="${x}" cy="${y}" r="${px(Math.min(10, 4 + Math.log2(findings + 1)))}"/><text class="node" x="${x + 14}" y="${y + 4}">${shown}</text><title>${field} ${value}: ${findings}</title></g>
`;
}

const edgeTable = (edges: readonly Edge[]): Html => html`<details><summary>As a table</summary>
<table><thead><tr><th scope="col">One</th><th scope="col">Other</th><th scope="col">Findings</th></tr></thead>
<tbody>${edges.map(
  ({ from, to, findings }) =>
    html`<tr><td>${from.value}</td><td>${to.value}</td><td class="number">${findings}</td></tr>
`,
)}</tbody></table></details>`;
