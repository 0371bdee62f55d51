/** An item remembers where in its heap it lies, so that it can be moved and removed; -1 when in none. */
export interface HeapItem {
  index: number;
}

/** A binary heap: plain data, because there is one for every contract. An item lies in at most one heap at a time. */
export interface Heap<T extends HeapItem> {
  readonly items: T[];
  /** Which of two items comes first. */
  readonly before: (a: T, b: T) => boolean;
}

export function createHeap<T extends HeapItem>(before: (a: T, b: T) => boolean): Heap<T> {
  return { items: [], before };
}

/** The first item, which stays where it is. */
export function peek<T extends HeapItem>({ items }: Heap<T>): T | undefined {
  return items[0];
}

export function push<T extends HeapItem>(heap: Heap<T>, item: T): void {
  placeAt(heap, item, heap.items.length);
  siftUp(heap, item);
}

/** Takes an item out of the heap it lies in. */
export function remove<T extends HeapItem>(heap: Heap<T>, item: T): void {
  const { index } = item;
  const last = heap.items.pop();
  item.index = -1;
  if (last === undefined || last === item) return;
  placeAt(heap, last, index);
  reposition(heap, last);
}

/** Finds the right place again for an item whose rank has changed. */
export function reposition<T extends HeapItem>(heap: Heap<T>, item: T): void {
  siftUp(heap, item);
  siftDown(heap, item);
}

function placeAt<T extends HeapItem>({ items }: Heap<T>, item: T, index: number): void {
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
    placeAt(heap, parent, index);
    index = above;
  }
  placeAt(heap, item, index);
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
    placeAt(heap, child, index);
    index = below;
  }
  placeAt(heap, item, index);
}
