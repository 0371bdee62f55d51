/** Does something for each item, several at once; when one fails, no further ones are begun and the failure is thrown. */
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
