/** A cell of the map. */
export interface Cell {
  readonly row: number;
  readonly session: number;
}

/** The size of everything, in pixels of the page and in cells. */
export interface Extent {
  readonly width: number;
  readonly height: number;
  /** The space for the names of rows, on the left. */
  readonly gutter: number;
  readonly rows: number;
  readonly sessions: number;
}

/** The visible part: its first pixels and the size of a cell. */
export interface Viewport {
  readonly left: number;
  readonly top: number;
  readonly cellWidth: number;
  readonly rowHeight: number;
}

/** The space for dates, above. */
export const header = 24;

const minRowHeight = 1;
const maxRowHeight = 22;
const maxCellWidth = 40;

/** Keeps a viewport within the map; cells are at least as wide as all of them need to fill it. */
export function clampViewport({ left, top, cellWidth, rowHeight }: Viewport, extent: Extent): Viewport {
  const { width, height, gutter, rows, sessions } = extent;
  const wide = Math.min(maxCellWidth, Math.max((width - gutter) / Math.max(1, sessions), cellWidth));
  return {
    cellWidth: wide,
    rowHeight,
    left: Math.max(0, Math.min(left, sessions * wide - (width - gutter))),
    top: Math.max(0, Math.min(top, rows * rowHeight - (height - header))),
  };
}

/** Shows all sessions, and rows as high as fit, at least one pixel each. */
export function fitViewport(extent: Extent): Viewport {
  const { height, rows } = extent;
  const rowHeight = Math.max(minRowHeight, Math.min(16, (height - header) / Math.max(1, rows)));
  return clampViewport({ left: 0, top: 0, cellWidth: 0, rowHeight }, extent);
}

/** Zooms around a point, which stays where it is; its distance is counted from the first cell. */
export function zoomViewport(
  viewport: Viewport,
  extent: Extent,
  { factor, x, y }: { readonly factor: number; readonly x: number; readonly y: number },
): Viewport {
  const session = (x + viewport.left) / viewport.cellWidth;
  const row = (y + viewport.top) / viewport.rowHeight;
  const rowHeight = Math.max(minRowHeight, Math.min(maxRowHeight, viewport.rowHeight * Math.sqrt(factor)));
  const zoomed = clampViewport({ ...viewport, cellWidth: viewport.cellWidth * factor, rowHeight }, extent);
  const { cellWidth } = zoomed;
  return clampViewport({ ...zoomed, left: session * cellWidth - x, top: row * rowHeight - y }, extent);
}

/** Moves a viewport as little as needed to show a cell. */
export function revealCell(viewport: Viewport, extent: Extent, { row, session }: Cell): Viewport {
  const { left, top, cellWidth, rowHeight } = viewport;
  const { width, height, gutter } = extent;
  return clampViewport(
    {
      ...viewport,
      left: Math.min(session * cellWidth, Math.max(left, (session + 1) * cellWidth - (width - gutter))),
      top: Math.min(row * rowHeight, Math.max(top, (row + 1) * rowHeight - (height - header))),
    },
    extent,
  );
}

/** Shows a row in the middle, high enough to read its name. */
export function centerRow(viewport: Viewport, extent: Extent, row: number): Viewport {
  const rowHeight = Math.max(viewport.rowHeight, 12);
  return clampViewport({ ...viewport, rowHeight, top: row * rowHeight - (extent.height - header) / 2 }, extent);
}

/** The cell at a point of the canvas; null beside the cells. */
export function cellAt(viewport: Viewport, extent: Extent, x: number, y: number): Cell | null {
  const session = Math.floor((x - extent.gutter + viewport.left) / viewport.cellWidth);
  const row = Math.floor((y - header + viewport.top) / viewport.rowHeight);
  const isInside = x >= extent.gutter && y >= header && session < extent.sessions && row < extent.rows;
  return isInside ? { row, session } : null;
}

/** Moves a cell within the map. */
export function moveCell({ row, session }: Cell, { rows, sessions }: Extent, by: Cell): Cell {
  return {
    row: Math.max(0, Math.min(rows - 1, row + by.row)),
    session: Math.max(0, Math.min(sessions - 1, session + by.session)),
  };
}
