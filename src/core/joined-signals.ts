import { setMaxListeners } from 'node:events';

/**
 * Gives either of two signals as one. Signals live as long as a run and many requests ask for the same pair, so each pair is
 * made once; all of those requests listen, which is no leak.
 */
export function joinedWith(other: AbortSignal): (signal: AbortSignal) => AbortSignal {
  const known = new WeakMap<AbortSignal, AbortSignal>();
  return (signal) => {
    let either = known.get(signal);
    if (either === undefined) {
      either = AbortSignal.any([signal, other]);
      setMaxListeners(0, either);
      known.set(signal, either);
    }
    return either;
  };
}
