import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Connect } from 'kiteconnect';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { minute } from '../../core/time/time.js';
import type { KiteInterval } from './intervals.js';
import type { KiteError } from './kite-error.js';
import { createMessageRedactor } from '../../platform/redact.js';

/** Whom the API speaks to, and for whom. */
export interface KiteSession {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string | null;
  readonly accessToken: string | null;
}

/** What candles are wanted, first and last second included, as clocks in India show them. */
export interface CandleRequest {
  readonly token: number;
  readonly interval: KiteInterval['interval'];
  readonly from: string;
  readonly to: string;
  /** Whether each comes with the open interest: only contracts have one. */
  readonly openInterest: boolean;
}

/** An answer as the library hands it over, unread. */
export type KiteResponse = Result<unknown, KiteError>;

/** The calls to Kite that are made here; each is one HTTP request, and none throws for anything that Kite does. */
export interface KiteApi {
  profile(signal: AbortSignal): Promise<KiteResponse>;
  /** The list of instruments as text. */
  instruments(signal: AbortSignal): Promise<KiteResponse>;
  /** Keyed by `NSE:INFY`. */
  quotes(keys: readonly string[], signal: AbortSignal): Promise<KiteResponse>;
  candles(request: CandleRequest, signal: AbortSignal): Promise<KiteResponse>;
  /** A session for a request token, which can be used once. */
  createSession(requestToken: string, apiSecret: string, signal: AbortSignal): Promise<KiteResponse>;
  /** Closes every connection. */
  close(): void;
}

/** How long a request may take is decided by the signal; the library would stop at seven seconds. */
const maxRequestTime = 10 * minute;

/**
 * Kite through its library. The library takes neither a signal nor an agent and keeps the HTTP status to itself, so every
 * request gets a client of its own (0.15 ms) whose HTTP settings are ours.
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
    // Loading the library takes 70 ms: only those who use Kite wait for it.
    const { KiteConnect } = await import('kiteconnect');
    if (signal.aborted) return toErrorResponse(signal.reason);
    const client = new KiteConnect({
      api_key: kiteSession.apiKey,
      root: kiteSession.baseUrl.replace(/\/+$/, ''),
      timeout: maxRequestTime,
      ...(kiteSession.accessToken === null ? {} : { access_token: kiteSession.accessToken }),
    });
    configureHttp(client, {
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
      // What is neither JSON nor CSV comes back like an answer.
      return isObject(response) && typeof response['error_type'] === 'string'
        ? toErrorResponse(response)
        : ok(response);
    } catch (thrown) {
      return toErrorResponse(thrown);
    }
  }

  return {
    profile: (signal) => call((client) => client.getProfile(), signal),
    // Reading the list at once would hold up everything else for 200 ms, so the library's reader is put aside.
    instruments: (signal) =>
      call((client) => Object.assign(client, { transformInstrumentsResponse }).getInstruments(), signal),
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

function transformInstrumentsResponse(text: unknown): unknown {
  return text;
}

/** Sets what the library's HTTP client does by default. */
function configureHttp(client: object, settings: object): void {
  const http: unknown = Reflect.get(client, 'requestInstance');
  const defaults: unknown = typeof http === 'function' ? Reflect.get(http, 'defaults') : undefined;
  if (!isObject(defaults)) throw new Error('kiteconnect no longer has the HTTP client that its signals go through');
  Object.assign(defaults, settings);
}

/** The library throws plain objects for what Kite says, errors for what it could not read, and axios's own for the rest. */
function toKiteError(thrown: unknown, status: number | null, redact: (text: string) => string): KiteError {
  const { error_type: type, message } = isObject(thrown) ? thrown : {};
  // The library stumbles over what it takes for granted; its words would be about its own variables.
  const hasUnexpectedFormat = thrown instanceof TypeError;
  const givenReason = typeof message === 'string' && message !== '' ? message : 'no reason given';
  const reason = hasUnexpectedFormat ? 'it is not of the form that Kite documents' : givenReason;
  if (typeof type === 'string') return { type, status, message: redact(reason) };
  return { type: null, status, message: redact(`an answer that cannot be read: ${reason}`) };
}

/** A proxy is never meant for this machine. */
function isLoopback(baseUrl: string): boolean {
  return URL.canParse(baseUrl) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(baseUrl).hostname);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
