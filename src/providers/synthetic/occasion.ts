import type { Series } from '../../core/series.js';
import type { Occasion } from '../../scenario/scenario.js';

/** A request as scenarios see it: the word is the table, and a snapshot is about its expiry as a whole. */
export function occasionOf(series: Series): Occasion {
  const contract = 'contract' in series ? series.contract : undefined;
  return {
    kind: 'request',
    request: series.dataset,
    symbol: series.instrument.symbol,
    barSize: 'barSize' in series ? series.barSize : null,
    what: 'what' in series ? series.what : null,
    expiry: contract?.expiry ?? ('expiry' in series ? series.expiry : null),
    strike: contract?.strike ?? null,
    right: contract?.right ?? null,
  };
}
