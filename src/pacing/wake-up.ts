import type { Clock } from '../core/time/clock.js';
import { toError } from '../platform/error-message.js';
import type { Instant } from '../core/time/time.js';

/** One timer that can be moved. */
export interface WakeUp {
  /** Replaces the time; Infinity for none. */
  set(at: Instant): void;
  cancel(): void;
}

export function createWakeUp(clock: Clock, onTime: () => void, onError: (error: Error) => void): WakeUp {
  let current: { readonly at: Instant; readonly cancel: AbortController } | null = null;
  return {
    set(at) {
      if (current?.at === at) return;
      current?.cancel.abort();
      current = null;
      if (at === Infinity) return;
      const cancel = new AbortController();
      current = { at, cancel };
      clock.sleepUntil(at, cancel.signal).then(
        () => {
          if (cancel.signal.aborted) return;
          current = null;
          onTime();
        },
        (error: unknown) => {
          if (!cancel.signal.aborted) onError(toError(error));
        },
      );
    },
    cancel() {
      current?.cancel.abort();
    },
  };
}
