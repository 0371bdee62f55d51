import { isTimeZone } from '../core/time/time-zone.js';
import type { QueryableLake } from './queryable-lake.js';
import { readText } from './sql.js';

/** The time zones of exchanges by symbol. */
export type SymbolZones = ReadonlyMap<string, string>;

/** Queries the time zone of the exchange of every symbol whose contract names it. */
export async function querySymbolZones(lake: QueryableLake): Promise<SymbolZones> {
  const { rows } = await lake.query(
    'SELECT symbol, arg_max(time_zone, as_of) AS time_zone FROM contracts WHERE time_zone IS NOT NULL GROUP BY symbol',
  );
  const zones = new Map<string, string>();
  for (const row of rows) {
    const symbol = readText(row, 'symbol');
    const zone = readText(row, 'time_zone');
    if (symbol !== null && zone !== null && isTimeZone(zone)) zones.set(symbol, zone);
  }
  return zones;
}

/** Queries the currency of every symbol whose contract names it. */
export async function querySymbolCurrencies(lake: QueryableLake): Promise<ReadonlyMap<string, string>> {
  const { rows } = await lake.query(
    'SELECT symbol, arg_max(currency, as_of) AS currency FROM contracts WHERE currency IS NOT NULL GROUP BY symbol',
  );
  const currencies = new Map<string, string>();
  for (const row of rows) {
    const symbol = readText(row, 'symbol');
    const currency = readText(row, 'currency');
    if (symbol !== null && currency !== null) currencies.set(symbol, currency);
  }
  return currencies;
}
