import type { Series } from '../../core/series.js';
import type { ScenarioEvent } from '../../config/scenario/scenario.js';

/** A request as scenarios see it: the word is the table, and a snapshot is about its expiry as a whole. */
export function toScenarioEvent(series: Series): ScenarioEvent {
  const contract = 'contract' in series ? series.contract : undefined;
  return {
    kind: 'request',
    request: series.dataset,
    symbol: series.instrument.symbol,
    barSize: 'barSize' in series ? series.barSize : null,
    priceType: 'priceType' in series ? series.priceType : null,
    expiry: contract?.expiry ?? ('expiry' in series ? series.expiry : null),
    strike: contract?.strike ?? null,
    right: contract?.right ?? null,
  };
}
