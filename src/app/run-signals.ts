import { exitCode } from './exit-code.js';
import { createStopSignals } from './signals.js';
import type { StopSignals } from './signals.js';

/** What the user's Ctrl-C means to a run. */
export interface RunSignals extends StopSignals {
  readonly stopping: AbortSignal;
  readonly stopped: AbortSignal;
}

/** How long what is under way may take to end after the first signal. */
const grace = 5_000;

/**
 * The first signal stops asking and lets what is under way end, within a limit; the second ends the process at once. Either
 * way nothing is lost: every answer is on disk before it counts.
 */
export function createRunSignals(say: (text: string) => void, restoreScreen: () => void): RunSignals {
  const stopping = new AbortController();
  const stopped = new AbortController();
  const signals = createStopSignals(
    (code) => {
      const forceHint = code === exitCode.interrupted ? 'press Ctrl-C again' : 'signal again';
      say(`stopping: what is under way may still end; ${forceHint} to stop at once`);
      stopping.abort();
      setTimeout(() => {
        stopped.abort();
      }, grace).unref();
    },
    (code) => {
      restoreScreen();
      process.exit(code);
    },
  );
  return { ...signals, stopping: stopping.signal, stopped: stopped.signal };
}
