import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import type { Shutdown } from '../platform/shutdown.js';

/** Handlers of SIGINT (Ctrl-C) and SIGTERM. */
export interface StopSignals {
  /** The exit code for the first signal that arrived; null when none has. */
  received(): ExitCode | null;
  /** Removes the handlers. */
  dispose(): void;
}

/** A shutdown that signals start. */
export interface ShutdownSignals extends StopSignals, Shutdown {}

/** Shutdown that can also be started without a signal. */
export interface ServeSignals extends ShutdownSignals {
  abort(): void;
}

/** The time that requests in flight have to end after the first signal, in milliseconds. */
const runGrace = 5_000;

/** The time that `beforeExit` has after the second signal, in milliseconds. */
const forcedExitGrace = 500;

/**
 * The first signal stops new requests and gives those in flight a time limit; the second ends the process. Neither loses
 * data: a response is on disk before it counts.
 */
export function createRunSignals(
  warn: (text: string) => void,
  describeActivity: () => string,
  beforeExit: () => Promise<void>,
): ShutdownSignals {
  const stopping = new AbortController();
  const stopped = new AbortController();
  const signals = createStopSignals(
    (code) => {
      const forceHint = code === exitCode.interrupted ? 'Ctrl-C again' : 'signal again';
      warn(`stopping: waiting for ${describeActivity()} (${forceHint} to force)`);
      stopping.abort();
      setTimeout(() => {
        stopped.abort();
      }, runGrace).unref();
    },
    (code) => {
      const exit = (): void => process.exit(code);
      setTimeout(exit, forcedExitGrace);
      beforeExit().then(exit, exit);
    },
  );
  return { ...signals, stopping: stopping.signal, stopped: stopped.signal };
}

/** The first signal starts no more runs; the second ends those in progress. */
export function createServeSignals(): ServeSignals {
  const stopping = new AbortController();
  const stopped = new AbortController();
  const abort = (): void => stopping.abort();
  const signals = createStopSignals(abort, () => stopped.abort());
  return { ...signals, stopping: stopping.signal, stopped: stopped.signal, abort };
}

/** Work that any signal ends in an orderly way. */
export interface Interruption extends StopSignals {
  readonly signal: AbortSignal;
}

/** The first signal ends the work; the second ends the process. */
export function createInterruption(): Interruption {
  const controller = new AbortController();
  const signals = createStopSignals(
    () => controller.abort(),
    (code) => process.exit(code),
  );
  return { ...signals, signal: controller.signal };
}

/** Resolves with its exit code at the first signal; a second one ends the process. */
export function waitForSignal(): Promise<ExitCode> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve(exitCode.interrupted));
    process.once('SIGTERM', () => resolve(exitCode.terminated));
  });
}

/** A wait that the first signal ends; a second one ends the process. */
export function createStopWait(): StopSignals & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const signals = createStopSignals(
    () => controller.abort(),
    (code) => process.exit(code),
  );
  return { ...signals, signal: controller.signal };
}

function createStopSignals(onFirst: (code: ExitCode) => void, onNext: (code: ExitCode) => void): StopSignals {
  let received: ExitCode | null = null;
  const on = (code: ExitCode) => (): void => {
    if (received !== null) {
      onNext(code);
      return;
    }
    received = code;
    onFirst(code);
  };
  const onInterrupt = on(exitCode.interrupted);
  const onTerminate = on(exitCode.terminated);
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    received: () => received,
    dispose() {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}
