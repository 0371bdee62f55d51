import type { CoverageMap } from '../../../../queries/coverage-map/document.ts';
import { readColor } from '../colors.ts';
import { header } from './viewport.ts';
import type { Cell, Extent, Viewport } from './viewport.ts';

/** What the drawing needs of the map. */
export interface Drawing {
  readonly map: CoverageMap;
  readonly cellsOf: (pattern: number) => Uint8Array;
  readonly colors: Colors;
  /** Pixels of the canvas for one of the page. */
  readonly ratio: number;
}

export interface Colors {
  readonly background: string;
  readonly text: string;
  readonly quiet: string;
  readonly font: string;
  /** By the position of the state in the legend. */
  readonly packed: Uint32Array;
  readonly packedBackground: number;
}

export function readColors(element: Element, { legend }: CoverageMap): Colors {
  const background = readColor(element, '--panel');
  return {
    background,
    text: readColor(element, '--ink'),
    quiet: readColor(element, '--quiet'),
    font: `11px ${window.getComputedStyle(element).fontFamily}`,
    packed: new Uint32Array(Object.keys(legend).map((state) => pack(readColor(element, `--state-${state}`)))),
    packedBackground: pack(background),
  };
}

/** `#rrggbb` as a pixel of a little-endian image. */
function pack(hex: string): number {
  const value = Number.parseInt(hex.slice(1), 16);
  const [red, green, blue] = [(value >> 16) & 255, (value >> 8) & 255, value & 255];
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** Writes the visible cells into an image. Of several sessions in one pixel, the most urgent state is shown. */
export function drawCells(image: ImageData, viewport: Viewport, { map, cellsOf, colors, ratio }: Drawing): void {
  const { left, top, cellWidth, rowHeight } = viewport;
  const pixels = new Uint32Array(image.data.buffer);
  pixels.fill(colors.packedBackground);
  const rowGap = rowHeight >= 6 ? Math.round(ratio) : 0;
  const line = new Uint32Array(image.width);
  const fillLine = cellWidth * ratio >= 1 ? fillWideCells : fillNarrowCells;
  for (let row = Math.floor(top / rowHeight); row < map.rows.names.length; row++) {
    const y0 = Math.round((row * rowHeight - top) * ratio);
    if (y0 >= image.height) break;
    const y1 = Math.min(image.height, Math.round(y0 + rowHeight * ratio - rowGap));
    line.fill(colors.packedBackground);
    fillLine(line, cellsOf(map.rows.patterns[row] ?? 0), { left, cellWidth, ratio, colors });
    for (let y = Math.max(0, y0); y < y1; y++) pixels.set(line, y * image.width);
  }
}

interface LineOptions {
  readonly left: number;
  readonly cellWidth: number;
  readonly ratio: number;
  readonly colors: Colors;
}

/** One or more pixels for each session. */
function fillWideCells(line: Uint32Array, cells: Uint8Array, { left, cellWidth, ratio, colors }: LineOptions): void {
  const gap = cellWidth >= 6 ? Math.round(ratio) : 0;
  for (let session = Math.floor(left / cellWidth); session < cells.length; session++) {
    const x0 = Math.round((session * cellWidth - left) * ratio);
    if (x0 >= line.length) break;
    const x1 = Math.round(((session + 1) * cellWidth - left) * ratio) - gap;
    line.fill(colors.packed[cells[session] ?? 0] ?? 0, Math.max(0, x0), Math.max(0, Math.min(line.length, x1)));
  }
}

/** Several sessions for each pixel. */
function fillNarrowCells(line: Uint32Array, cells: Uint8Array, { left, cellWidth, ratio, colors }: LineOptions): void {
  const step = 1 / (cellWidth * ratio);
  const offset = left / cellWidth;
  for (let x = 0; x < line.length; x++) {
    const start = Math.floor(offset + x * step);
    if (start >= cells.length) return;
    const end = Math.min(cells.length, Math.max(start + 1, Math.floor(offset + (x + 1) * step)));
    let code = 0;
    for (let session = start; session < end; session++) code = Math.max(code, cells[session] ?? 0);
    line[x] = colors.packed[code] ?? 0;
  }
}

/** Writes the names of visible rows and the dates above them. */
export function drawLabels(
  pen: CanvasRenderingContext2D,
  { left, top, cellWidth, rowHeight }: Viewport,
  { width, height, gutter }: Extent,
  { map, colors }: Drawing,
): void {
  const { names } = map.rows;
  pen.font = colors.font;
  pen.textBaseline = 'middle';
  pen.fillStyle = colors.text;
  pen.textAlign = 'right';
  const step = Math.max(1, Math.ceil(11 / rowHeight));
  for (let row = Math.ceil(top / rowHeight / step) * step; row < names.length; row += step) {
    const y = header + row * rowHeight - top + rowHeight / 2;
    if (y > height - 4) break;
    if (y >= header + 4) pen.fillText(shorten(names[row] ?? ''), gutter - 8, y);
  }
  pen.textAlign = 'left';
  pen.fillStyle = colors.quiet;
  let free = gutter;
  for (let session = Math.floor(left / cellWidth); session < map.sessions.length; session++) {
    const x = gutter + session * cellWidth - left;
    if (x > width - 30) break;
    const label = labelOf(map.sessions, session, cellWidth);
    if (label === null || x < free) continue;
    const labelWidth = pen.measureText(label).width;
    if (x + labelWidth > width) break;
    pen.fillText(label, x, header / 2);
    pen.fillRect(x, header - 5, 1, 4);
    free = x + labelWidth + 12;
  }
}

/** Years, months or days, depending on the zoom: at the first session of each. */
function labelOf(sessions: readonly string[], session: number, cellWidth: number): string | null {
  const date = sessions[session] ?? '';
  const before = session === 0 ? '' : (sessions[session - 1] ?? '');
  if (cellWidth >= 22) return session % 3 === 0 ? date.slice(5) : null;
  if (date.slice(0, 4) !== before.slice(0, 4)) return date.slice(0, cellWidth < 0.6 ? 4 : 7);
  if (cellWidth < 0.6 || date.slice(0, 7) === before.slice(0, 7)) return null;
  return date.slice(0, 7);
}

export function drawCursor(
  pen: CanvasRenderingContext2D,
  { left, top, cellWidth, rowHeight }: Viewport,
  { gutter }: Extent,
  { text }: Colors,
  { row, session }: Cell,
): void {
  const x = gutter + session * cellWidth - left;
  const y = header + row * rowHeight - top;
  if (x + cellWidth < gutter || y + rowHeight < header) return;
  pen.strokeStyle = text;
  pen.lineWidth = 1.5;
  pen.strokeRect(Math.max(gutter, x) - 1, y - 1, Math.max(4, cellWidth) + 1, Math.max(4, rowHeight) + 1);
}

const maxNameLength = 15;

/** The space that the names of the rows need, between bounds. */
export function measureGutter(pen: CanvasRenderingContext2D, { rows }: CoverageMap, { font }: Colors): number {
  pen.font = font;
  let longest = '';
  for (const name of rows.names) if (name.length > longest.length) longest = name;
  return Math.max(44, Math.min(112, Math.ceil(pen.measureText(shorten(longest)).width) + 16));
}

function shorten(text: string): string {
  return text.length <= maxNameLength ? text : `${text.slice(0, maxNameLength - 1)}…`;
}
