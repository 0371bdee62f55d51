import { expect, test } from 'vitest';

import type { CallParameters } from '../../../src/core/request.js';
import { withCallLog } from '../../../src/providers/resilience/call-log.js';
import type { CallLogEntry } from '../../../src/providers/resilience/call-log.js';
import type { Provider } from '../../../src/providers/provider.js';
import { ok } from '../../../src/core/result.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';
import { createInstrument } from '../../fixtures/pipelines.js';

test('withCallLog names the request and what its calls asked, and passes it on', async () => {
  const asked: CallParameters = { con_id: 265598, duration: '1 Y', bar_size: '1 day' };
  const provider: Provider = {
    name: 'ib',
    open: () => Promise.resolve(ok(undefined)),
    close: () => Promise.resolve(),
    fetch(_request, { calls }) {
      calls.describe?.(asked);
      return Promise.resolve({ kind: 'empty' });
    },
  };
  const entries: CallLogEntry[] = [];
  const passed: CallParameters[] = [];
  const context = createFetchContext();
  const describe = (parameters: CallParameters): void => void passed.push(parameters);
  const series = { dataset: 'quotes', provider: 'ib', instrument: createInstrument('AAPL') } as const;
  const logged = withCallLog(
    provider,
    (entry) => entries.push(entry),
    () => 7,
  );
  await logged.fetch({ series, window: null, closes: [] }, { ...context, calls: { ...context.calls, describe } });
  const common = { at: 7, request: 'run/1', provider: 'ib', series: 'quotes/AAPL', window: null };
  expect(entries).toEqual([
    { ...common, event: 'requested' },
    { ...common, event: 'completed', outcome: 'empty', sent: [asked] },
  ]);
  expect(passed).toEqual([asked]);
});
