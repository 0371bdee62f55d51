/**
 * Runs an action for each item, at most `limit` at once. After a failure it starts no further items and throws the
 * failure.
 */
export async function forEachConcurrent<T>(
  items: Iterable<T>,
  limit: number,
  action: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let failed = false;
  const runWorker = async (): Promise<void> => {
    for (let next = iterator.next(); next.done !== true && !failed; next = iterator.next()) {
      try {
        await action(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: limit }, runWorker));
  const firstFailure = workers.find((worker) => worker.status === 'rejected');
  if (firstFailure !== undefined) throw firstFailure.reason;
}
