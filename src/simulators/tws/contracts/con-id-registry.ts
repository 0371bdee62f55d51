import { hashString } from '../../../platform/random.js';

/**
 * Numbers for contracts that fit where clients hold them: positive and below 2^31. Well-known contracts have the numbers
 * they have at the real source, the others one derived from their names, so that it is the same in every run. Two names that
 * meet at one number are rare; the second then gets the next free one, for as long as the simulator runs.
 */
export interface ConIdRegistry<T> {
  /** The number of a contract; what it stands for is remembered. */
  assign(name: string, value: () => T): number;
  /** What a number that was handed out stands for. */
  find(conId: number): T | undefined;
}

/** Numbers that many scripts have written down. */
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

/** Derived numbers begin here, above those of real contracts that scripts have written down. */
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
