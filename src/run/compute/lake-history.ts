import type { AnalyticsSettings } from '../../core/analytics-settings.js';
import type { ProviderName } from '../../core/series.js';
import { addDays } from '../../core/time/time.js';
import type { Instant, LocalDate } from '../../core/time/time.js';
import { trendSessions } from '../../analytics/history/trend.js';
import { queryChain } from '../../queries/option-chain.js';
import type { ChainOption } from '../../queries/option-chain.js';
import { queryDailyCloses, queryDailyVolatilities } from '../../queries/daily-values.js';
import type { DailyCloses, DailyValue } from '../../queries/daily-values.js';
import type { QueryableLake } from '../../queries/queryable-lake.js';
import { dateSessionsBefore } from '../../queries/date-sessions-before.js';

/** Values in the lake from before the run. */
export interface LakeHistory {
  /** At-the-money volatility per session, for the term of the settings. */
  volatilities(provider: ProviderName, symbol: string): Promise<readonly DailyValue[]>;
  /** Daily closes of one kind; undefined without any. */
  closes(provider: ProviderName, symbol: string): Promise<DailyCloses | undefined>;
  /** Options of the chain at an instant. */
  options(provider: ProviderName, symbol: string, at: Instant): Promise<readonly ChainOption[]>;
}

/** Reads the daily values of all symbols of a provider once, on first use. */
export function createLakeHistory(
  lake: QueryableLake,
  symbols: readonly string[],
  { rankDays, atmIvDays: termDays }: Pick<AnalyticsSettings, 'rankDays' | 'atmIvDays'>,
  today: LocalDate,
): LakeHistory {
  const volatilities = createReadOnce((provider) =>
    queryDailyVolatilities(lake, { provider, symbols, from: dateSessionsBefore(today, rankDays), termDays }),
  );
  const closes = createReadOnce((provider) =>
    queryDailyCloses(lake, { provider, symbols, from: addDays(dateSessionsBefore(today, trendSessions.long), -7) }),
  );
  return {
    volatilities: async (provider, symbol) => (await volatilities(provider)).get(symbol) ?? [],
    closes: async (provider, symbol) => (await closes(provider)).get(symbol),
    async options(provider, symbol, at) {
      return (await queryChain(lake, { provider, symbol, at }))?.options ?? [];
    },
  };
}

/** Returns a read of each provider's values that happens once. */
function createReadOnce<T>(read: (provider: ProviderName) => Promise<T>): (provider: ProviderName) => Promise<T> {
  const reads = new Map<ProviderName, Promise<T>>();
  return (provider) => {
    let pendingRead = reads.get(provider);
    if (pendingRead === undefined) reads.set(provider, (pendingRead = read(provider)));
    return pendingRead;
  };
}
