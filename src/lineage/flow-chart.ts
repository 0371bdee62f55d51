import { html } from '../core/html.js';
import type { Html } from '../core/html.js';
import type { RequestId } from '../core/request.js';
import { datasets } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import { plural } from '../core/words.js';
import type { LineageAnswer } from './answer.js';
import { grouped } from './grouped.js';
import { rowsOf, rowsText } from './stretches.js';

const boxWidth = 168;
const boxHeight = 50;
const columnWidth = 232;
const rowHeight = 74;

/** Which table's answers led to which table's requests, as boxes and arrows, sources on the left. */
export function flowChart(answer: LineageAnswer): Html {
  const { names, edges } = tableEdges(answer);
  const depth = depthsOf(names, edges);
  const held = grouped(answer.datasets, ({ dataset }) => dataset);
  const rowsUsed = new Map<number, number>();
  const places = new Map<Dataset, { readonly x: number; readonly y: number }>();
  for (const name of names) {
    const column = depth.get(name) ?? 0;
    const row = rowsUsed.get(column) ?? 0;
    rowsUsed.set(column, row + 1);
    places.set(name, { x: 2 + column * columnWidth, y: 2 + row * rowHeight });
  }
  const width = Math.max(0, ...[...places.values()].map(({ x }) => x)) + boxWidth + 2;
  const height = Math.max(0, ...[...places.values()].map(({ y }) => y)) + boxHeight + 2;
  const arrows = edges.flatMap(([from, to]) => {
    const [a, b] = [places.get(from), places.get(to)];
    return a === undefined || b === undefined
      ? []
      : [arrow(a.x + boxWidth, a.y + boxHeight / 2, b.x, b.y + boxHeight / 2)];
  });
  const boxes = names.flatMap((name) => {
    const place = places.get(name);
    const series = held.get(name) ?? [];
    const note =
      series.length === 0
        ? 'led to these rows'
        : `${plural(series.length, 'series', 'series')}, ${rowsText(rowsOf(series))}`;
    return place === undefined ? [] : [box(name, note, place.x, place.y)];
  });
  return html`<div class="scroll" style="padding:1rem">
    <svg
      viewBox="0 0 ${width} ${height}"
      width="${width}"
      height="${height}"
      style="width:${width}px"
      role="img"
      aria-label="Which answers led to which requests"
    >
      ${arrows} ${boxes}
    </svg>
  </div>`;
}

function tableEdges(answer: LineageAnswer): {
  readonly names: readonly Dataset[];
  readonly edges: readonly (readonly [Dataset, Dataset])[];
} {
  const tableOf = new Map<RequestId, Dataset>(answer.upstream.map(({ requestId, dataset }) => [requestId, dataset]));
  const edges = new Map<string, readonly [Dataset, Dataset]>();
  const link = (ids: readonly RequestId[], to: Dataset): void => {
    for (const id of ids) {
      const from = tableOf.get(id);
      if (from !== undefined && from !== to) edges.set(`${from} ${to}`, [from, to]);
    }
  };
  for (const { dataset, upstream } of answer.upstream) link(upstream, dataset);
  for (const { dataset, windows } of answer.datasets) for (const { upstream } of windows) link(upstream, dataset);
  const named = new Set([...answer.datasets.map(({ dataset }) => dataset), ...tableOf.values()]);
  return { names: datasets.filter((dataset) => named.has(dataset)), edges: [...edges.values()] };
}

/** How many tables lead up to each; a circle, which only tables could have and requests cannot, ends the count. */
function depthsOf(
  names: readonly Dataset[],
  edges: readonly (readonly [Dataset, Dataset])[],
): ReadonlyMap<Dataset, number> {
  const depths = new Map<Dataset, number>(names.map((name) => [name, 0]));
  const pass = (): void => {
    for (const [from, to] of edges) {
      depths.set(to, Math.min(names.length, Math.max(depths.get(to) ?? 0, (depths.get(from) ?? 0) + 1)));
    }
  };
  // The longest way has fewer arrows than there are tables.
  names.forEach(pass);
  return depths;
}

function arrow(x1: number, y1: number, x2: number, y2: number): Html {
  const bend = (x2 - x1) / 2;
  return html`<path
      d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 5} ${y2}"
      fill="none"
      stroke="var(--calm)"
      stroke-width="1.6"
    />
    <path d="M${x2 - 8} ${y2 - 4}L${x2 - 1} ${y2}L${x2 - 8} ${y2 + 4}z" fill="var(--calm)" />`;
}

function box(name: string, note: string, x: number, y: number): Html {
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
    <text x="${x + 12}" y="${y + 39}" fill="var(--quiet)" font-size="12">${note}</text>`;
}
