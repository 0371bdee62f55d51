import type { Calendar } from '../../core/time/calendar.js';
import type { Clock } from '../../core/time/clock.js';
import { ok } from '../../core/result.js';
import type { ProviderLimits } from '../../core/provider-limits.js';
import type { Duration } from '../../core/time/time.js';
import { createMarketWithActions } from '../../market/with-actions.js';
import type { MarketSettings } from '../../market/instruments/symbol-profile.js';
import type { Provider } from '../provider.js';
import { abortedOutcome } from '../aborted-outcome.js';
import { marketOutcome } from '../market-responses.js';
import { marketLimits } from '../market-limits.js';

export const mockLimits: ProviderLimits = { ...marketLimits, name: 'mock' };

export interface MockProviderDeps {
  readonly settings: MarketSettings & {
    /** The latency of every response. */
    readonly delay: Duration;
  };
  readonly calendarOf: (calendar: string) => Calendar | undefined;
  readonly clock: Clock;
}

/**
 * Provides the embedded market: no account, no network, the same rows every time. It answers every kind of request and
 * rejects what a real provider would reject; symbols that begin with `UNKNOWN` do not exist.
 */
export function createMockProvider({ settings, calendarOf, clock }: MockProviderDeps): Provider {
  const market = createMarketWithActions({ settings, getCalendar: calendarOf });
  return {
    name: 'mock',
    open: async () => ok(undefined),
    close: async () => undefined,
    async fetch(request, { signal, calls }) {
      calls.sent();
      if (settings.delay > 0 && !signal.aborted) {
        await clock.sleepUntil(clock.now() + settings.delay, signal).catch((reason: unknown) => {
          if (!signal.aborted) throw reason;
        });
      }
      return signal.aborted ? abortedOutcome : marketOutcome(market, request, clock.now());
    },
  };
}
