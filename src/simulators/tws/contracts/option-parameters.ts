import type { Instant } from '../../../core/time.js';
import type { OptionParameters } from '../wire/messages.js';
import { compactDate } from '../wire/times.js';
import type { ContractBook, Spot } from './book.js';

/** At how many exchanges the options of a symbol are said to trade. */
const exchangesTold = 6;

/** The expiries and strikes of an underlying's options, exchange by exchange; their product holds pairs that do not exist. */
export function parametersOf(
  book: ContractBook,
  spot: Spot,
  exchange: string,
  at: Instant,
): readonly OptionParameters[] {
  const byClass = new Map<string, { multiplier: number; expiries: Set<string>; strikes: Set<number> }>();
  for (const { tradingClass, multiplier, expiry, strike } of book.chain(spot, at)) {
    let found = byClass.get(tradingClass);
    if (found === undefined)
      byClass.set(tradingClass, (found = { multiplier, expiries: new Set(), strikes: new Set() }));
    found.expiries.add(expiry);
    found.strikes.add(strike);
  }
  const exchanges = spot.place.options.filter((name) => exchange === '' || name === exchange).slice(0, exchangesTold);
  return exchanges.flatMap((name) =>
    [...byClass].map(([tradingClass, { multiplier, expiries, strikes }]) => ({
      exchange: name,
      underlyingConId: spot.conId,
      tradingClass,
      multiplier,
      expiries: [...expiries].sort().map(compactDate),
      strikes: [...strikes].sort((a, b) => a - b),
    })),
  );
}
