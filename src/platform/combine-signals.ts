import { setMaxListeners } from 'node:events';

/**
 * Gives either of two signals as one. Signals live as long as a run and many requests ask for the same pair, so each pair is
 * made once; all of those requests listen, which is no leak.
 */
export function combineSignals(other: AbortSignal): (signal: AbortSignal) => AbortSignal {
  const cache = new WeakMap<AbortSignal, AbortSignal>();
  return (signal) => {
    let combined = cache.get(signal);
    if (combined === undefined) {
      combined = AbortSignal.any([signal, other]);
      setMaxListeners(0, combined);
      cache.set(signal, combined);
    }
    return combined;
  };
}
