import type { SeriesOf } from '../../core/series.js';
import { isIntraday } from '../../core/tables/bars.js';
import type { Window } from '../../core/time/window.js';
import type { StoredBars } from '../../core/revisions/stored-bars.js';
import type { LakeReader } from '../../lake/api.js';

/**
 * Creates the function that reads stored bars for comparison. Of daily bars it reads the session of every symbol at once, because
 * the series of a night compare the same one.
 */
export function createStoredBarsReader(
  reader: Pick<LakeReader, 'storedBars'>,
): (series: SeriesOf<'equity_bars'>, window: Window) => Promise<StoredBars | null> {
  const shared = new Map<string, Promise<ReadonlyMap<string, StoredBars>>>();
  return async ({ provider, instrument: { symbol }, barSize, priceType, hours }, window) => {
    const query = { provider, barSize, priceType, hours, window };
    if (isIntraday(barSize)) return (await reader.storedBars({ ...query, symbol })).get(symbol) ?? null;
    const key = JSON.stringify(query);
    let read = shared.get(key);
    if (read === undefined) shared.set(key, (read = reader.storedBars({ ...query, symbol: null })));
    return (await read).get(symbol) ?? null;
  };
}
