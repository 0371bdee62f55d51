import type { JSX } from 'preact';

export interface GraphNode {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly detail: string;
  readonly tone: string;
  readonly href?: string;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

const nodeWidth = 168;
const nodeHeight = 62;
const gapX = 44;
const gapY = 16;

/** Draws a graph from left to right: each node in the column after the last of those it depends on. */
export function Graph(props: {
  readonly label: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}): JSX.Element {
  const { nodes, edges } = props;
  const placed = place(nodes, edges);
  const width = Math.max(...[...placed.values()].map(({ x }) => x), 0) + nodeWidth + 2;
  const nodesHeight = Math.max(...[...placed.values()].map(({ y }) => y), 0) + nodeHeight + 2;
  const long = edges.filter(({ from, to }) => isLong(placed.get(from), placed.get(to)));
  const height = nodesHeight + long.length * laneHeight;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={props.label}>
      <svg
        class="graph"
        width={width}
        height={height}
        viewBox={`0 0 ${String(width)} ${String(height)}`}
        role="group"
        aria-label={describe(props)}
      >
        {edges.map(({ from, to }) => {
          const [a, b] = [placed.get(from), placed.get(to)];
          if (a === undefined || b === undefined) return null;
          const [x0, y0, x1, y1] = [a.x + nodeWidth, a.y + nodeHeight / 2, b.x, b.y + nodeHeight / 2];
          const lane = long.findIndex((edge) => edge.from === from && edge.to === to);
          const path =
            lane < 0 ? drawShort([x0, y0, x1, y1]) : drawLong([x0, y0, x1, y1], nodesHeight + lane * laneHeight);
          return <path key={`${from} ${to}`} class="edge" d={path} />;
        })}
        {nodes.map((node) => {
          const at = placed.get(node.id);
          if (at === undefined) return null;
          const body = (
            <>
              <rect x={at.x + 1} y={at.y + 1} width={nodeWidth} height={nodeHeight} rx={5} />
              <rect class={`mark ${node.tone}`} x={at.x + 1} y={at.y + 1} width={4} height={nodeHeight} rx={2} />
              <text x={at.x + 14} y={at.y + 20} class="title">
                {shorten(node.title, 23)}
              </text>
              <text x={at.x + 14} y={at.y + 36} class="quiet">
                {shorten(node.note, 27)}
              </text>
              <text x={at.x + 14} y={at.y + 52} class="quiet">
                {shorten(node.detail, 27)}
              </text>
            </>
          );
          return (
            <g key={node.id} class="node">
              <title>{`${node.title}: ${node.note}${node.detail === '' ? '' : `, ${node.detail}`}`}</title>
              {node.href === undefined ? body : <a href={node.href}>{body}</a>}
            </g>
          );
        })}
      </svg>
    </div>
  );
}

/** The space below the nodes for each edge that skips a column. */
const laneHeight = 10;

interface Place {
  readonly x: number;
  readonly y: number;
}

function isLong(from: Place | undefined, to: Place | undefined): boolean {
  return from !== undefined && to !== undefined && to.x - from.x > nodeWidth + gapX;
}

type Line = readonly [x0: number, y0: number, x1: number, y1: number];

function drawShort([x0, y0, x1, y1]: Line): string {
  const middle = String((x0 + x1) / 2);
  return `M${String(x0)} ${String(y0)} C${middle} ${String(y0)} ${middle} ${String(y1)} ${String(x1)} ${String(y1)}`;
}

/** Down into a lane below all nodes, along it, and up: a line behind nodes would seem to end at them. */
function drawLong([x0, y0, x1, y1]: Line, lane: number): string {
  const [near, far] = [x0 + gapX / 2, x1 - gapX / 2];
  return [
    `M${String(x0)} ${String(y0)}`,
    `C${String(near)} ${String(y0)} ${String(x0 + 6)} ${String(lane)} ${String(near + 12)} ${String(lane)}`,
    `L${String(far - 12)} ${String(lane)}`,
    `C${String(x1 - 6)} ${String(lane)} ${String(far)} ${String(y1)} ${String(x1)} ${String(y1)}`,
  ].join(' ');
}

function place(
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  const depths = new Map<string, number>();
  const depthOf = (id: string, path: ReadonlySet<string>): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    if (path.has(id)) return 0;
    const before = edges.filter(({ to }) => to === id).map(({ from }) => depthOf(from, new Set([...path, id])));
    const depth = before.length === 0 ? 0 : Math.max(...before) + 1;
    depths.set(id, depth);
    return depth;
  };
  const used = new Map<number, number>();
  return new Map(
    nodes.map(({ id }) => {
      const column = depthOf(id, new Set());
      const row = used.get(column) ?? 0;
      used.set(column, row + 1);
      return [id, { x: column * (nodeWidth + gapX), y: row * (nodeHeight + gapY) }];
    }),
  );
}

/** The graph in words, for readers that see none. */
function describe({ label, nodes, edges }: Parameters<typeof Graph>[0]): string {
  const parts = nodes.map(({ id, title, detail }) => {
    const needs = edges.filter(({ to }) => to === id).map(({ from }) => from);
    return `${title}${detail === '' ? '' : ` (${detail})`}${needs.length === 0 ? '' : ` after ${needs.join(' and ')}`}`;
  });
  return `${label}: ${parts.join('; ')}`;
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
