import type { Duration } from '../../core/time/time.js';

/** The time limit of one attempt. It stops while the attempt waits for budgets, and each further call has the whole time. */
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
  let timer: NodeJS.Timeout | undefined;
  let pauses = 0;
  let end: (reason: 'timed-out' | 'aborted') => void = () => undefined;
  const ended = new Promise<'timed-out' | 'aborted'>((resolve) => {
    end = resolve;
  });
  const stop = (): void => {
    clearTimeout(timer);
    caller.removeEventListener('abort', onAbort);
    controller.abort();
  };
  const onAbort = (): void => {
    end('aborted');
    stop();
  };
  const start = (): void => {
    timer = setTimeout(() => {
      end('timed-out');
      stop();
    }, limit);
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
      clearTimeout(timer);
    },
    resume() {
      pauses--;
      if (pauses === 0 && !controller.signal.aborted) start();
    },
  };
}
