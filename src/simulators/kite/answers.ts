import type { Instant } from '../../core/time.js';
import type { Market } from '../../market/market.js';
import { marginsObject, profileObject, sessionObject } from './account.js';
import { historicalCandles } from './candles.js';
import { errorContent } from './content.js';
import type { Content } from './content.js';
import { invalidToken, kiteError, noOrdersHere } from './errors.js';
import { readHistorical } from './historical.js';
import type { DumpAt } from './instruments/dump.js';
import { kiteExchanges } from './instruments/instrument.js';
import type { KiteExchange } from './instruments/instrument.js';
import { loginPage, redirectTarget, redirectWith, tokenPage } from './login-page.js';
import type { Logins } from './logins.js';
import { pricesOf } from './prices.js';
import { quoteLimits, quoteObject } from './quotes.js';
import type { QuoteDetail } from './quotes.js';
import type { Route } from './routes.js';

/** What answers are made from. */
export interface AnswerParts {
  readonly apiKey: string;
  readonly redirectUrl: string | null;
  readonly market: Market;
  readonly marketTime: () => Instant;
  readonly logins: Logins;
  readonly dumpAt: DumpAt;
}

/** A request as far as its answer depends on it. */
export interface Asked {
  readonly query: URLSearchParams;
  /** The fields of its form. */
  readonly form: URLSearchParams;
}

/** Answers what a route asks for. */
export type AnswerTo = (route: Route, asked: Asked) => Content;

export function answers({ apiKey, redirectUrl, market, marketTime, logins, dumpAt }: AnswerParts): AnswerTo {
  const prices = pricesOf(market);

  function login(query: URLSearchParams, done: boolean): Content {
    if (query.get('api_key') !== apiKey) return refused('InputException', 'Invalid `api_key`.');
    const target = redirectTarget(query.get('redirect_url') ?? redirectUrl);
    if (!done) return { kind: 'page', markup: loginPage(`/connect/login?${query.toString()}`, target) };
    const token = logins.requestToken();
    if (target === null) return { kind: 'page', markup: tokenPage(token) };
    return { kind: 'redirect', location: redirectWith(target, token, query.get('redirect_params')) };
  }

  function endSession(query: URLSearchParams): Content {
    const ended = logins.end(query.get('api_key') ?? '', query.get('access_token') ?? '');
    return ended ? data(true) : refused('TokenException', 'Invalid `access_token`.');
  }

  function margins(segment: string | null): Content {
    if (segment === null) return data(marginsObject);
    if (segment === 'equity' || segment === 'commodity') return data(marginsObject[segment]);
    return refused('InputException', 'Invalid `segment`.');
  }

  function instruments(name: string | null): Content {
    if (name !== null && !isExchange(name)) return refused('InputException', 'Invalid `exchange`.');
    const dump = dumpAt(marketTime());
    const rows = name === null ? dump.rows() : dump.rows().filter(({ exchange }) => exchange === name);
    return { kind: 'instruments', exchange: name, rows, wholeOf: dump };
  }

  function quotes(detail: QuoteDetail, query: URLSearchParams): Content {
    const keys = [...new Set(query.getAll('i'))].filter((key) => key !== '');
    if (keys.length === 0) return refused('InputException', 'Missing or empty field `i`');
    const limit = quoteLimits[detail];
    if (keys.length > limit) {
      return refused('InputException', `Too many tokens requested. Max permitted is ${limit}.`);
    }
    const at = marketTime();
    const dump = dumpAt(at);
    const entries = keys.flatMap((key) => {
      const instrument = dump.byKey(key);
      const shown = instrument === undefined ? null : prices.show(instrument, at);
      return instrument === undefined || shown === null ? [] : [[key, quoteObject(detail, instrument, shown)] as const];
    });
    return { kind: 'quotes', entries };
  }

  function historical(token: string, interval: string, query: URLSearchParams): Content {
    const question = readHistorical(interval, query);
    if (!question.ok) return errorContent(question.error);
    const now = marketTime();
    const instrument = /^\d{1,10}$/.test(token) ? dumpAt(now).byToken(Number(token)) : undefined;
    if (instrument === undefined) return errorContent(invalidToken);
    if (question.value.continuous && instrument.type !== 'FUT') {
      return refused('InputException', 'invalid instrument for continuous data');
    }
    return { kind: 'candles', candles: historicalCandles(market, prices, instrument, question.value, now) };
  }

  return (route, { query, form }) => {
    switch (route.kind) {
      case 'login-page':
        return login(query, false);
      case 'login':
        return login(query, true);
      case 'begin-session': {
        const session = logins.begin(form);
        return session.ok ? data(sessionObject(apiKey, session.value)) : errorContent(session.error);
      }
      case 'end-session':
        return endSession(query);
      case 'refresh-session':
        // Only approved platforms have refresh tokens, and no login here hands one out.
        return refused('TokenException', 'Invalid `refresh_token`.');
      case 'profile':
        return data(profileObject);
      case 'margins':
        return margins(route.segment);
      case 'instruments':
        return instruments(route.exchange);
      case 'quote':
        return quotes(route.detail, query);
      case 'historical':
        return historical(route.token, route.interval, query);
      case 'nothing':
        return data(route.data);
      case 'no-funds':
        return { kind: 'csv', text: fundsHeader };
      case 'no-orders':
        return errorContent(noOrdersHere);
    }
  };
}

function isExchange(text: string): text is KiteExchange {
  return kiteExchanges.some((exchange) => exchange === text);
}

function data(value: unknown): Content {
  return { kind: 'data', data: value };
}

function refused(type: Parameters<typeof kiteError>[0], message: string): Content {
  return errorContent(kiteError(type, message));
}

const fundsHeader =
  'tradingsymbol,amc,name,purchase_allowed,redemption_allowed,minimum_purchase_amount,purchase_amount_multiplier,' +
  'minimum_additional_purchase_amount,minimum_redemption_quantity,redemption_quantity_multiplier,dividend_type,' +
  'scheme_type,plan,settlement_type,last_price,last_price_date\n';
