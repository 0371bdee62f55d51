import { html } from '../../platform/html.js';
import type { Html } from '../../platform/html.js';
import type { RequestId } from '../../core/request.js';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { pluralize } from '../../platform/format.js';
import type { LineageResult } from './query-lineage.js';
import { groupBy } from '../../platform/group-by.js';
import { countSeriesRows, formatRowCount } from './coalesced-windows.js';

const boxWidth = 168;
const boxHeight = 50;
const columnWidth = 232;
const rowHeight = 74;

/** Draws the tables as boxes, with an arrow to each table whose requests depend on another one. */
export function renderFlowChart(result: LineageResult): Html {
  const { names, edges } = findTableEdges(result);
  const depth = computeDepths(names, edges);
  const seriesByDataset = groupBy(result.datasets, ({ dataset }) => dataset);
  const rowsUsed = new Map<number, number>();
  const positions = new Map<Dataset, { readonly x: number; readonly y: number }>();
  for (const name of names) {
    const column = depth.get(name) ?? 0;
    const row = rowsUsed.get(column) ?? 0;
    rowsUsed.set(column, row + 1);
    positions.set(name, { x: 2 + column * columnWidth, y: 2 + row * rowHeight });
  }
  const width = Math.max(0, ...[...positions.values()].map(({ x }) => x)) + boxWidth + 2;
  const height = Math.max(0, ...[...positions.values()].map(({ y }) => y)) + boxHeight + 2;
  const arrows = edges.flatMap(([from, to]) => {
    const [a, b] = [positions.get(from), positions.get(to)];
    return a === undefined || b === undefined
      ? []
      : [renderArrow(a.x + boxWidth, a.y + boxHeight / 2, b.x, b.y + boxHeight / 2)];
  });
  const boxes = names.flatMap((name) => {
    const position = positions.get(name);
    const series = seriesByDataset.get(name) ?? [];
    const caption =
      series.length === 0
        ? 'upstream of these rows'
        : `${pluralize(series.length, 'series', 'series')}, ${formatRowCount(countSeriesRows(series))}`;
    return position === undefined ? [] : [renderBox(name, caption, position.x, position.y)];
  });
  return html`<div class="scroll" style="padding:1rem">
    <svg
      viewBox="0 0 ${width} ${height}"
      width="${width}"
      height="${height}"
      style="width:${width}px"
      role="img"
      aria-label="Data flow between tables"
    >
      ${arrows} ${boxes}
    </svg>
  </div>`;
}

function findTableEdges(result: LineageResult): {
  readonly names: readonly Dataset[];
  readonly edges: readonly (readonly [Dataset, Dataset])[];
} {
  const datasetByRequest = new Map<RequestId, Dataset>(
    result.upstream.map(({ requestId, dataset }) => [requestId, dataset]),
  );
  const edges = new Map<string, readonly [Dataset, Dataset]>();
  const link = (ids: readonly RequestId[], to: Dataset): void => {
    for (const id of ids) {
      const from = datasetByRequest.get(id);
      if (from !== undefined && from !== to) edges.set(`${from} ${to}`, [from, to]);
    }
  };
  for (const { dataset, upstream } of result.upstream) link(upstream, dataset);
  for (const { dataset, windows } of result.datasets) for (const { upstream } of windows) link(upstream, dataset);
  const named = new Set([...result.datasets.map(({ dataset }) => dataset), ...datasetByRequest.values()]);
  return { names: datasets.filter((dataset) => named.has(dataset)), edges: [...edges.values()] };
}

/** Computes the column of each table: the length of the longest path to it. Cycles between tables are cut. */
function computeDepths(
  names: readonly Dataset[],
  edges: readonly (readonly [Dataset, Dataset])[],
): ReadonlyMap<Dataset, number> {
  const depths = new Map<Dataset, number>(names.map((name) => [name, 0]));
  const relaxEdges = (): void => {
    for (const [from, to] of edges) {
      depths.set(to, Math.min(names.length, Math.max(depths.get(to) ?? 0, (depths.get(from) ?? 0) + 1)));
    }
  };
  // The longest path has fewer edges than there are tables.
  names.forEach(relaxEdges);
  return depths;
}

function renderArrow(x1: number, y1: number, x2: number, y2: number): Html {
  const controlOffset = (x2 - x1) / 2;
  return html`<path
      d="M${x1} ${y1}C${x1 + controlOffset} ${y1} ${x2 - controlOffset} ${y2} ${x2 - 5} ${y2}"
      fill="none"
      stroke="var(--calm)"
      stroke-width="1.6"
    />
    <path d="M${x2 - 8} ${y2 - 4}L${x2 - 1} ${y2}L${x2 - 8} ${y2 + 4}z" fill="var(--calm)" />`;
}

function renderBox(name: string, caption: string, x: number, y: number): Html {
  return html`<rect
      x="${x}"
      y="${y}"
      width="${boxWidth}"
      height="${boxHeight}"
      rx="8"
      fill="var(--faint)"
      stroke="var(--line)"
    />
    <text x="${x + 12}" y="${y + 21}" fill="var(--ink)" font-size="14" font-weight="600">${name}</text>
    <text x="${x + 12}" y="${y + 39}" fill="var(--quiet)" font-size="12">${caption}</text>`;
}
