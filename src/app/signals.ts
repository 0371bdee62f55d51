import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';

/** Ctrl-C and SIGTERM, as long as they are listened for. */
export interface StopSignals {
  /** The exit code of the first one that came, or null. */
  received(): ExitCode | null;
  /** Leaves signals to their usual meaning again. */
  dispose(): void;
}

/** Listens for Ctrl-C and SIGTERM and tells the first one from those after it. */
export function createStopSignals(onFirst: (code: ExitCode) => void, onNext: (code: ExitCode) => void): StopSignals {
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
