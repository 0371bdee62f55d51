import { expect, it, onTestFinished } from 'vitest';
import { minute } from '../../src/core/time.js';
import { evening } from './gateway.js';
import { heldIn } from './held.js';
import { makeLake } from './lake.js';
import { places } from './places.js';
import { fairWeather } from './suffer.js';

/** Five minutes after the close in New York: the source may still revise the day. */
const justClosed = Date.parse('2026-11-18T21:05:00Z');

it('what came through faults just after the close is asked for again when it has settled, and only then', async () => {
  const fair = await fairWeather();
  const early = await makeLake(justClosed);
  onTestFinished(() => early.remove());
  const rules = [{ when: places.minutes.when, do: { drop: 'mid_message' }, skip: 1, times: 1 }];
  const first = await early.run({ rules });
  expect(first.code).toBe(0);
  const held = await heldIn(early.folder, early.clock.now());
  expect(held.lies).toEqual([]);
  expect(held.summary).toMatchObject({
    '1 day AAPL': 'data 3, provisional 1',
    '1 min AAPL': 'data 3, provisional 1',
    '1 min MSFT': 'data 3, provisional 1',
    'option_bars AAPL': 'data 12, provisional 6',
  });
  const soon = await early.at(justClosed + 10 * minute).plan();
  expect({ requests: soon.requests, later: soon.estimatedRequests }).toEqual({ requests: 0, later: 0 });

  const late = early.at(evening);
  const second = await late.run();
  expect(second.code).toBe(0);
  // Two symbols with two bar sizes, and six options of each: their last session and nothing else.
  expect(second.gateway.statistics.requests).toEqual({ historical: 16 });
  const settled = await heldIn(late.folder, late.clock.now());
  expect(settled.lies).toEqual([]);
  expect(settled.summary).toEqual(fair.summary);
  const bars = ({ rows }: typeof fair): unknown => [rows['equity_bars'], rows['option_bars']];
  expect(bars(settled)).toEqual(bars(fair));
});
