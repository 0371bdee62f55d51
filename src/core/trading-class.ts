import type { OptionContract } from './series.js';

/**
 * Assigns the options of a chain to their trading classes. A symbol may have options of several classes: SPX has SPXW
 * beside SPX, and on the third Friday both list the same strikes, the one expiring at the opening, the other at the
 * close. An option of a class that is not the main one of its terms is marked, so that both are series of their own.
 *
 * The main class is the one named like the symbol, else the first by name. An option that several exchanges list is one
 * option. Classes that an exchange has adjusted after a split or a spin-off are left out: a contract of theirs delivers
 * something else than 100 shares, so neither price nor volatility compares.
 */
export function assignTradingClasses(symbol: string, listed: readonly OptionContract[]): readonly OptionContract[] {
  const classes = new Set(listed.map(({ tradingClass }) => tradingClass));
  // Nearly every chain has one class, and reading hundreds of chains must stay cheap.
  if (classes.size === 1) return listed.filter((contract, index) => !isSameOption(contract, listed[index - 1]));
  const byTerms = new Map<string, OptionContract[]>();
  for (const contract of listed) {
    if (isAdjusted(symbol, contract.tradingClass)) continue;
    const key = `${contract.expiry}/${contract.strike}/${contract.right}`;
    const known = byTerms.get(key);
    if (known === undefined) byTerms.set(key, [contract]);
    else if (!known.some(({ tradingClass }) => tradingClass === contract.tradingClass)) known.push(contract);
  }
  return [...byTerms.values()].flatMap((same) => (same.length === 1 ? same : markOthers(symbol, same)));
}

/** Options that several exchanges list follow each other. */
function isSameOption(one: OptionContract, other: OptionContract | undefined): boolean {
  return one.strike === other?.strike && one.right === other.right && one.expiry === other.expiry;
}

function markOthers(symbol: string, same: readonly OptionContract[]): readonly OptionContract[] {
  const [main, ...others] = same.toSorted((a, b) => compareClasses(symbol, a, b));
  return main === undefined ? [] : [main, ...others.map((contract) => ({ ...contract, isOtherClass: true as const }))];
}

function compareClasses(
  symbol: string,
  { tradingClass: a = '' }: OptionContract,
  { tradingClass: b = '' }: OptionContract,
): number {
  if (a === b) return 0;
  if (a === symbol || b === symbol) return a === symbol ? -1 : 1;
  return a < b ? -1 : 1;
}

/** Adjusted classes have the name of the ordinary one with a digit before or after it: `AAPL1`, `2AAPL`. */
function isAdjusted(symbol: string, tradingClass: string | undefined): boolean {
  if (tradingClass === undefined || tradingClass === symbol) return false;
  const root = tradingClass.replace(/^\d|\d$/, '');
  return root !== tradingClass && root === symbol.replaceAll(/[ .]/g, '');
}
