import type { Occasion } from '../../scenario/scenario.js';
import type { KiteRequest } from '../../scenario/words.js';
import type { Dump } from './instruments/dump.js';
import type { KiteInstrument } from './instruments/instrument.js';
import { barSizeOf } from './historical.js';
import type { Route } from './routes.js';

/** What a request is to a scenario; what it is about is told only when that is one instrument. */
export function occasionOf(request: KiteRequest, route: Route | null, query: URLSearchParams, dump: Dump): Occasion {
  const instrument = route === null ? undefined : onlyInstrument(route, query, dump);
  const option = instrument?.option ?? null;
  return {
    kind: 'request',
    request,
    symbol: instrument === undefined ? null : symbolOf(instrument),
    barSize: route?.kind === 'historical' ? (barSizeOf(route.interval) ?? null) : null,
    what: null,
    expiry: option?.expiry ?? null,
    strike: option?.strike ?? null,
    right: option?.right ?? null,
  };
}

/** What a pipeline calls it: `NIFTY` for the index that Kite lists as `NIFTY 50`, and for its options. */
export function symbolOf({ source }: KiteInstrument): string {
  return source.symbol;
}

function onlyInstrument(route: Route, query: URLSearchParams, dump: Dump): KiteInstrument | undefined {
  if (route.kind === 'historical') return dump.byKey(route.token);
  if (route.kind !== 'quote') return undefined;
  const keys = query.getAll('i');
  return keys.length === 1 ? dump.byKey(keys[0] ?? '') : undefined;
}
