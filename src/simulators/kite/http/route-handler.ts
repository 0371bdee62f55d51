import type { Instant } from '../../../core/time/time.js';
import type { Market } from '../../../market/market.js';
import { fullProfileData, marginsData, profileData, createSessionData } from '../login/account.js';
import { createCandleRows } from '../market-data/candle-rows.js';
import { toErrorContent } from './response-content.js';
import type { ResponseContent } from './response-content.js';
import { invalidToken, kiteError, ordersNotSupported } from '../errors.js';
import { parseCandleQuery } from '../market-data/candle-query.js';
import type { GetDump } from '../instruments/instrument-dump.js';
import { kiteExchanges } from '../instruments/instrument.js';
import type { KiteExchange } from '../instruments/instrument.js';
import { renderLoginPage, parseRedirectTarget, buildRedirectUrl, renderTokenPage } from '../login/login-page.js';
import type { Logins } from '../login/logins.js';
import { createPrices } from '../market-data/prices.js';
import { quoteLimits, createQuoteData } from '../market-data/quotes.js';
import type { QuoteDetail } from '../market-data/quotes.js';
import type { Route } from './routes.js';

/** Dependencies of `createRouteHandler`. */
export interface RouteHandlerDeps {
  readonly apiKey: string;
  readonly redirectUrl: string | null;
  readonly market: Market;
  readonly marketTime: () => Instant;
  readonly logins: Logins;
  readonly getDump: GetDump;
}

/** The parts of a request that its response depends on. */
export interface RouteParameters {
  readonly query: URLSearchParams;
  /** Form fields. */
  readonly form: URLSearchParams;
}

/** Creates the response of a route. */
export type HandleRoute = (route: Route, parameters: RouteParameters) => ResponseContent;

export function createRouteHandler({
  apiKey,
  redirectUrl,
  market,
  marketTime,
  logins,
  getDump,
}: RouteHandlerDeps): HandleRoute {
  const prices = createPrices(market);

  function renderLogin(query: URLSearchParams, isSubmitted: boolean): ResponseContent {
    if (query.get('api_key') !== apiKey) return rejectWith('InputException', 'Invalid `api_key`.');
    const target = parseRedirectTarget(query.get('redirect_url') ?? redirectUrl);
    if (!isSubmitted) return { kind: 'page', markup: renderLoginPage(`/connect/login?${query.toString()}`, target) };
    const token = logins.issueRequestToken();
    if (target === null) return { kind: 'page', markup: renderTokenPage(token) };
    return { kind: 'redirect', location: buildRedirectUrl(target, token, query.get('redirect_params')) };
  }

  function endSession(query: URLSearchParams): ResponseContent {
    const ended = logins.end(query.get('api_key') ?? '', query.get('access_token') ?? '');
    return ended ? dataContent(true) : rejectWith('TokenException', 'Invalid `access_token`.');
  }

  function getMargins(segment: string | null): ResponseContent {
    if (segment === null) return dataContent(marginsData);
    if (segment === 'equity' || segment === 'commodity') return dataContent(marginsData[segment]);
    return rejectWith('InputException', 'Invalid `segment`.');
  }

  function getInstruments(name: string | null): ResponseContent {
    if (name !== null && !isKiteExchange(name)) return rejectWith('InputException', 'Invalid `exchange`.');
    return { kind: 'instruments', exchange: name, dump: getDump(marketTime()), keepFraction: 1 };
  }

  function getQuotes(detail: QuoteDetail, query: URLSearchParams): ResponseContent {
    const keys = [...new Set(query.getAll('i'))].filter((key) => key !== '');
    if (keys.length === 0) return rejectWith('InputException', 'Missing or empty field `i`');
    const limit = quoteLimits[detail];
    if (keys.length > limit) {
      return rejectWith('InputException', `Too many tokens requested. Max permitted is ${limit}.`);
    }
    const at = marketTime();
    const dump = getDump(at);
    const entries = keys.flatMap((key) => {
      const instrument = dump.byKey(key);
      const quote = instrument === undefined ? null : prices.quoteAt(instrument, at);
      return instrument === undefined || quote === null
        ? []
        : [[key, createQuoteData(detail, instrument, quote)] as const];
    });
    return { kind: 'quotes', entries };
  }

  function getCandles(token: string, interval: string, query: URLSearchParams): ResponseContent {
    const candleQuery = parseCandleQuery(interval, query);
    if (!candleQuery.ok) return toErrorContent(candleQuery.error);
    const now = marketTime();
    const instrument = /^\d{1,10}$/.test(token) ? getDump(now).byToken(Number(token)) : undefined;
    if (instrument === undefined) return toErrorContent(invalidToken);
    if (candleQuery.value.continuous && instrument.type !== 'FUT') {
      return rejectWith('InputException', 'invalid instrument for continuous data');
    }
    return { kind: 'candles', candles: createCandleRows(market, prices, instrument, candleQuery.value, now) };
  }

  return (route, { query, form }) => {
    switch (route.kind) {
      case 'login-page':
        return renderLogin(query, false);
      case 'login':
        return renderLogin(query, true);
      case 'begin-session': {
        const session = logins.createLogin(form);
        return session.ok ? dataContent(createSessionData(apiKey, session.value)) : toErrorContent(session.error);
      }
      case 'end-session':
        return endSession(query);
      case 'refresh-session':
        // Only approved platforms have refresh tokens; no login of the simulator issues one.
        return rejectWith('TokenException', 'Invalid `refresh_token`.');
      case 'profile':
        return dataContent(route.isFull ? fullProfileData : profileData);
      case 'margins':
        return getMargins(route.segment);
      case 'instruments':
        return getInstruments(route.exchange);
      case 'quote':
        return getQuotes(route.detail, query);
      case 'historical':
        return getCandles(route.token, route.interval, query);
      case 'nothing':
        return dataContent(route.data);
      case 'not-found':
        return toErrorContent(kiteError('GeneralException', `Couldn't find that \`${route.field}\`.`, 404));
      case 'no-funds':
        return { kind: 'csv', text: mutualFundsCsvHeader };
      case 'no-orders':
        return toErrorContent(ordersNotSupported);
    }
  };
}

function isKiteExchange(text: string): text is KiteExchange {
  return kiteExchanges.some((exchange) => exchange === text);
}

function dataContent(value: unknown): ResponseContent {
  return { kind: 'data', data: value };
}

function rejectWith(type: Parameters<typeof kiteError>[0], message: string): ResponseContent {
  return toErrorContent(kiteError(type, message));
}

const mutualFundsCsvHeader =
  'tradingsymbol,amc,name,purchase_allowed,redemption_allowed,minimum_purchase_amount,purchase_amount_multiplier,' +
  'minimum_additional_purchase_amount,minimum_redemption_quantity,redemption_quantity_multiplier,dividend_type,' +
  'scheme_type,plan,settlement_type,last_price,last_price_date\n';
