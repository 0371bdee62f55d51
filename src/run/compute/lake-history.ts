import type { ProviderName } from '../../core/series.js';
import { addDays } from '../../core/time/time.js';
import type { Instant, LocalDate } from '../../core/time/time.js';
import { trendSessions } from '../../analytics/history/trend.js';
import { queryChain } from '../../queries/option-chain.js';
import type { ChainOption } from '../../queries/option-chain.js';
import { queryDailyCloses, queryDailyVolatilities } from '../../queries/daily-values.js';
import type { DailyValue } from '../../queries/daily-values.js';
import type { QueryableLake } from '../../queries/queryable-lake.js';
import { dateSessionsBefore } from '../../queries/date-sessions-before.js';

/** Values in the lake from before the run. */
export interface LakeHistory {
  /** At-the-money volatility per session. */
  volatilities(provider: ProviderName, symbol: string): Promise<readonly DailyValue[]>;
  closes(provider: ProviderName, symbol: string): Promise<readonly DailyValue[]>;
  /** Options of the chain at an instant. */
  options(provider: ProviderName, symbol: string, at: Instant): Promise<readonly ChainOption[]>;
}

type ValuesBySymbol = ReadonlyMap<string, readonly DailyValue[]>;

/** Reads the daily values of all symbols of a provider once, on first use. */
export function createLakeHistory(
  lake: QueryableLake,
  symbols: readonly string[],
  rankDays: number,
  today: LocalDate,
): LakeHistory {
  const volatilities = new Map<ProviderName, Promise<ValuesBySymbol>>();
  const closes = new Map<ProviderName, Promise<ValuesBySymbol>>();
  const readOnce = async (
    readsByProvider: Map<ProviderName, Promise<ValuesBySymbol>>,
    provider: ProviderName,
    symbol: string,
    read: () => Promise<ValuesBySymbol>,
  ): Promise<readonly DailyValue[]> => {
    let pendingRead = readsByProvider.get(provider);
    if (pendingRead === undefined) readsByProvider.set(provider, (pendingRead = read()));
    return (await pendingRead).get(symbol) ?? [];
  };
  return {
    volatilities: (provider, symbol) =>
      readOnce(volatilities, provider, symbol, () =>
        queryDailyVolatilities(lake, { provider, symbols, from: dateSessionsBefore(today, rankDays) }),
      ),
    closes: (provider, symbol) =>
      readOnce(closes, provider, symbol, () =>
        queryDailyCloses(lake, { provider, symbols, from: addDays(dateSessionsBefore(today, trendSessions.long), -7) }),
      ),
    async options(provider, symbol, at) {
      return (await queryChain(lake, { provider, symbol, at }))?.options ?? [];
    },
  };
}
