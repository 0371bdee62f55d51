import type { Calendar } from '../../core/calendar.js';
import type { Clock } from '../../core/clock.js';
import type { ProviderLimits } from '../../core/provider-limits.js';
import type { Duration } from '../../core/time.js';
import { createMarket } from '../../market/market.js';
import type { MarketSettings } from '../../market/profile.js';
import type { Provider } from '../contract.js';
import { givenUp } from '../given-up.js';
import { marketAnswer } from '../market-answers.js';
import { marketLimits } from '../market-limits.js';

/** What may be asked of the mock market. */
export const mockLimits: ProviderLimits = { ...marketLimits, name: 'mock' };

/** What the mock provider is made of. */
export interface MockParts {
  readonly settings: MarketSettings & {
    /** How long each answer takes. */
    readonly delay: Duration;
  };
  readonly calendarOf: (calendar: string) => Calendar | undefined;
  readonly clock: Clock;
}

/**
 * The embedded market as a source: no account, no network, the same rows every time. It answers every kind of request and
 * refuses what a real source would refuse; symbols that begin with `UNKNOWN` do not exist.
 */
export function mockProvider({ settings, calendarOf, clock }: MockParts): Provider {
  const market = createMarket({ settings, calendarOf });
  return {
    name: 'mock',
    open: async () => null,
    close: async () => undefined,
    async fetch(request, signal) {
      if (settings.delay > 0 && !signal.aborted) {
        await clock.sleepUntil(clock.now() + settings.delay, signal).catch((reason: unknown) => {
          if (!signal.aborted) throw reason;
        });
      }
      return signal.aborted ? givenUp : marketAnswer(market, request, clock.now());
    },
  };
}
