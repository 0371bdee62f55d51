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
