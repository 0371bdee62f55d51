import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Connect } from 'kiteconnect';
import { isRecord } from '../../platform/json.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { minute } from '../../core/time/time.js';
import { findInternal, setInternals, wrapInternalMethod } from '../library-internals.js';
import type { KiteInterval } from './intervals.js';
import type { KiteError } from './failures.js';
import { createMessageRedactor } from '../../platform/redact.js';

export interface KiteSession {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string | null;
  readonly accessToken: string | null;
}

/** A request for candles; both ends are included and given in Indian time. */
export interface CandleRequest {
  readonly token: number;
  readonly interval: KiteInterval['interval'];
  readonly from: string;
  readonly to: string;
  /** Requests open interest, which only derivatives have. */
  readonly openInterest: boolean;
}

/** A response of the library, not yet validated. */
export type KiteResponse = Result<unknown, KiteError>;

/** The API calls that the adapter uses. Each is one HTTP request, and none throws for anything that Kite does. */
export interface KiteApi {
  profile(signal: AbortSignal): Promise<KiteResponse>;
  /** The list of instruments as CSV. */
  instruments(signal: AbortSignal): Promise<KiteResponse>;
  /** Quotes by key, such as `NSE:INFY`. */
  quotes(keys: readonly string[], signal: AbortSignal): Promise<KiteResponse>;
  candles(request: CandleRequest, signal: AbortSignal): Promise<KiteResponse>;
  /** Exchanges a request token, which is valid once, for a session. */
  createSession(requestToken: string, apiSecret: string, signal: AbortSignal): Promise<KiteResponse>;
  close(): void;
}

/** The signal limits a request; the default of the library is seven seconds. */
const maxRequestTime = 10 * minute;

const library = 'kiteconnect';

/**
 * Calls Kite through its library. The library accepts neither a signal nor an agent and hides the HTTP status, so every request
 * has a separate client (0.15 ms) with its own HTTP settings.
 */
export function openKiteApi(kiteSession: KiteSession): KiteApi {
  const agents = { httpAgent: new HttpAgent({ keepAlive: true }), httpsAgent: new HttpsAgent({ keepAlive: true }) };
  const proxyOptions = isLoopback(kiteSession.baseUrl) ? { proxy: false } : {};

  async function call(
    send: (client: Connect) => Promise<unknown>,
    signal: AbortSignal,
    secrets: readonly string[] = [],
  ): Promise<KiteResponse> {
    const redact = createMessageRedactor([
      kiteSession.apiSecret,
      kiteSession.accessToken,
      kiteSession.apiKey,
      ...secrets,
    ]);
    let status: number | null = null;
    const toErrorResponse = (thrown: unknown): KiteResponse => err(toKiteError(thrown, status, redact));
    // Loading the library takes 70 ms, which only pipelines with Kite should pay.
    const { KiteConnect } = await import('kiteconnect');
    if (signal.aborted) return toErrorResponse(signal.reason);
    const client = new KiteConnect({
      api_key: kiteSession.apiKey,
      root: kiteSession.baseUrl.replace(/\/+$/, ''),
      timeout: maxRequestTime,
      ...(kiteSession.accessToken === null ? {} : { access_token: kiteSession.accessToken }),
    });
    setInternals(library, findInternal(library, client, 'requestInstance.defaults'), {
      ...agents,
      ...proxyOptions,
      signal,
      validateStatus: (received: number) => {
        status = received;
        return received >= 200 && received < 300;
      },
    });
    try {
      const response = await send(client);
      // The library returns a response that is neither JSON nor CSV as if it were valid.
      return isRecord(response) && typeof response['error_type'] === 'string'
        ? toErrorResponse(response)
        : ok(response);
    } catch (thrown) {
      return toErrorResponse(thrown);
    }
  }

  return {
    profile: (signal) => call((client) => client.getProfile(), signal),
    // The library's parser would block the event loop for 200 ms, so the text is parsed elsewhere.
    instruments: (signal) =>
      call((client) => {
        wrapInternalMethod(library, client, 'transformInstrumentsResponse', () => (text) => text);
        return client.getInstruments();
      }, signal),
    quotes: (keys, signal) => call((client) => client.getQuote([...keys]), signal),
    candles: ({ token, interval, from, to, openInterest }, signal) =>
      call((client) => client.getHistoricalData(token, interval, from, to, false, openInterest), signal),
    createSession: (requestToken, apiSecret, signal) =>
      call((client) => client.generateSession(requestToken, apiSecret), signal, [requestToken, apiSecret]),
    close() {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

/** The library throws plain objects for errors of Kite, `Error` for responses that it cannot parse, and axios errors for the rest. */
function toKiteError(thrown: unknown, status: number | null, redact: (text: string) => string): KiteError {
  const { error_type: type, message } = isRecord(thrown) ? thrown : {};
  // A TypeError is about variables of the library, which say nothing to a user.
  const hasUnexpectedFormat = thrown instanceof TypeError;
  const givenReason = typeof message === 'string' && message !== '' ? message : 'no reason given';
  const reason = hasUnexpectedFormat ? 'it does not have the documented format' : givenReason;
  if (typeof type === 'string') return { type, status, message: redact(reason) };
  return { type: null, status, message: redact(`cannot parse the response of Kite: ${reason}`) };
}

/** Requests to this machine bypass a proxy. */
function isLoopback(baseUrl: string): boolean {
  return URL.canParse(baseUrl) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(baseUrl).hostname);
}
