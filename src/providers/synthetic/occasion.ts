import type { Series } from '../../core/series.js';
import type { ScenarioEvent } from '../../config/scenario/scenario.js';

/** The request as rules match it: its kind is the dataset, and a snapshot has an expiry but no strike. */
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
