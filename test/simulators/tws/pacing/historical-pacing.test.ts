import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStallMeter } from '../../../../src/simulators/tws/pacing/arrival.js';
import { createHistoricalPacing } from '../../../../src/simulators/tws/pacing/historical-pacing.js';
import type { HistoricalRule, PacedArrival } from '../../../../src/simulators/tws/pacing/historical-pacing.js';
import { createMessageRate } from '../../../../src/simulators/tws/pacing/message-rate.js';
import { createSlotPool } from '../../../../src/simulators/tws/pacing/slot-pool.js';

/** The arrival of a message that was read at once. */
const arriveAt = (at: number) => ({ at, earliest: at });

/** Reference implementation: checks the documented rules against the whole history. */
function findViolations(history: readonly PacedArrival[], index: number): readonly HistoricalRule[] {
  const now = history[index] ?? expect.fail('no arrival');
  const within = (span: number): readonly PacedArrival[] =>
    history.slice(0, index + 1).filter(({ at }) => now.at - at < span);
  const broken: HistoricalRule[] = [];
  if (within(15_000).filter(({ identity }) => identity === now.identity).length > 1) broken.push('identical');
  if (within(2_000).filter(({ group }) => group === now.group).length >= 6) broken.push('same-contract');
  if (within(600_000).reduce((sum, { weight }) => sum + weight, 0) > 60) broken.push('total');
  return broken;
}

describe('historical pacing', () => {
  test('finds the same violations as a direct implementation of the documented rules', () => {
    const step = fc.oneof(fc.nat(300), fc.nat(5_000), fc.constantFrom(1_999, 2_000, 14_999, 15_000, 60_000, 599_999));
    const arrival = fc.record({
      step,
      identity: fc.constantFrom('a', 'b', 'c', 'd'),
      group: fc.constantFrom('x', 'y'),
      weight: fc.constantFrom(1, 2),
    });
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 120 }), (steps) => {
        let at = 0;
        const history = steps.map(({ step: by, ...rest }) => ({ ...rest, at: (at += by), earliest: at }));
        const pacing = createHistoricalPacing();
        history.forEach((one, index) => {
          expect([...pacing.checkRequest(one)]).toEqual(findViolations(history, index));
        });
      }),
    );
  });

  test('allows 60 requests in ten minutes and rejects another until the first is ten minutes old', () => {
    const pacing = createHistoricalPacing();
    const ask = (index: number, at: number) =>
      pacing.checkRequest({ ...arriveAt(at), identity: String(index), group: String(index), weight: 1 });
    for (let index = 0; index < 60; index++) expect(ask(index, index * 1_000)).toEqual([]);
    expect(ask(60, 599_999)).toEqual(['total']);
    expect(checkAfterSixtyRequests(600_000)).toEqual([]);
  });
});

function checkAfterSixtyRequests(at: number): readonly HistoricalRule[] {
  const pacing = createHistoricalPacing();
  for (let index = 0; index < 60; index++) {
    pacing.checkRequest({ ...arriveAt(index * 1_000), identity: String(index), group: String(index), weight: 1 });
  }
  return pacing.checkRequest({ ...arriveAt(at), identity: 'last', group: 'last', weight: 1 });
}

describe('the message rate', () => {
  test('allows 50 messages in any second', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 300 }), (steps) => {
        const rate = createMessageRate();
        let at = 0;
        const times: number[] = [];
        for (const step of steps) {
          times.push((at += step));
          const recent = times.filter((time) => at - time < 1_000).length;
          expect(rate.checkMessage(arriveAt(at)).kind).toBe(recent <= 50 ? 'within' : 'exceeded');
        }
      }),
    );
  });

  test('counts excess within one second as one offence and closes at the third', () => {
    const rate = createMessageRate();
    const burst = (at: number) => Array.from({ length: 60 }, () => rate.checkMessage(arriveAt(at))).at(-1);
    expect(burst(0)).toEqual({ kind: 'exceeded', received: 60, offences: 1, final: false });
    expect(burst(1_000)).toMatchObject({ offences: 2, final: false });
    expect(burst(2_000)).toMatchObject({ offences: 3, final: true });
  });
});

describe('a simulator that was busy', () => {
  test('measures a stall from the tick before the last one, as ticks come before reads', () => {
    let now = 0;
    const meter = createStallMeter(() => now);
    for (const time of [20, 40]) {
      now = time;
      meter.tick();
    }
    now = 45;
    expect(meter.measure()).toBe(25);
    now = 1_540;
    meter.tick();
    expect(meter.measure()).toBe(1_500);
    now = 1_560;
    meter.tick();
    expect(meter.measure()).toBe(20);
  });

  test('does not blame a client for messages that piled up during a stall', () => {
    const rate = createMessageRate();
    const verdicts = Array.from({ length: 100 }, () => rate.checkMessage({ at: 2_000, earliest: 0 }).kind);
    expect(new Set(verdicts)).toEqual(new Set(['within']));
    expect(rate.checkMessage({ at: 2_010, earliest: 2_000 }).kind).toBe('within');
  });

  test('still finds a burst that no stall explains', () => {
    const rate = createMessageRate();
    const verdicts = Array.from({ length: 51 }, () => rate.checkMessage({ at: 2_000, earliest: 1_960 }).kind);
    expect(verdicts.at(-2)).toBe('within');
    expect(verdicts.at(-1)).toBe('exceeded');
  });

  test('does not blame a client for requests for bars that piled up during a stall', () => {
    const pacing = createHistoricalPacing();
    const ask = (at: number, earliest: number) =>
      pacing.checkRequest({ at, earliest, identity: String(at), group: 'AAPL', weight: 1 });
    for (let index = 0; index < 5; index++) expect(ask(10_000 + index, 10_000 + index)).toEqual([]);
    expect(ask(13_000, 11_000)).toEqual([]);
    for (let index = 1; index <= 5; index++) expect(ask(13_000 + index, 11_000)).toEqual([]);
    const identical = { identity: 'same', group: 'MSFT', weight: 1 };
    expect(pacing.checkRequest({ at: 20_000, earliest: 10_000, ...identical })).toEqual([]);
    expect(pacing.checkRequest({ at: 25_000, earliest: 25_000, ...identical })).toEqual([]);
    expect(pacing.checkRequest({ at: 39_999, earliest: 39_999, ...identical })).toEqual(['identical']);
  });
});

test('a slot pool grants slots until none is free', () => {
  const places = createSlotPool(2);
  expect([places.tryAcquire(), places.tryAcquire(), places.tryAcquire()]).toEqual([true, true, false]);
  places.release();
  expect(places.tryAcquire()).toBe(true);
  expect(places).toMatchObject({ inUse: 2, peak: 2 });
});
