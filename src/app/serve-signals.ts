import { createStopSignals } from './signals.js';
import type { StopSignals } from './signals.js';

/** What signals mean to a collector. */
export interface ServeSignals extends StopSignals {
  /** The first one: nothing more is started. */
  readonly stopping: AbortSignal;
  /** The second one: what is under way is ended at once. */
  readonly stopped: AbortSignal;
  /** Stops everything without a signal. */
  abort(): void;
}

/** Listens for Ctrl-C and SIGTERM. Whatever is ended, everything received is on disk. */
export function createServeSignals(): ServeSignals {
  const stopping = new AbortController();
  const stopped = new AbortController();
  const abort = (): void => stopping.abort();
  const signals = createStopSignals(abort, () => stopped.abort());
  return { ...signals, stopping: stopping.signal, stopped: stopped.signal, abort };
}
