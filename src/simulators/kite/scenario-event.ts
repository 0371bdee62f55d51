import type { ScenarioEvent } from '../../config/scenario/scenario.js';
import type { KiteRequest } from '../../config/scenario/capabilities.js';
import type { InstrumentDump } from './instruments/instrument-dump.js';
import type { KiteInstrument } from './instruments/instrument.js';
import { toBarSize } from './market-data/candle-query.js';
import type { Route } from './http/routes.js';

type RequestEvent = Extract<ScenarioEvent, { kind: 'request' }>;

/**
 * Builds the event that scenario rules match for a request as a whole; names an instrument only if the request has
 * exactly one.
 */
export function toScenarioEvent(
  request: KiteRequest,
  route: Route | null,
  query: URLSearchParams,
  dump: InstrumentDump,
): RequestEvent {
  const [firstKey, secondKey] = route === null ? [] : getInstrumentKeys(route, query);
  const instrument = firstKey === undefined || secondKey !== undefined ? undefined : dump.byKey(firstKey);
  return buildRequestEvent(request, route, instrument);
}

/** Builds one event per instrument for a request that names several. */
export function toScenarioEventPerInstrument(
  request: KiteRequest,
  route: Route,
  query: URLSearchParams,
  dump: InstrumentDump,
): readonly { readonly key: string; readonly scenarioEvent: ScenarioEvent }[] {
  const keys = getInstrumentKeys(route, query);
  if (keys.length < 2) return [];
  return keys.flatMap((key) => {
    const instrument = dump.byKey(key);
    return instrument === undefined
      ? []
      : [{ key, scenarioEvent: { ...buildRequestEvent(request, route, instrument), isPerInstrument: true } }];
  });
}

/**
 * Names instruments by the symbols of pipelines: `NIFTY` for the index that Kite lists as `NIFTY 50`, and for its
 * options.
 */
function buildRequestEvent(
  request: KiteRequest,
  route: Route | null,
  instrument: KiteInstrument | undefined,
): RequestEvent {
  return {
    kind: 'request',
    request,
    symbol: instrument?.marketInstrument.symbol ?? null,
    barSize: route?.kind === 'historical' ? (toBarSize(route.interval) ?? null) : null,
    priceType: null,
    expiry: instrument?.option?.expiry ?? null,
    strike: instrument?.option?.strike ?? null,
    right: instrument?.option?.right ?? null,
  };
}

function getInstrumentKeys(route: Route, query: URLSearchParams): readonly string[] {
  if (route.kind === 'historical') return [route.token];
  return route.kind === 'quote' ? [...new Set(query.getAll('i'))] : [];
}
