import type { KnownId } from '../core/fetch-result.js';
import type { RequestId } from '../core/request.js';
import type { Series } from '../core/series.js';
import { toUtcDate } from '../core/time/time.js';
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

/** Finds the id of a stock, an index or a future at its provider; undefined for other series, which have ids of their own. */
export function findKnownId(
  { dataset, provider, instrument }: Series,
  knownState: Pick<KnownState, 'contract'>,
): KnownId | undefined {
  if (dataset !== 'equity_bars' && dataset !== 'quotes') return undefined;
  const contract = knownState.contract(provider, instrument.symbol);
  if (contract === undefined || contract.conId === null) return undefined;
  return { conId: contract.conId, date: toUtcDate(contract.asOf) };
}

function listRequestIds(known: { readonly requestId: RequestId } | undefined): readonly RequestId[] {
  return known === undefined ? [] : [known.requestId];
}
