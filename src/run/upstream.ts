import type { RequestId } from '../core/request.js';
import type { Series } from '../core/series.js';
import type { Knowledge } from '../plan/knowledge.js';

/** The requests whose answers made this one possible: what lineage follows back. */
export function upstreamOf(series: Series, knowledge: Knowledge): readonly RequestId[] {
  const { provider, instrument } = series;
  switch (series.dataset) {
    case 'contracts':
    // What it was computed from is known once it is computed.
    case 'overviews':
      return [];
    case 'chains':
    case 'history_starts':
    case 'quotes':
    case 'equity_bars':
      return present(knowledge.contract(provider, instrument.symbol));
    case 'option_bars':
    case 'option_snapshots':
      return [
        ...present(knowledge.chain(provider, instrument.symbol)),
        ...present(knowledge.price(provider, instrument.symbol)),
      ];
  }
}

function present(known: { readonly requestId: RequestId } | undefined): readonly RequestId[] {
  return known === undefined ? [] : [known.requestId];
}
