import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import type { Failure } from '../../core/failure.js';
import type { CallParameters, RequestId, SharedCall } from '../../core/request.js';
import type { Clock } from '../../core/time/clock.js';
import type { FetchContext } from '../provider.js';
import type { KiteApi } from './api.js';
import { abortedFailure, toKiteFailure } from './failures.js';
import { maxInstrumentsPerQuote } from './limits.js';
import { parseQuotes } from './kite-quotes.js';
import type { KiteQuotes } from './kite-quotes.js';

/** The answer to a request for quotes; `call` is absent if the request was cancelled before its call ended. */
export interface QuoteAnswer {
  readonly quotes: Result<KiteQuotes, Failure>;
  readonly call?: SharedCall;
}

/** Joins the requests for quotes that are made in the same turn of the event loop to calls of at most 500 instruments. */
export interface QuoteCalls {
  request(keys: readonly string[], context: QuoteContext): Promise<QuoteAnswer>;
}

export type QuoteContext = Pick<FetchContext, 'id' | 'signal' | 'calls'>;

interface Waiter extends QuoteContext {
  readonly keys: readonly string[];
  readonly resolve: (answer: QuoteAnswer) => void;
}

interface PlannedCall {
  readonly keys: Set<string>;
  readonly waiters: Waiter[];
}

export function createQuoteCalls(api: Pick<KiteApi, 'quotes'>, clock: Pick<Clock, 'now'>): QuoteCalls {
  let waiting: Waiter[] = [];

  const send = async ({ keys, waiters }: PlannedCall): Promise<void> => {
    const [leader] = waiters;
    if (leader === undefined) return;
    const combined = combineAll(waiters.map(({ signal }) => signal));
    for (const waiter of waiters) waiter.calls.describe?.(describeCall(waiter.keys, leader.id, keys.size));
    const onSent = (): void => waiters.forEach(({ calls }) => calls.sent());
    const response = await api.quotes([...keys], { signal: combined.signal, onSent });
    combined.release();
    const call = { id: leader.id, answeredAt: clock.now() };
    const quotes = response.ok ? toQuotes(response.value) : err(toKiteFailure(response.error));
    for (const { resolve } of waiters) resolve({ quotes, call });
  };

  const sendAll = (): void => {
    const calls = planCalls(waiting.filter(({ signal }) => !signal.aborted));
    waiting = [];
    for (const call of calls) void send(call);
  };

  return {
    request: (keys, { id, signal, calls }) =>
      new Promise((resolve) => {
        const cancel = (): void => resolve({ quotes: err(abortedFailure) });
        if (signal.aborted) {
          cancel();
          return;
        }
        signal.addEventListener('abort', cancel, { once: true });
        if (waiting.length === 0) setImmediate(sendAll);
        waiting.push({
          id,
          keys,
          signal,
          calls,
          resolve(answer) {
            signal.removeEventListener('abort', cancel);
            resolve(answer);
          },
        });
      }),
  };
}

/** Puts each request into the first call that its instruments fit into; requests for one underlying name it only once. */
function planCalls(waiters: readonly Waiter[]): readonly PlannedCall[] {
  const calls: PlannedCall[] = [];
  for (const waiter of waiters) {
    const found = calls.find(({ keys }) => keys.size + countNew(waiter.keys, keys) <= maxInstrumentsPerQuote);
    const call = found ?? { keys: new Set<string>(), waiters: [] };
    if (found === undefined) calls.push(call);
    for (const key of waiter.keys) call.keys.add(key);
    call.waiters.push(waiter);
  }
  return calls;
}

/** Requests with the same `call` were answered together. */
function describeCall(keys: readonly string[], call: RequestId, ofCall: number): CallParameters {
  const [first = '', ...others] = keys;
  const i = others.length === 0 ? first : `${first} and ${others.length} more`;
  return { i, instruments: keys.length, of_call: ofCall, call };
}

function countNew(keys: readonly string[], known: ReadonlySet<string>): number {
  return keys.filter((key) => !known.has(key)).length;
}

/** Aborts when the last of these signals has: until then a request waits for the response. */
function combineAll(signals: readonly AbortSignal[]): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  let active = signals.length;
  const onAbort = (): void => {
    if (--active === 0) controller.abort();
  };
  for (const signal of signals) signal.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    release() {
      for (const signal of signals) signal.removeEventListener('abort', onAbort);
    },
  };
}

function toQuotes(response: unknown): Result<KiteQuotes, Failure> {
  const quotes = parseQuotes(response);
  return quotes === null
    ? err({ kind: 'retryable', message: 'the response to a request for quotes has no quotes' })
    : ok(quotes);
}
