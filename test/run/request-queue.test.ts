import { describe, expect, test } from 'vitest';

import { createRequestQueue } from '../../src/run/request-queue.js';
import type { RequestQueue } from '../../src/run/request-queue.js';

/** Takes items until the queue has none or the limit is reached. */
function takeAll(queue: RequestQueue<number>): readonly number[] {
  const taken: number[] = [];
  for (let item = queue.take(); item !== undefined; item = queue.take()) taken.push(item);
  return taken;
}

describe('request queue', () => {
  test('returns two of four items in order when the limit is 2, and the third after one is done', () => {
    const queue = createRequestQueue<number>(2);
    queue.push([1, 2, 3]);
    queue.push([4]);
    expect(takeAll(queue)).toEqual([1, 2]);
    queue.done();
    expect(takeAll(queue)).toEqual([3]);
    queue.done();
    queue.done();
    expect(takeAll(queue)).toEqual([4]);
    queue.done();
    queue.push([5]);
    expect(takeAll(queue)).toEqual([5]);
  });

  test('returns the waiting items when it is closed and ignores later ones', () => {
    const queue = createRequestQueue<number>(1);
    queue.push([1, 2, 3]);
    expect(takeAll(queue)).toEqual([1]);
    expect(queue.close()).toEqual([2, 3]);
    queue.push([4]);
    queue.done();
    expect(takeAll(queue)).toEqual([]);
    expect(queue.close()).toEqual([]);
  });

  test('returns the dropped items and keeps the order of the others', () => {
    const queue = createRequestQueue<number>(1);
    queue.push([1, 2, 3, 4, 5]);
    expect(takeAll(queue)).toEqual([1]);
    expect(queue.drop((item) => item % 2 === 0)).toEqual([2, 4]);
    queue.done();
    expect(takeAll(queue)).toEqual([3]);
    expect(queue.close()).toEqual([5]);
  });

  test('accepts items and closes between two calls of take', () => {
    const queue = createRequestQueue<number>(3);
    queue.push([1, 2, 3]);
    expect(queue.take()).toBe(1);
    queue.push([4, 5]);
    expect(takeAll(queue)).toEqual([2, 3]);
    queue.done();
    expect(queue.take()).toBe(4);
    expect(queue.close()).toEqual([5]);
    queue.done();
    expect(queue.take()).toBeUndefined();
  });

  test('keeps the order of 20,000 items', () => {
    const all = Array.from({ length: 20_000 }, (_, index) => index);
    const queue = createRequestQueue<number>(7);
    queue.push(all);
    const taken: number[] = [];
    while (taken.length < all.length) {
      for (const item of takeAll(queue)) {
        taken.push(item);
        queue.done();
      }
    }
    expect(taken).toEqual(all);
  });
});
