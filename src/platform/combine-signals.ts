import { setMaxListeners } from 'node:events';

/**
 * Combines signals with `other`. Signals live as long as a run and many requests combine the same pair, so each pair is
 * combined once; the many listeners on it are no leak.
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
