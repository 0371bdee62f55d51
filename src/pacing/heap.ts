/** An item remembers where in its heap it lies, so that it can be moved and removed; -1 when in none. */
export interface Placed {
  place: number;
}

/** A binary heap: plain data, because there is one for every contract. An item lies in at most one heap at a time. */
export interface Heap<T extends Placed> {
  readonly items: T[];
  /** Which of two items comes first. */
  readonly before: (a: T, b: T) => boolean;
}

export function emptyHeap<T extends Placed>(before: (a: T, b: T) => boolean): Heap<T> {
  return { items: [], before };
}

/** The first item, which stays where it is. */
export function top<T extends Placed>({ items }: Heap<T>): T | undefined {
  return items[0];
}

export function push<T extends Placed>(heap: Heap<T>, item: T): void {
  put(heap, item, heap.items.length);
  rise(heap, item);
}

/** Takes an item out of the heap it lies in. */
export function remove<T extends Placed>(heap: Heap<T>, item: T): void {
  const { place } = item;
  const last = heap.items.pop();
  item.place = -1;
  if (last === undefined || last === item) return;
  put(heap, last, place);
  fix(heap, last);
}

/** Finds the right place again for an item whose rank has changed. */
export function fix<T extends Placed>(heap: Heap<T>, item: T): void {
  rise(heap, item);
  sink(heap, item);
}

function put<T extends Placed>({ items }: Heap<T>, item: T, place: number): void {
  items[place] = item;
  item.place = place;
}

function rise<T extends Placed>(heap: Heap<T>, item: T): void {
  const { items, before } = heap;
  let { place } = item;
  while (place > 0) {
    const parent = items[(place - 1) >> 1];
    if (parent === undefined || !before(item, parent)) break;
    const above = parent.place;
    put(heap, parent, place);
    place = above;
  }
  put(heap, item, place);
}

function sink<T extends Placed>(heap: Heap<T>, item: T): void {
  const { items, before } = heap;
  let { place } = item;
  for (;;) {
    const left = items[2 * place + 1];
    const right = items[2 * place + 2];
    if (left === undefined) break;
    const child = right !== undefined && before(right, left) ? right : left;
    if (!before(child, item)) break;
    const below = child.place;
    put(heap, child, place);
    place = below;
  }
  put(heap, item, place);
}
