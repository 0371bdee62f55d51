import type { CoverageMap } from '../../../../queries/coverage-map/document.ts';
import { onColorChange } from '../colors.ts';
import { createDecoder } from './cells.ts';
import { drawCells, drawCursor, drawLabels, measureGutter, readColors } from './draw.ts';
import { followPointer } from './pointer.ts';
import {
  cellAt,
  centerRow,
  clampViewport,
  fitViewport,
  header,
  moveCell,
  revealCell,
  zoomViewport,
} from './viewport.ts';
import type { Cell, Extent, Viewport } from './viewport.ts';

export interface HeatMap {
  zoom(factor: number): void;
  /** Shows all sessions, and rows as high as fit, at least one pixel each. */
  fit(): void;
  moveCursor(rows: number, sessions: number): void;
  selectCursor(): void;
  scrollToRow(row: number): void;
  dispose(): void;
}

export interface HeatMapListener {
  /** Called with the cell under the cursor; null for none. */
  readonly onHover: (cell: Cell | null) => void;
  readonly onSelect: (cell: Cell) => void;
}

/** Draws symbols × sessions. Only what is visible is decoded and drawn, so that the size of the lake does not matter. */
export function createHeatMap(canvas: HTMLCanvasElement, map: CoverageMap, listener: HeatMapListener): HeatMap {
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('this browser draws no canvas');
  const pen: CanvasRenderingContext2D = context;
  const cellsOf = createDecoder(map);
  let colors = readColors(canvas, map);
  let ratio = 1;
  let extent: Extent = measure();
  let viewport: Viewport = fitViewport(extent);
  let frame = 0;
  let cursor: Cell | null = null;
  let image: ImageData | null = null;

  function measure(): Extent {
    const box = canvas.getBoundingClientRect();
    ratio = Math.min(2, window.devicePixelRatio);
    const [width, height] = [Math.max(60, Math.round(box.width)), Math.max(60, Math.round(box.height))];
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const gutter = measureGutter(pen, map, colors);
    return { width, height, gutter, rows: map.rows.names.length, sessions: map.sessions.length };
  }

  function requestDraw(): void {
    if (frame !== 0) return;
    frame = window.requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  }

  function draw(): void {
    const { width, height, gutter } = extent;
    const drawing = { map, cellsOf, colors, ratio };
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = colors.background;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    const imageWidth = Math.max(1, Math.round((width - gutter) * ratio));
    const imageHeight = Math.max(1, Math.round((height - header) * ratio));
    if (image?.width !== imageWidth || image.height !== imageHeight)
      image = pen.createImageData(imageWidth, imageHeight);
    drawCells(image, viewport, drawing);
    pen.putImageData(image, Math.round(gutter * ratio), Math.round(header * ratio));
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawLabels(pen, viewport, extent, drawing);
    if (cursor !== null) drawCursor(pen, viewport, extent, colors, cursor);
  }

  function show(next: Viewport): void {
    viewport = next;
    requestDraw();
  }

  function hover(cell: Cell | null): void {
    cursor = cell;
    listener.onHover(cell);
    requestDraw();
  }

  const stopPointer = followPointer(canvas, {
    getViewport: () => viewport,
    cellAt: (x, y) => cellAt(viewport, extent, x, y),
    onMove: (left, top) => show(clampViewport({ ...viewport, left, top }, extent)),
    onHover: hover,
    onSelect(cell) {
      hover(cell);
      listener.onSelect(cell);
    },
    onZoom: (factor, x, y) =>
      show(zoomViewport(viewport, extent, { factor, x: Math.max(0, x - extent.gutter), y: Math.max(0, y - header) })),
  });
  const stopColors = onColorChange(() => {
    colors = readColors(canvas, map);
    requestDraw();
  });
  const observer = new ResizeObserver(() => {
    extent = measure();
    show(clampViewport(viewport, extent));
  });
  observer.observe(canvas);
  requestDraw();

  return {
    zoom(factor) {
      const [x, y] = [(extent.width - extent.gutter) / 2, (extent.height - header) / 2];
      show(zoomViewport(viewport, extent, { factor, x, y }));
    },
    fit: () => show(fitViewport(extent)),
    moveCursor(rows, sessions) {
      const first = { row: Math.floor(viewport.top / viewport.rowHeight), session: map.sessions.length - 1 };
      const next = cursor === null ? first : moveCell(cursor, extent, { row: rows, session: sessions });
      viewport = revealCell(viewport, extent, next);
      hover(next);
    },
    selectCursor() {
      if (cursor !== null) listener.onSelect(cursor);
    },
    scrollToRow(row) {
      const cell = { row, session: map.sessions.length - 1 };
      viewport = revealCell(centerRow(viewport, extent, row), extent, cell);
      hover(cell);
    },
    dispose() {
      window.cancelAnimationFrame(frame);
      observer.disconnect();
      stopPointer();
      stopColors();
    },
  };
}
