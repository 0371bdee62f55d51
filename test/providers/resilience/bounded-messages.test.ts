import { expect, test } from 'vitest';

import type { Failure } from '../../../src/core/failure.js';
import { err } from '../../../src/core/result.js';
import type { Provider } from '../../../src/providers/provider.js';
import { withBoundedMessages } from '../../../src/providers/resilience/bounded-messages.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';
import { createInstrument } from '../../fixtures/pipelines.js';

const page: Failure = { kind: 'retryable', code: '502', message: `Bad gateway ${'x'.repeat(300_000)}` };

function failWith(failure: Failure): Provider {
  return withBoundedMessages({
    name: 'ib',
    open: () => Promise.resolve(err(failure)),
    fetch: () => Promise.resolve({ kind: 'failure', failure }),
    close: () => Promise.resolve(),
  });
}

const series = { dataset: 'quotes', provider: 'ib', instrument: createInstrument('AAPL') } as const;
const request = { series, window: null, closes: [] };
const context = createFetchContext();

test('an error text of 300,000 characters is shown by its beginning and its length', async () => {
  const provider = failWith(page);
  const outcome = await provider.fetch(request, context);
  const message = outcome.kind === 'failure' ? outcome.failure.message : '';
  expect(message.length).toBeLessThan(600);
  expect(message).toMatch(/^Bad gateway x+… \(300,012 characters; pipe run --record-calls keeps all of them\)$/);
  expect(await provider.open(context.signal)).toMatchObject({
    ok: false,
    error: { kind: 'retryable', code: '502', message },
  });
});

test('an ordinary error text stays as it is', async () => {
  const failure: Failure = { kind: 'denied', message: 'IB error 354: not subscribed' };
  expect(await failWith(failure).fetch(request, context)).toEqual({ kind: 'failure', failure });
});
