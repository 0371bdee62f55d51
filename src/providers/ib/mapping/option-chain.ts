import type { RowsOf } from '../../../core/tables/rows.js';
import { toDayNumber } from '../../../core/time/time.js';
import type { LocalDate } from '../../../core/time/time.js';
import { toPrice } from '../../missing-values.js';
import { parseGatewayDate } from './gateway-time.js';

/** The options of one class at one exchange: the gateway lists expiries and strikes separately. */
export interface OptionParameters {
  readonly exchange: string;
  readonly tradingClass: string;
  readonly multiplier: number;
  readonly expiries: readonly string[];
  readonly strikes: readonly number[];
}

/**
 * The chain of a symbol: one row for every class, expiry, strike and right. Because the gateway lists expiries and strikes
 * separately, some of these options do not exist; a request for one reports it as unlisted.
 *
 * The list of `SMART` is preferred, then that of the instrument's exchange. Two classes may share an expiry: AM- and
 * PM-settling index options share the third Friday, and classes adjusted for a split all their expiries.
 */
export function toChainRows(
  symbol: string,
  exchange: string,
  today: LocalDate,
  lists: readonly OptionParameters[],
): RowsOf<'chains'> {
  const selectedExchange = ['SMART', exchange, lists[0]?.exchange].find((one) =>
    lists.some((list) => list.exchange === one),
  );
  const classes = lists
    .filter((list) => list.exchange === selectedExchange)
    .toSorted((a, b) => compareClasses(symbol, a, b));
  const listed = classes.flatMap((list) =>
    [...new Set(list.expiries)].flatMap((text) => {
      const expiry = parseGatewayDate(text);
      return expiry !== null && expiry >= today ? [{ expiry, list }] : [];
    }),
  );
  const options = listed
    .toSorted((a, b) => (a.expiry < b.expiry ? -1 : a.expiry > b.expiry ? 1 : 0))
    .flatMap(({ expiry, list }) =>
      [...new Set(list.strikes)]
        .filter((strike) => toPrice(strike) !== undefined)
        .sort((a, b) => a - b)
        .flatMap((strike) => rights.map((right) => ({ expiry: toDayNumber(expiry), strike, right, list }))),
    );
  return {
    dataset: 'chains',
    length: options.length,
    columns: {
      exchange: options.map(({ list }) => list.exchange),
      trading_class: options.map(({ list }) => list.tradingClass),
      multiplier: Float64Array.from(options, ({ list }) => toPrice(list.multiplier) ?? NaN),
      expiry: Float64Array.from(options, ({ expiry }) => expiry),
      strike: Float64Array.from(options, ({ strike }) => strike),
      right: options.map(({ right }) => right),
      con_id: new Float64Array(options.length).fill(NaN),
      local_symbol: new Array<null>(options.length).fill(null),
    },
  };
}

const rights = ['C', 'P'] as const;

/** Orders the class named like the symbol first, the others by name. */
function compareClasses(
  symbol: string,
  { tradingClass: a }: OptionParameters,
  { tradingClass: b }: OptionParameters,
): number {
  if (a === b) return 0;
  if (a === symbol || b === symbol) return a === symbol ? -1 : 1;
  return a < b ? -1 : 1;
}
