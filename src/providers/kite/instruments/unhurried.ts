import { setImmediate } from 'node:timers/promises';

/** Drives long work to its end and lets others have their turn whenever it yields. */
export async function yieldToEventLoop<T>(work: Generator<undefined, T, undefined>): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await setImmediate();
  }
}
