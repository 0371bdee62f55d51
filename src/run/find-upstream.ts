import type { RequestId } from '../core/request.js';
import type { Series } from '../core/series.js';
import type { KnownState } from '../plan/known-state.js';

/** Returns the requests whose answers this request depends on, for lineage. */
export function findUpstream(series: Series, knownState: KnownState): readonly RequestId[] {
  const { provider, instrument } = series;
  switch (series.dataset) {
    case 'contracts':
    // The deriver returns the upstream requests of an overview.
    case 'overviews':
    // A change names the request of the stored rows as its evidence.
    case 'corporate_actions':
      return [];
    case 'chains':
    case 'history_starts':
    case 'quotes':
    case 'equity_bars':
      return listRequestIds(knownState.contract(provider, instrument.symbol));
    case 'option_bars':
    case 'option_snapshots':
      return [
        ...listRequestIds(knownState.chain(provider, instrument.symbol)),
        ...listRequestIds(knownState.price(provider, instrument.symbol)),
      ];
  }
}

function listRequestIds(known: { readonly requestId: RequestId } | undefined): readonly RequestId[] {
  return known === undefined ? [] : [known.requestId];
}
