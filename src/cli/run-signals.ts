import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';

/** What the user's Ctrl-C means to a run. */
export interface RunSignals {
  readonly stopping: AbortSignal;
  readonly stopped: AbortSignal;
  /** The exit code of the signal that came, or null. */
  received(): ExitCode | null;
  /** Leaves signals to their usual meaning again. */
  dispose(): void;
}

/** How long what is under way may take to end after the first signal. */
const grace = 5_000;

/**
 * The first signal stops asking and lets what is under way end, within a limit; the second ends the process at once. Either
 * way nothing is lost: every answer is on disk before it counts.
 */
export function runSignals(say: (text: string) => void, restoreScreen: () => void): RunSignals {
  const stopping = new AbortController();
  const stopped = new AbortController();
  let received: ExitCode | null = null;
  const onSignal = (code: ExitCode) => (): void => {
    if (received !== null) {
      restoreScreen();
      process.exit(code);
    }
    received = code;
    const again = code === exitCode.interrupted ? 'press Ctrl-C again' : 'signal again';
    say(`stopping: what is under way may still end; ${again} to stop at once`);
    stopping.abort();
    setTimeout(() => {
      stopped.abort();
    }, grace).unref();
  };
  const onInterrupt = onSignal(exitCode.interrupted);
  const onTerminate = onSignal(exitCode.terminated);
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    stopping: stopping.signal,
    stopped: stopped.signal,
    received: () => received,
    dispose() {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}
