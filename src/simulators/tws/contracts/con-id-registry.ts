import { hashString } from '../../../platform/random.js';

/**
 * Assigns contract ids that are positive and below 2^31, as clients expect. Well-known contracts have their real ids; other ids
 * are derived from the name, so that they are the same in every run. If two names have the same derived id (rare), the second
 * gets the next free one for the lifetime of the simulator.
 */
export interface ConIdRegistry<T> {
  /** Returns the id of a contract and registers it. */
  assign(name: string, value: () => T): number;
  /** Finds the contract of an assigned id. */
  find(conId: number): T | undefined;
}

/** Real ids of well-known contracts; many scripts contain them. */
const wellKnownConIds: Readonly<Record<string, number>> = {
  'AAPL|STK|USD': 265598,
  'AMZN|STK|USD': 3691937,
  'IBM|STK|USD': 8314,
  'MSFT|STK|USD': 272093,
  'NVDA|STK|USD': 4815747,
  'SPY|STK|USD': 756733,
  'TSLA|STK|USD': 76792991,
  'SPX|IND|USD': 416904,
  'VIX|IND|USD': 13455763,
};

const maxConId = 2_147_483_646;

/** First derived id, above the well-known ones. */
const minDerivedConId = 800_000_000;

export function createConIdRegistry<T>(): ConIdRegistry<T> {
  const numbers = new Map<string, number>();
  const values = new Map<number, T>();
  return {
    assign(name, value) {
      const known = numbers.get(name);
      if (known !== undefined) return known;
      let number = wellKnownConIds[name] ?? minDerivedConId + (hashString(0x7e57, name) % (maxConId - minDerivedConId));
      while (values.has(number)) number = number === maxConId ? minDerivedConId : number + 1;
      numbers.set(name, number);
      values.set(number, value());
      return number;
    },
    find: (conId) => values.get(conId),
  };
}
