import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Connect } from 'kiteconnect';
import { trimEndOf } from '../../platform/text/trim-end.js';
import { isRecord } from '../../platform/json.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { minute, second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import { findInternal, setInternals, useInterceptor } from '../library-internals.js';
import type { KiteInterval } from './intervals.js';
import type { KiteError } from './failures.js';
import { createMessageRedactor } from '../../platform/redact.js';
import { createHeaderReader, maxBodyBytes, readBody, readCsv } from './response-body.js';
import type { BodyContent, ReadHeader } from './response-body.js';
import { createTransport } from './transport.js';

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

/** One call of a request for data. */
export interface KiteCall {
  readonly signal: AbortSignal;
  /** Reports that the bytes of the call have left. */
  readonly onSent: () => void;
}

/** A response of the library, not yet validated. */
export type KiteResponse = Result<unknown, KiteError>;

/** The API calls that the adapter uses. Each is one HTTP request, and none throws for anything that Kite does. */
export interface KiteApi {
  profile(signal: AbortSignal): Promise<KiteResponse>;
  /** The list of instruments as CSV. */
  instruments(signal: AbortSignal): Promise<KiteResponse>;
  /** Quotes by key, such as `NSE:INFY`. */
  quotes(keys: readonly string[], call: KiteCall): Promise<KiteResponse>;
  /** The response with its candles as rows. */
  candles(request: CandleRequest, call: KiteCall): Promise<KiteResponse>;
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
    { signal, onSent }: KiteCall,
    secrets: readonly string[] = [],
  ): Promise<KiteResponse> {
    const redact = createMessageRedactor([
      kiteSession.apiSecret,
      kiteSession.accessToken,
      kiteSession.apiKey,
      ...secrets,
    ]);
    const response: ReceivedResponse = { status: null, retryAfter: null, redirect: null, content: null };
    const toErrorResponse = (thrown: unknown): KiteResponse => err(toKiteError(thrown, response, redact));
    // Loading the library takes 70 ms, which only pipelines with Kite should pay.
    const { KiteConnect } = await import('kiteconnect');
    if (signal.aborted) return toErrorResponse(signal.reason);
    const client = new KiteConnect({
      api_key: kiteSession.apiKey,
      root: trimEndOf(kiteSession.baseUrl, '/'),
      timeout: maxRequestTime,
      ...(kiteSession.accessToken === null ? {} : { access_token: kiteSession.accessToken }),
    });
    // An interceptor has the last word: some calls of the library bring options of their own.
    useInterceptor(library, findInternal(library, client, 'requestInstance.interceptors.request'), (config) => {
      setInternals(library, findInternal(library, config, 'headers'), { 'Accept-Encoding': 'gzip' });
      setInternals(library, config, {
        ...agents,
        ...proxyOptions,
        signal,
        transport: createTransport(onSent),
        responseType: 'arraybuffer',
        decompress: false,
        maxContentLength: maxBodyBytes,
        validateStatus: (received: number) => {
          response.status = received;
          return received >= 200 && received < 300;
        },
        transformResponse: [
          (bytes: unknown, headers: unknown) => {
            const readHeader = createHeaderReader(headers);
            response.retryAfter = parseRetryAfter(readHeader);
            response.redirect = readHeader('location');
            response.content = readBody(Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0), readHeader);
            return response.content.kind === 'value' ? response.content.value : null;
          },
        ],
      });
      return config;
    });
    try {
      const value = await send(client);
      // The library returns a response that is neither JSON nor CSV as if it were valid.
      if (isRecord(value) && typeof value['error_type'] === 'string') return toErrorResponse(value);
      const { content } = response;
      return ok(content?.kind === 'csv' ? await readCsv(content.body) : value);
    } catch (thrown) {
      return toErrorResponse(thrown);
    }
  }

  return {
    profile: (signal) => call((client) => client.getProfile(), { signal, onSent: ignore }),
    instruments: (signal) => call((client) => client.getInstruments(), { signal, onSent: ignore }),
    quotes: (keys, options) => call((client) => client.getQuote([...keys]), options),
    candles: ({ token, interval, from, to, openInterest }, options) =>
      call((client) => client.getHistoricalData(token, interval, from, to, false, openInterest), options),
    createSession: (requestToken, apiSecret, signal) =>
      call((client) => client.generateSession(requestToken, apiSecret), { signal, onSent: ignore }, [
        requestToken,
        apiSecret,
      ]),
    close() {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

interface ReceivedResponse {
  /** The HTTP status; null if there was no response. */
  status: number | null;
  retryAfter: Duration | null;
  /** The address of a redirect. */
  redirect: string | null;
  content: BodyContent | null;
}

const ignore = (): void => undefined;

/** A provider that asks for a longer pause is asked again after this time. */
const maxRetryAfter: Duration = 10 * minute;

/** Parses the header `Retry-After`, which has seconds, or a date by the clock of the server. */
function parseRetryAfter(readHeader: ReadHeader): Duration | null {
  const text = readHeader('retry-after');
  if (text === null) return null;
  const serverTime = Date.parse(readHeader('date') ?? '');
  const delay = /^\d{1,9}$/.test(text.trim()) ? Number(text) * second : Date.parse(text) - serverTime;
  return delay > 0 ? Math.min(delay, maxRetryAfter) : null;
}

/** The library throws plain objects for errors of Kite, `Error` for responses that it cannot parse, and axios errors for the rest. */
function toKiteError(
  thrown: unknown,
  { status, retryAfter, redirect }: ReceivedResponse,
  redact: (text: string) => string,
): KiteError {
  const head = { status, ...omitUndefined({ retryAfter: retryAfter ?? undefined }) };
  if (redirect !== null && status !== null && status >= 300 && status < 400) {
    const target = URL.canParse(redirect) ? new URL(redirect).origin : 'another page';
    const message = `it redirects to ${target}: a proxy or a login page of the network answers in place of Kite`;
    return { type: null, ...head, message: redact(`cannot use the response: ${message}`) };
  }
  const { error_type: type, message } = isRecord(thrown) ? thrown : {};
  // A TypeError is about variables of the library, which say nothing to a user.
  const hasUnexpectedFormat = thrown instanceof TypeError;
  const givenReason = typeof message === 'string' && message !== '' ? message : 'no reason given';
  const reason = hasUnexpectedFormat ? 'it does not have the documented format' : givenReason;
  if (typeof type === 'string') return { type, ...head, message: redact(reason) };
  return { type: null, ...head, message: redact(`cannot parse the response of Kite: ${reason}`) };
}

/** Requests to this machine bypass a proxy. */
function isLoopback(baseUrl: string): boolean {
  return URL.canParse(baseUrl) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(baseUrl).hostname);
}
