import { expect, it, onTestFinished } from 'vitest';
import { minute } from '../../src/core/time/time.js';
import { evening } from './fault-gateway.js';
import { readLakeContents } from './lake-contents.js';
import { createFaultLake } from './fault-lake.js';
import { faultTargets } from './fault-targets.js';
import { createBaseline } from './check-fault.js';

/** Five minutes after the close in New York: the source may still revise the day. */
const justClosed = Date.parse('2026-11-18T21:05:00Z');

it('requests provisional data fetched through faults after the close again once it is final, not before', async () => {
  const baseline = await createBaseline();
  const earlyLake = await createFaultLake(justClosed);
  onTestFinished(() => earlyLake.remove());
  const rules = [{ when: faultTargets.minutes.when, do: { drop: 'mid_message' }, skip: 1, times: 1 }];
  const first = await earlyLake.run({ rules });
  expect(first.code).toBe(0);
  const contents = await readLakeContents(earlyLake.folder, earlyLake.clock.now());
  expect(contents.contradictions).toEqual([]);
  expect(contents.summary).toMatchObject({
    '1 day AAPL': 'data 3, provisional 1',
    '1 min AAPL': 'data 3, provisional 1',
    '1 min MSFT': 'data 3, provisional 1',
    'option_bars AAPL': 'data 12, provisional 6',
  });
  const soonPlan = await earlyLake.at(justClosed + 10 * minute).plan();
  expect({ requests: soonPlan.requests, later: soonPlan.estimatedRequests }).toEqual({ requests: 0, later: 0 });

  const lateLake = earlyLake.at(evening);
  const second = await lateLake.run();
  expect(second.code).toBe(0);
  // The last session only, of two symbols with two bar sizes and six options each.
  expect(second.gateway.statistics.requests).toEqual({ historical: 16 });
  const finalContents = await readLakeContents(lateLake.folder, lateLake.clock.now());
  expect(finalContents.contradictions).toEqual([]);
  expect(finalContents.summary).toEqual(baseline.summary);
  const bars = ({ rows }: typeof baseline): unknown => [rows['equity_bars'], rows['option_bars']];
  expect(bars(finalContents)).toEqual(bars(baseline));
});
