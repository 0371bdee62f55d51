import type { Occasion } from '../../scenario/scenario.js';
import type { KiteRequest } from '../../scenario/words.js';
import type { Dump } from './instruments/dump.js';
import type { KiteInstrument } from './instruments/instrument.js';
import { barSizeOf } from './historical.js';
import type { Route } from './routes.js';

type RequestOccasion = Extract<Occasion, { kind: 'request' }>;

/** What a request is to a scenario; what it is about is told here only when that is one instrument. */
export function occasionOf(
  request: KiteRequest,
  route: Route | null,
  query: URLSearchParams,
  dump: Dump,
): RequestOccasion {
  const [only, another] = route === null ? [] : keysOf(route, query);
  const instrument = only === undefined || another !== undefined ? undefined : dump.byKey(only);
  return about(request, route, instrument);
}

/** The instruments of a request that names several, each with what it is to a scenario. */
export function severalOf(
  request: KiteRequest,
  route: Route,
  query: URLSearchParams,
  dump: Dump,
): readonly { readonly key: string; readonly occasion: Occasion }[] {
  const keys = keysOf(route, query);
  if (keys.length < 2) return [];
  return keys.flatMap((key) => {
    const instrument = dump.byKey(key);
    return instrument === undefined
      ? []
      : [{ key, occasion: { ...about(request, route, instrument), oneOfSeveral: true } }];
  });
}

/** An instrument goes by what a pipeline calls it: `NIFTY` for the index that Kite lists as `NIFTY 50`, and for its options. */
function about(request: KiteRequest, route: Route | null, instrument: KiteInstrument | undefined): RequestOccasion {
  return {
    kind: 'request',
    request,
    symbol: instrument?.source.symbol ?? null,
    barSize: route?.kind === 'historical' ? (barSizeOf(route.interval) ?? null) : null,
    what: null,
    expiry: instrument?.option?.expiry ?? null,
    strike: instrument?.option?.strike ?? null,
    right: instrument?.option?.right ?? null,
  };
}

function keysOf(route: Route, query: URLSearchParams): readonly string[] {
  if (route.kind === 'historical') return [route.token];
  return route.kind === 'quote' ? [...new Set(query.getAll('i'))] : [];
}
