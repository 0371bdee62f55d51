import type { Duration } from '../../core/time/time.js';

/** The time limit of one attempt, which stands still while the attempt waits for the budgets. */
export interface AttemptTimer {
  /** Aborts when the time is over, when the caller's signal aborts, or when the attempt has ended. */
  readonly signal: AbortSignal;
  /** Resolves with the reason for not waiting any longer. */
  readonly ended: Promise<'timed-out' | 'aborted'>;
  pause(): void;
  resume(): void;
  /** Ends the attempt: no timer and no listener is left. */
  stop(): void;
}

export function startAttemptTimer(limit: Duration, caller: AbortSignal): AttemptTimer {
  const controller = new AbortController();
  let remaining = limit;
  let startedAt = performance.now();
  let timer: NodeJS.Timeout | null = null;
  let pauses = 0;
  let end: (reason: 'timed-out' | 'aborted') => void = () => undefined;
  const ended = new Promise<'timed-out' | 'aborted'>((resolve) => {
    end = resolve;
  });
  const stop = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    caller.removeEventListener('abort', onAbort);
    controller.abort();
  };
  const onAbort = (): void => {
    end('aborted');
    stop();
  };
  const start = (): void => {
    startedAt = performance.now();
    timer = setTimeout(() => {
      end('timed-out');
      stop();
    }, remaining);
  };
  caller.addEventListener('abort', onAbort, { once: true });
  if (caller.aborted) onAbort();
  else start();
  return {
    signal: controller.signal,
    ended,
    stop,
    pause() {
      pauses++;
      if (timer === null) return;
      clearTimeout(timer);
      timer = null;
      remaining = Math.max(0, remaining - (performance.now() - startedAt));
    },
    resume() {
      pauses--;
      if (pauses === 0 && timer === null && !controller.signal.aborted) start();
    },
  };
}
