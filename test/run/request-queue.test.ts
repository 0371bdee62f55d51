import { describe, expect, test } from 'vitest';

import { createRequestQueue } from '../../src/run/request-queue.js';

/** Work that ends when told to. */
function createTestQueue(maxConcurrent: number) {
  const started: number[] = [];
  const ends = new Map<number, () => void>();
  const queue = createRequestQueue<number>(maxConcurrent, (item) => {
    started.push(item);
    return new Promise((resolve) => ends.set(item, resolve));
  });
  const end = async (item: number): Promise<void> => {
    ends.get(item)?.();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { queue, started, end };
}

describe('request queue', () => {
  test('starts what comes first, so many at once, and the next as soon as one ends', async () => {
    const { queue, started, end } = createTestQueue(2);
    queue.push([1, 2, 3]);
    queue.push([4]);
    expect(started).toEqual([1, 2]);
    await end(2);
    expect(started).toEqual([1, 2, 3]);
    await end(1);
    await end(3);
    expect(started).toEqual([1, 2, 3, 4]);
    await end(4);
    queue.push([5]);
    expect(started).toEqual([1, 2, 3, 4, 5]);
  });

  test('closed, gives back what waited and starts nothing more', async () => {
    const { queue, started, end } = createTestQueue(1);
    queue.push([1, 2, 3]);
    expect(queue.close()).toEqual([2, 3]);
    queue.push([4]);
    await end(1);
    expect(started).toEqual([1]);
    expect(queue.close()).toEqual([]);
  });

  test('may be filled and closed by the work itself', async () => {
    const done: number[] = [];
    let waitingItems: readonly number[] = [];
    const queue = createRequestQueue<number>(3, async (item) => {
      if (item === 1) queue.push([4, 5]);
      if (item === 4) waitingItems = queue.close();
      await Promise.resolve();
      done.push(item);
    });
    queue.push([1, 2, 3]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([...done, ...waitingItems].sort()).toEqual([1, 2, 3, 4, 5]);
    expect(waitingItems).toEqual([5]);
  });

  test('keeps the order of very many', async () => {
    const done: number[] = [];
    const all = Array.from({ length: 20_000 }, (_, index) => index);
    await new Promise<void>((resolve) => {
      const queue = createRequestQueue<number>(7, async (item) => {
        done.push(item);
        if (item === all.length - 1) resolve();
        await Promise.resolve();
      });
      queue.push(all);
    });
    expect(done).toEqual(all);
  });
});
