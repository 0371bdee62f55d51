import { describe, expect, it, test } from 'vitest';
import type { CallParameters } from '../../../src/core/request.js';
import { err, ok } from '../../../src/core/result.js';
import type { KiteResponse } from '../../../src/providers/kite/api.js';
import { createQuoteCalls } from '../../../src/providers/kite/quote-calls.js';
import type { QuoteAnswer } from '../../../src/providers/kite/quote-calls.js';
import { unpacedCalls } from '../../../src/providers/provider.js';
import type { SourceCalls } from '../../../src/providers/provider.js';

const never = new AbortController().signal;

/** Calls of quotes that the test answers; by default every instrument has a price, except those named UNKNOWN. */
function createBench(respond: (keys: readonly string[]) => KiteResponse = respondWithPrices) {
  const sent: (readonly string[])[] = [];
  const signals: AbortSignal[] = [];
  let now = 0;
  const calls = createQuoteCalls(
    {
      quotes: async (keys, { signal, onSent }) => {
        sent.push(keys);
        signals.push(signal);
        onSent();
        now += 1_000;
        return respond(keys);
      },
    },
    { now: () => now },
  );
  let number = 0;
  const request = (keys: readonly string[], signal = never, sourceCalls = unpacedCalls): Promise<QuoteAnswer> =>
    calls.request(keys, { id: `run/${++number}`, signal, calls: sourceCalls });
  return { sent, signals, request };
}

function respondWithPrices(keys: readonly string[]): KiteResponse {
  const known = keys.filter((key) => !key.startsWith('UNKNOWN'));
  return ok(Object.fromEntries(known.map((key) => [key, { last_price: 1 }])));
}

const listKeys = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('requests of the same turn', () => {
  it('are described with the call that they share', async () => {
    const described: CallParameters[] = [];
    const calls: SourceCalls = {
      ...unpacedCalls,
      describe(parameters) {
        described.push(parameters);
      },
    };
    const { request } = createBench();
    await Promise.all([request(['NSE:A'], never, calls), request(['NSE:B', 'NFO:C', 'NFO:D'], never, calls)]);
    expect(described).toEqual([
      { i: 'NSE:A', instruments: 1, of_call: 4, call: 'run/1' },
      { i: 'NSE:B and 2 more', instruments: 3, of_call: 4, call: 'run/1' },
    ]);
  });

  it('share one call, its id and its time', async () => {
    const { sent, request } = createBench();
    const answers = await Promise.all([request(['NSE:A']), request(['NSE:B', 'NSE:A']), request(['NSE:C'])]);
    expect(sent).toEqual([['NSE:A', 'NSE:B', 'NSE:C']]);
    expect(answers.map(({ call }) => call)).toEqual(Array(3).fill({ id: 'run/1', answeredAt: 1_000 }));
    for (const { quotes } of answers) expect(quotes).toMatchObject({ ok: true });
  });

  it('take as many calls of 500 instruments as they need, and no request is split', async () => {
    const { sent, request } = createBench();
    await Promise.all(['A', 'B', 'C', 'D'].map((name) => request(listKeys(name, 200))));
    expect(sent.map(({ length }) => length)).toEqual([400, 400]);
  });

  it('of one underlying name it once', async () => {
    const { sent, request } = createBench();
    await Promise.all([1, 2].map((part) => request(['NSE:NIFTY 50', ...listKeys(`NFO:${part}-`, 249)])));
    expect(sent.map(({ length }) => length)).toEqual([499]);
  });

  it('all fail with their call', async () => {
    const { request } = createBench(() => err({ type: 'GeneralException', status: 500, message: 'no' }));
    const answers = await Promise.all([request(['NSE:A']), request(['NSE:B'])]);
    for (const { quotes } of answers) expect(quotes).toMatchObject({ ok: false, error: { kind: 'retryable' } });
    expect(answers[1].call?.id).toBe('run/1');
  });

  it('are answered although one of them names an unknown instrument', async () => {
    const { request } = createBench();
    const [known, unknown] = await Promise.all([request(['NSE:A']), request(['UNKNOWN:B'])]);
    expect(known.quotes.ok && known.quotes.value.has('NSE:A')).toBe(true);
    expect(unknown.quotes.ok && unknown.quotes.value.has('UNKNOWN:B')).toBe(false);
  });
});

test('a request of a later turn has a call of its own', async () => {
  const { sent, request } = createBench();
  await request(['NSE:A']);
  await request(['NSE:B']);
  expect(sent).toHaveLength(2);
});

test('a cancelled request leaves the call to the others, and the last one cancels it', async () => {
  const controllers = [new AbortController(), new AbortController()];
  const { signals, request } = createBench(() => {
    controllers[0]?.abort();
    return ok({ 'NSE:A': { last_price: 1 }, 'NSE:B': { last_price: 1 } });
  });
  const [cancelled, other] = await Promise.all(
    controllers.map(({ signal }, index) => request([index === 0 ? 'NSE:A' : 'NSE:B'], signal)),
  );
  expect(cancelled).toMatchObject({ quotes: { ok: false } });
  expect(other).toMatchObject({ quotes: { ok: true } });
  expect(signals[0]?.aborted).toBe(false);
});

test('a request that is cancelled before its turn is not sent', async () => {
  const { sent, request } = createBench();
  const controller = new AbortController();
  const answers = [request(['NSE:A'], controller.signal), request(['NSE:B'])];
  controller.abort();
  await Promise.all(answers);
  expect(sent).toEqual([['NSE:B']]);
});
