import type { ProviderName } from '../core/series.js';
import { addDays } from '../core/time.js';
import type { Instant, LocalDate } from '../core/time.js';
import { trendSessions } from '../analytics/trend.js';
import { chainAt } from '../readings/chain.js';
import type { ChainOption } from '../readings/chain.js';
import { dailyCloses, dailyVolatilities } from '../readings/daily.js';
import type { DailyValue } from '../readings/daily.js';
import type { ReadableLake } from '../readings/lake.js';
import { dateBefore } from '../readings/span-of-sessions.js';

/** What the lake has held since before the run. */
export interface Background {
  /** One volatility at the money a session. */
  volatilities(provider: ProviderName, symbol: string): Promise<readonly DailyValue[]>;
  closes(provider: ProviderName, symbol: string): Promise<readonly DailyValue[]>;
  /** The options seen within the hour before an instant. */
  options(provider: ProviderName, symbol: string, at: Instant): Promise<readonly ChainOption[]>;
}

type BySymbol = ReadonlyMap<string, readonly DailyValue[]>;

/** Reads days of all symbols at once when it is first asked about one of a provider's, and remembers them. */
export function lakeBackground(
  lake: ReadableLake,
  symbols: readonly string[],
  rankDays: number,
  today: LocalDate,
): Background {
  const volatilities = new Map<ProviderName, Promise<BySymbol>>();
  const closes = new Map<ProviderName, Promise<BySymbol>>();
  const once = async (
    known: Map<ProviderName, Promise<BySymbol>>,
    provider: ProviderName,
    symbol: string,
    read: () => Promise<BySymbol>,
  ): Promise<readonly DailyValue[]> => {
    let reading = known.get(provider);
    if (reading === undefined) known.set(provider, (reading = read()));
    return (await reading).get(symbol) ?? [];
  };
  return {
    volatilities: (provider, symbol) =>
      once(volatilities, provider, symbol, () =>
        dailyVolatilities(lake, { provider, symbols, from: dateBefore(today, rankDays) }),
      ),
    closes: (provider, symbol) =>
      once(closes, provider, symbol, () =>
        dailyCloses(lake, { provider, symbols, from: addDays(dateBefore(today, trendSessions.long), -7) }),
      ),
    async options(provider, symbol, at) {
      return (await chainAt(lake, { provider, symbol, at }))?.options ?? [];
    },
  };
}
