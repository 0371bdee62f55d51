import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  cellAt,
  centerRow,
  clampViewport,
  fitViewport,
  header,
  moveCell,
  revealCell,
  zoomViewport,
} from '../../../../../src/web/client/charts/heat-map/viewport.js';
import type { Extent, Viewport } from '../../../../../src/web/client/charts/heat-map/viewport.js';

const extents: fc.Arbitrary<Extent> = fc.record({
  width: fc.integer({ min: 200, max: 2_000 }),
  height: fc.integer({ min: 100, max: 1_000 }),
  gutter: fc.integer({ min: 44, max: 112 }),
  rows: fc.integer({ min: 1, max: 10_000 }),
  sessions: fc.integer({ min: 1, max: 4_000 }),
});

const viewports = (extent: Extent): fc.Arbitrary<Viewport> =>
  fc
    .record({
      left: fc.double({ min: -500, max: 50_000, noNaN: true }),
      top: fc.double({ min: -500, max: 50_000, noNaN: true }),
      cellWidth: fc.double({ min: 0, max: 60, noNaN: true }),
      rowHeight: fc.double({ min: 1, max: 22, noNaN: true }),
    })
    .map((viewport) => clampViewport(viewport, extent));

const shown = extents.chain((extent) => viewports(extent).map((viewport) => ({ extent, viewport })));

function isWithin({ left, top, cellWidth, rowHeight }: Viewport, extent: Extent): boolean {
  const [right, bottom] = [left + extent.width - extent.gutter, top + extent.height - header];
  const near = 1e-6;
  return (
    left >= 0 &&
    top >= 0 &&
    (left === 0 || right <= extent.sessions * cellWidth + near) &&
    (top === 0 || bottom <= extent.rows * rowHeight + near)
  );
}

describe('the viewport of the heat map', () => {
  it('stays within the map, whatever happens to it', () => {
    fc.assert(
      fc.property(
        shown,
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ extent, viewport }, factor, share) => {
          const x = share * (extent.width - extent.gutter);
          const row = Math.floor(share * (extent.rows - 1));
          const session = Math.floor(share * (extent.sessions - 1));
          for (const next of [
            viewport,
            fitViewport(extent),
            zoomViewport(viewport, extent, { factor, x, y: 10 }),
            centerRow(viewport, extent, row),
            revealCell(viewport, extent, { row, session }),
          ])
            expect(isWithin(next, extent)).toBe(true);
        },
      ),
    );
  });

  it('shows a cell after it was revealed, so that the keyboard never leaves the screen', () => {
    fc.assert(
      fc.property(shown, fc.nat(), fc.nat(), ({ extent, viewport }, some, other) => {
        const cell = { row: some % extent.rows, session: other % extent.sessions };
        const next = revealCell(viewport, extent, cell);
        const x = extent.gutter + (cell.session + 0.5) * next.cellWidth - next.left;
        const y = header + (cell.row + 0.5) * next.rowHeight - next.top;
        expect(cellAt(next, extent, x, y)).toEqual(cell);
      }),
    );
  });

  it('keeps the session under the pointer when it zooms in', () => {
    const extent = { width: 1_000, height: 500, gutter: 100, rows: 100, sessions: 2_500 };
    const before = fitViewport(extent);
    const at = cellAt(before, extent, 600, 200);
    const after = zoomViewport(before, extent, { factor: 3, x: 500, y: 200 - header });
    expect(cellAt(after, extent, 600, 200)?.session).toBe(at?.session);
    expect(after.cellWidth).toBeCloseTo(before.cellWidth * 3);
  });

  it('has no cell beside the map', () => {
    const extent = { width: 1_000, height: 500, gutter: 100, rows: 2, sessions: 5 };
    const viewport = fitViewport(extent);
    expect(cellAt(viewport, extent, 99, 200)).toBeNull();
    expect(cellAt(viewport, extent, 500, header - 1)).toBeNull();
    expect(cellAt(viewport, extent, 500, 499)).toBeNull();
  });

  it('moves a cell no further than the last one', () => {
    const extent = { width: 1_000, height: 500, gutter: 100, rows: 2, sessions: 5 };
    expect(moveCell({ row: 0, session: 4 }, extent, { row: -20, session: 20 })).toEqual({ row: 0, session: 4 });
    expect(moveCell({ row: 0, session: 4 }, extent, { row: 1, session: -1 })).toEqual({ row: 1, session: 3 });
  });
});
