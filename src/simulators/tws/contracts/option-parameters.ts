import type { Instant } from '../../../core/time/time.js';
import type { OptionParameters } from '../wire/messages.js';
import { formatCompactDate } from '../wire/times.js';
import type { ContractCatalog, Spot } from './contract-catalog.js';

/** Exchanges that the options of a symbol are reported for. */
const maxOptionExchanges = 6;

/** Lists expiries and strikes per exchange; not every pair of them exists. */
export function listOptionParameters(
  catalog: ContractCatalog,
  spot: Spot,
  exchange: string,
  at: Instant,
): readonly OptionParameters[] {
  const byClass = new Map<string, { multiplier: number; expiries: Set<string>; strikes: Set<number> }>();
  for (const { tradingClass, multiplier, expiry, strike } of catalog.chain(spot, at)) {
    let entry = byClass.get(tradingClass);
    if (entry === undefined)
      byClass.set(tradingClass, (entry = { multiplier, expiries: new Set(), strikes: new Set() }));
    entry.expiries.add(expiry);
    entry.strikes.add(strike);
  }
  const exchanges = spot.listingMarket.optionExchanges
    .filter((name) => exchange === '' || name === exchange)
    .slice(0, maxOptionExchanges);
  return exchanges.flatMap((name) =>
    [...byClass].map(([tradingClass, { multiplier, expiries, strikes }]) => ({
      exchange: name,
      underlyingConId: spot.conId,
      tradingClass,
      multiplier,
      expiries: [...expiries].sort().map(formatCompactDate),
      strikes: [...strikes].sort((a, b) => a - b),
    })),
  );
}
