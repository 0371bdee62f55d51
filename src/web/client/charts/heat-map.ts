import type { CoverageDocument } from '../documents.ts';

/** A cell of the map. */
export interface Cell {
  readonly row: number;
  readonly session: number;
}

export interface HeatMap {
  /** The cell under the cursor; null for none. */
  onHover: (cell: Cell | null) => void;
  onSelect: (cell: Cell) => void;
  zoom(factor: number): void;
  /** Shows all sessions, and rows as high as fit, at least one pixel each. */
  fit(): void;
  redraw(): void;
  moveCursor(rows: number, sessions: number): void;
  selectCursor(): void;
  scrollToRow(row: number): void;
  dispose(): void;
}

const gutter = 104;
const header = 24;
const minRowHeight = 1;
const maxRowHeight = 22;
const maxCellWidth = 40;

/** States from harmless to urgent: of several in one pixel, the last one is shown. */
const order = [
  'closed',
  'none',
  'data',
  'empty',
  'unavailable',
  'provisional',
  'denied',
  'partial',
  'rescaled',
  'failed',
  'missing',
];

/** Draws symbols × sessions. Only what is visible is decoded and drawn, so that the size of the lake does not matter. */
export function createHeatMap(canvas: HTMLCanvasElement, map: CoverageDocument): HeatMap {
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('this browser draws no canvas');
  const pen: CanvasRenderingContext2D = context;
  const { sessions, rows } = map;
  const rowCount = rows.names.length;
  const codeOf = new Map(
    Object.entries(map.legend).map(([state, letter]) => [letter, Math.max(0, order.indexOf(state))]),
  );
  const decoded: (Uint8Array | undefined)[] = [];
  let colors = readColors(canvas);
  let width = 0;
  let height = 0;
  let ratio = 1;
  let cellWidth = 1;
  let rowHeight = 14;
  let left = 0;
  let top = 0;
  let frame = 0;
  let cursor: Cell | null = null;
  let image: ImageData | null = null;

  function decode(pattern: number): Uint8Array {
    const known = decoded[pattern];
    if (known !== undefined) return known;
    const cells = new Uint8Array(sessions.length);
    let position = 0;
    for (const [, letter = '', length = '0'] of (map.patterns[pattern] ?? '').matchAll(/([a-z])(\d+)/g)) {
      cells.fill(codeOf.get(letter) ?? 0, position, position + Number(length));
      position += Number(length);
    }
    decoded[pattern] = cells;
    return cells;
  }

  function measure(): void {
    const box = canvas.getBoundingClientRect();
    ratio = Math.min(2, window.devicePixelRatio);
    width = Math.max(60, Math.round(box.width));
    height = Math.max(60, Math.round(box.height));
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    image = null;
    clamp();
  }

  function clamp(): void {
    cellWidth = Math.min(maxCellWidth, Math.max((width - gutter) / Math.max(1, sessions.length), cellWidth));
    left = Math.max(0, Math.min(left, sessions.length * cellWidth - (width - gutter)));
    top = Math.max(0, Math.min(top, rowCount * rowHeight - (height - header)));
  }

  function requestDraw(): void {
    if (frame !== 0) return;
    frame = window.requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  }

  function draw(): void {
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = colors.background;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    drawCells();
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawLabels();
    if (cursor !== null) drawCursor(cursor);
  }

  function drawCells(): void {
    const imageWidth = Math.max(1, Math.round((width - gutter) * ratio));
    const imageHeight = Math.max(1, Math.round((height - header) * ratio));
    if (image?.width !== imageWidth || image.height !== imageHeight)
      image = pen.createImageData(imageWidth, imageHeight);
    const pixels = new Uint32Array(image.data.buffer);
    pixels.fill(colors.packedBackground);
    const cell = cellWidth * ratio;
    const tall = rowHeight * ratio;
    const columnGap = cellWidth >= 6 ? Math.round(ratio) : 0;
    const rowGap = rowHeight >= 6 ? Math.round(ratio) : 0;
    const line = new Uint32Array(imageWidth);
    const firstRow = Math.floor(top / rowHeight);
    for (let row = firstRow; row < rowCount; row++) {
      const y0 = Math.round((row * rowHeight - top) * ratio);
      const y1 = Math.min(imageHeight, Math.round(y0 + tall - rowGap));
      if (y0 >= imageHeight) break;
      const cells = decode(rows.patterns[row] ?? 0);
      line.fill(colors.packedBackground);
      if (cell >= 1) {
        const first = Math.floor(left / cellWidth);
        for (let session = first; session < sessions.length; session++) {
          const x0 = Math.round((session * cellWidth - left) * ratio);
          if (x0 >= imageWidth) break;
          const x1 = Math.round(((session + 1) * cellWidth - left) * ratio) - columnGap;
          line.fill(colors.packed[cells[session] ?? 0] ?? 0, Math.max(0, x0), Math.max(0, Math.min(imageWidth, x1)));
        }
      } else {
        const step = 1 / cell;
        const offset = left / cellWidth;
        for (let x = 0; x < imageWidth; x++) {
          const start = Math.floor(offset + x * step);
          const end = Math.min(sessions.length, Math.max(start + 1, Math.floor(offset + (x + 1) * step)));
          let code = 0;
          for (let session = start; session < end; session++) code = Math.max(code, cells[session] ?? 0);
          line[x] = start < sessions.length ? (colors.packed[code] ?? 0) : colors.packedBackground;
        }
      }
      for (let y = Math.max(0, y0); y < y1; y++) pixels.set(line, y * imageWidth);
    }
    pen.putImageData(image, Math.round(gutter * ratio), Math.round(header * ratio));
  }

  function drawLabels(): void {
    pen.font = `11px ${colors.font}`;
    pen.textBaseline = 'middle';
    pen.fillStyle = colors.text;
    pen.textAlign = 'right';
    const step = Math.max(1, Math.ceil(11 / rowHeight));
    for (let row = Math.ceil(top / rowHeight / step) * step; row < rowCount; row += step) {
      const y = header + row * rowHeight - top + rowHeight / 2;
      if (y > height - 4) break;
      if (y >= header + 4) pen.fillText(shorten(rows.names[row] ?? '', 15), gutter - 8, y);
    }
    pen.textAlign = 'left';
    pen.fillStyle = colors.quiet;
    let free = gutter;
    for (let session = Math.floor(left / cellWidth); session < sessions.length; session++) {
      const x = gutter + session * cellWidth - left;
      if (x > width - 54) break;
      const label = labelOf(session);
      if (label === null || x < free) continue;
      pen.fillText(label, x, header / 2);
      pen.fillRect(x, header - 5, 1, 4);
      free = x + pen.measureText(label).width + 12;
    }
  }

  /** Years, months or days, depending on the zoom: at the first session of each. */
  function labelOf(session: number): string | null {
    const date = sessions[session] ?? '';
    const before = session === 0 ? '' : (sessions[session - 1] ?? '');
    if (cellWidth >= 22) return session % 3 === 0 ? date.slice(5) : null;
    if (date.slice(0, 4) !== before.slice(0, 4)) return date.slice(0, cellWidth < 0.6 ? 4 : 7);
    if (cellWidth < 0.6 || date.slice(0, 7) === before.slice(0, 7)) return null;
    return date.slice(0, 7);
  }

  function drawCursor({ row, session }: Cell): void {
    const x = gutter + session * cellWidth - left;
    const y = header + row * rowHeight - top;
    if (x + cellWidth < gutter || y + rowHeight < header) return;
    pen.strokeStyle = colors.text;
    pen.lineWidth = 1.5;
    pen.strokeRect(Math.max(gutter, x) - 1, y - 1, Math.max(4, cellWidth) + 1, Math.max(4, rowHeight) + 1);
  }

  function cellAt(event: MouseEvent): Cell | null {
    const box = canvas.getBoundingClientRect();
    const x = event.clientX - box.left - gutter;
    const y = event.clientY - box.top - header;
    const session = Math.floor((x + left) / cellWidth);
    const row = Math.floor((y + top) / rowHeight);
    return x < 0 || y < 0 || session >= sessions.length || row >= rowCount ? null : { row, session };
  }

  function zoomAt(factor: number, x: number, y: number): void {
    const session = (x + left) / cellWidth;
    const row = (y + top) / rowHeight;
    cellWidth *= factor;
    rowHeight = Math.max(minRowHeight, Math.min(maxRowHeight, rowHeight * Math.sqrt(factor)));
    clamp();
    left = session * cellWidth - x;
    top = row * rowHeight - y;
    clamp();
    requestDraw();
  }

  let drag: {
    readonly x: number;
    readonly y: number;
    readonly left: number;
    readonly top: number;
    moved: boolean;
  } | null = null;
  const onDown = (event: PointerEvent): void => {
    drag = { x: event.clientX, y: event.clientY, left, top, moved: false };
    canvas.setPointerCapture(event.pointerId);
  };
  const onMove = (event: PointerEvent): void => {
    if (drag === null) {
      cursor = cellAt(event);
      heatMap.onHover(cursor);
      requestDraw();
      return;
    }
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
    if (Math.abs(x) + Math.abs(y) > 4) drag.moved = true;
    left = drag.left - x;
    top = drag.top - y;
    clamp();
    requestDraw();
  };
  const onUp = (event: PointerEvent): void => {
    const clicked = drag?.moved === false ? cellAt(event) : null;
    drag = null;
    if (clicked === null) return;
    cursor = clicked;
    heatMap.onHover(clicked);
    heatMap.onSelect(clicked);
    requestDraw();
  };
  const onWheel = (event: WheelEvent): void => {
    const box = canvas.getBoundingClientRect();
    if (event.ctrlKey) {
      event.preventDefault();
      zoomAt(
        Math.exp(-event.deltaY / 200),
        Math.max(0, event.clientX - box.left - gutter),
        Math.max(0, event.clientY - box.top - header),
      );
      return;
    }
    const before = [left, top].join(' ');
    left += event.shiftKey ? event.deltaY : event.deltaX;
    top += event.shiftKey ? 0 : event.deltaY;
    clamp();
    // At the end of the map the page scrolls.
    if ([left, top].join(' ') !== before) event.preventDefault();
    requestDraw();
  };
  const onTheme = (): void => {
    colors = readColors(canvas);
    requestDraw();
  };
  const media = window.matchMedia('(prefers-color-scheme: dark)');
  const observer = new ResizeObserver(() => {
    measure();
    requestDraw();
  });
  observer.observe(canvas);
  canvas.addEventListener('pointerdown', onDown);
  canvas.addEventListener('pointermove', onMove);
  canvas.addEventListener('pointerup', onUp);
  canvas.addEventListener('wheel', onWheel, { passive: false });
  window.addEventListener('themechange', onTheme);
  media.addEventListener('change', onTheme);

  const heatMap: HeatMap = {
    onHover: () => undefined,
    onSelect: () => undefined,
    zoom: (factor) => zoomAt(factor, (width - gutter) / 2, (height - header) / 2),
    fit() {
      measure();
      cellWidth = 0;
      rowHeight = Math.max(minRowHeight, Math.min(16, (height - header) / Math.max(1, rowCount)));
      left = 0;
      top = 0;
      clamp();
      requestDraw();
    },
    redraw: requestDraw,
    moveCursor(byRows, bySessions) {
      const { row, session } = cursor ?? { row: Math.floor(top / rowHeight), session: sessions.length - 1 };
      cursor = {
        row: Math.max(0, Math.min(rowCount - 1, row + byRows)),
        session: Math.max(0, Math.min(sessions.length - 1, session + bySessions)),
      };
      left = Math.min(cursor.session * cellWidth, Math.max(left, (cursor.session + 1) * cellWidth - (width - gutter)));
      top = Math.min(cursor.row * rowHeight, Math.max(top, (cursor.row + 1) * rowHeight - (height - header)));
      clamp();
      heatMap.onHover(cursor);
      requestDraw();
    },
    selectCursor() {
      if (cursor !== null) heatMap.onSelect(cursor);
    },
    scrollToRow(row) {
      rowHeight = Math.max(rowHeight, 12);
      top = row * rowHeight - (height - header) / 2;
      cursor = { row, session: sessions.length - 1 };
      clamp();
      heatMap.onHover(cursor);
      requestDraw();
    },
    dispose() {
      window.cancelAnimationFrame(frame);
      observer.disconnect();
      canvas.removeEventListener('pointerdown', onDown);
      canvas.removeEventListener('pointermove', onMove);
      canvas.removeEventListener('pointerup', onUp);
      canvas.removeEventListener('wheel', onWheel);
      window.removeEventListener('themechange', onTheme);
      media.removeEventListener('change', onTheme);
    },
  };
  heatMap.fit();
  return heatMap;
}

/** The state of a cell by its name. */
export function stateAt(map: CoverageDocument, { row, session }: Cell): string {
  const letters = new Map(Object.entries(map.legend).map(([state, letter]) => [letter, state]));
  let position = 0;
  for (const [, letter = '', length = '0'] of (map.patterns[map.rows.patterns[row] ?? 0] ?? '').matchAll(
    /([a-z])(\d+)/g,
  )) {
    position += Number(length);
    if (session < position) return letters.get(letter) ?? 'none';
  }
  return 'none';
}

interface Colors {
  readonly background: string;
  readonly text: string;
  readonly quiet: string;
  readonly font: string;
  readonly packed: Uint32Array;
  readonly packedBackground: number;
}

function readColors(element: Element): Colors {
  const style = window.getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    background: read('--panel'),
    text: read('--ink'),
    quiet: read('--quiet'),
    font: style.fontFamily,
    packed: new Uint32Array(order.map((state) => pack(read(`--state-${state}`)))),
    packedBackground: pack(read('--panel')),
  };
}

/** `#rrggbb` or `#rgb` as a pixel of a little-endian image. */
function pack(hex: string): number {
  const digits = hex.replace('#', '');
  const full = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits;
  const value = Number.parseInt(full, 16);
  const [red, green, blue] = [(value >> 16) & 255, (value >> 8) & 255, value & 255];
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
