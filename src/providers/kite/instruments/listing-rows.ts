import type { RowsOf } from '../../../core/tables/rows.js';
import { toDayNumber } from '../../../core/time/time.js';
import { indianTimeZone } from '../indian-time.js';
import type { InstrumentTable } from './instrument-table.js';
import type { ListedInstrument } from './resolve-instrument.js';
import type { KiteOption } from './option-list.js';

export function toContractRows(
  table: InstrumentTable,
  { row, exchange, tradingsymbol }: ListedInstrument,
): RowsOf<'contracts'> {
  const type = table.type[row] ?? '';
  const segment = table.segment[row] ?? '';
  const tick = table.tickSize[row] ?? NaN;
  return {
    dataset: 'contracts',
    length: 1,
    columns: {
      con_id: Float64Array.of(table.token[row] ?? NaN),
      sec_type: [segment === 'INDICES' ? 'IND' : type === 'FUT' ? 'FUT' : 'STK'],
      exchange: [exchange],
      primary_exchange: [exchange],
      currency: ['INR'],
      local_symbol: [tradingsymbol],
      trading_class: [segment],
      multiplier: Float64Array.of(type === 'FUT' ? (table.lotSize[row] ?? NaN) : NaN),
      long_name: [table.name[row] === '' ? tradingsymbol : (table.name[row] ?? null)],
      industry: [null],
      category: [null],
      // Kite lists indices with a tick size of 0.
      min_tick: Float64Array.of(tick > 0 && Number.isFinite(tick) ? tick : NaN),
      time_zone: [indianTimeZone],
    },
  };
}

/** The table keeps each token with the day of the response, because Kite deletes it at the expiry. */
export function toChainRows(
  table: InstrumentTable,
  { options: { exchange, name } }: ListedInstrument,
  options: readonly KiteOption[],
): RowsOf<'chains'> {
  return {
    dataset: 'chains',
    length: options.length,
    columns: {
      exchange: options.map(() => exchange),
      trading_class: options.map(() => name),
      multiplier: Float64Array.from(options, ({ row }) => table.lotSize[row] ?? NaN),
      expiry: Float64Array.from(options, ({ expiry }) => toDayNumber(expiry)),
      strike: Float64Array.from(options, ({ strike }) => strike),
      right: options.map(({ right }) => right),
      con_id: Float64Array.from(options, ({ conId }) => conId),
      local_symbol: options.map(({ row }) => table.tradingsymbol[row] ?? null),
    },
  };
}
