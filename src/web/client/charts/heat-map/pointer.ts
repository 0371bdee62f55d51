import type { Cell, Viewport } from './viewport.ts';

/** What the pointer acts on. */
export interface PointerTarget {
  getViewport(): Viewport;
  cellAt(x: number, y: number): Cell | null;
  onMove(left: number, top: number): void;
  onHover(cell: Cell | null): void;
  onSelect(cell: Cell): void;
  onZoom(factor: number, x: number, y: number): void;
}

interface Drag {
  readonly x: number;
  readonly y: number;
  readonly from: Viewport;
  moved: boolean;
}

/** Follows mouse, pen and fingers: one moves and selects, two zoom. Returns how to stop. */
export function followPointer(canvas: HTMLCanvasElement, target: PointerTarget): () => void {
  let drag: Drag | null = null;
  const fingers = new Map<number, { readonly x: number; readonly y: number }>();
  const toPoint = (event: MouseEvent): { readonly x: number; readonly y: number } => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const onDown = (event: PointerEvent): void => {
    fingers.set(event.pointerId, toPoint(event));
    drag = fingers.size > 1 ? null : { ...toPoint(event), from: target.getViewport(), moved: false };
    canvas.setPointerCapture(event.pointerId);
  };
  const onMove = (event: PointerEvent): void => {
    const point = toPoint(event);
    const [first, second] = fingers.values();
    if (first !== undefined && second !== undefined) {
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1] ?? first;
      const before = fingers.get(event.pointerId) ?? point;
      const distance = (from: { readonly x: number; readonly y: number }): number =>
        Math.max(10, Math.hypot(from.x - other.x, from.y - other.y));
      fingers.set(event.pointerId, point);
      target.onZoom(distance(point) / distance(before), (point.x + other.x) / 2, (point.y + other.y) / 2);
      return;
    }
    if (drag === null) {
      target.onHover(target.cellAt(point.x, point.y));
      return;
    }
    const [x, y] = [point.x - drag.x, point.y - drag.y];
    if (Math.abs(x) + Math.abs(y) > 4) drag.moved = true;
    target.onMove(drag.from.left - x, drag.from.top - y);
  };
  const onUp = (event: PointerEvent): void => {
    fingers.delete(event.pointerId);
    const { x, y } = toPoint(event);
    const clicked = drag?.moved === false ? target.cellAt(x, y) : null;
    drag = null;
    if (clicked !== null) target.onSelect(clicked);
  };
  const onCancel = (event: PointerEvent): void => {
    fingers.delete(event.pointerId);
    drag = null;
  };
  const onWheel = (event: WheelEvent): void => {
    const { x, y } = toPoint(event);
    const before = target.getViewport();
    if (event.ctrlKey) target.onZoom(Math.exp(-event.deltaY / 200), x, y);
    else if (event.shiftKey) target.onMove(before.left + event.deltaY, before.top);
    else target.onMove(before.left + event.deltaX, before.top + event.deltaY);
    const after = target.getViewport();
    // At the end of the map the page scrolls.
    if (event.ctrlKey || after.left !== before.left || after.top !== before.top) event.preventDefault();
  };
  canvas.addEventListener('pointerdown', onDown);
  canvas.addEventListener('pointermove', onMove);
  canvas.addEventListener('pointerup', onUp);
  canvas.addEventListener('pointercancel', onCancel);
  canvas.addEventListener('wheel', onWheel, { passive: false });
  return () => {
    canvas.removeEventListener('pointerdown', onDown);
    canvas.removeEventListener('pointermove', onMove);
    canvas.removeEventListener('pointerup', onUp);
    canvas.removeEventListener('pointercancel', onCancel);
    canvas.removeEventListener('wheel', onWheel);
  };
}
