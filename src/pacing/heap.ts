/** An item knows its index in its heap, so that it can be moved and removed; -1 while it is in none. */
export interface HeapItem {
  index: number;
}

/** A binary heap as plain data, because there is one per contract. An item is in at most one heap at a time. */
export interface Heap<T extends HeapItem> {
  readonly items: T[];
  readonly before: (a: T, b: T) => boolean;
}

export function createHeap<T extends HeapItem>(before: (a: T, b: T) => boolean): Heap<T> {
  return { items: [], before };
}

/** Returns the first item without removing it. */
export function peek<T extends HeapItem>({ items }: Heap<T>): T | undefined {
  return items[0];
}

export function push<T extends HeapItem>(heap: Heap<T>, item: T): void {
  placeItem(heap, item, heap.items.length);
  siftUp(heap, item);
}

export function remove<T extends HeapItem>(heap: Heap<T>, item: T): void {
  const { index } = item;
  const last = heap.items.pop();
  item.index = -1;
  if (last === undefined || last === item) return;
  placeItem(heap, last, index);
  reposition(heap, last);
}

/** Restores the order after the rank of an item has changed. */
export function reposition<T extends HeapItem>(heap: Heap<T>, item: T): void {
  siftUp(heap, item);
  siftDown(heap, item);
}

function placeItem<T extends HeapItem>({ items }: Heap<T>, item: T, index: number): void {
  items[index] = item;
  item.index = index;
}

function siftUp<T extends HeapItem>(heap: Heap<T>, item: T): void {
  const { items, before } = heap;
  let { index } = item;
  while (index > 0) {
    const parent = items[(index - 1) >> 1];
    if (parent === undefined || !before(item, parent)) break;
    const above = parent.index;
    placeItem(heap, parent, index);
    index = above;
  }
  placeItem(heap, item, index);
}

function siftDown<T extends HeapItem>(heap: Heap<T>, item: T): void {
  const { items, before } = heap;
  let { index } = item;
  for (;;) {
    const left = items[2 * index + 1];
    const right = items[2 * index + 2];
    if (left === undefined) break;
    const child = right !== undefined && before(right, left) ? right : left;
    if (!before(child, item)) break;
    const below = child.index;
    placeItem(heap, child, index);
    index = below;
  }
  placeItem(heap, item, index);
}
