import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';

/** What signals mean to a collector. */
export interface ServeSignals {
  /** The first one: nothing more is started. */
  readonly stopping: AbortSignal;
  /** The second one: what is under way is ended at once. */
  readonly stopped: AbortSignal;
  /** Stops everything without a signal. */
  abort(): void;
  /** The exit code of the first signal, or null. */
  received(): ExitCode | null;
  dispose(): void;
}

/** Listens for Ctrl-C and SIGTERM. Whatever is ended, everything received is on disk. */
export function serveSignals(): ServeSignals {
  const stopping = new AbortController();
  const stopped = new AbortController();
  let received: ExitCode | null = null;
  const on = (code: ExitCode) => (): void => {
    if (received === null) {
      received = code;
      stopping.abort();
    } else stopped.abort();
  };
  const onInterrupt = on(exitCode.interrupted);
  const onTerminate = on(exitCode.terminated);
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    stopping: stopping.signal,
    stopped: stopped.signal,
    abort: () => stopping.abort(),
    received: () => received,
    dispose() {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}
