import fc from 'fast-check';
import { omitUndefined } from '../../../src/platform/omit-undefined.js';
import { describe, expect, test } from 'vitest';
import type { CoverageState } from '../../../src/core/coverage.js';
import { encodeFacts } from '../../../src/lake/coverage/fact-encoding.js';
import { decodeFacts, decodeGroups } from '../../../src/lake/coverage/fact-decoding.js';
import type { FactInput } from '../../../src/lake/coverage/fact-encoding.js';
import { LakeError } from '../../../src/lake/lake-error.js';

const state = fc.constantFrom<CoverageState>(
  'data',
  'empty',
  'failed',
  'provisional',
  'denied',
  'unavailable',
  'missing',
);
const symbol = fc.oneof(
  fc.constantFrom('AAPL', 'BRK B', 'A%2FB', 'A%252FB', '0700', '日経', '__proto__', 'constructor', '💥', '"', '\\', ''),
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('/', '%2F')),
);
const series = fc.oneof(
  symbol.map((one) => `contracts/${one}`),
  symbol.map((one) => `chains/${one}`),
  symbol.map((one) => `equity_bars/${one}/1 day/TRADES/rth`),
  fc
    .tuple(
      symbol,
      fc.constantFrom('2026-11-20', '2026-12-18'),
      fc.constantFrom(150, 152.5, 1e21),
      fc.constantFrom('C', 'P'),
    )
    .map(([one, expiry, strike, right]) => `option_bars/${one}/${expiry}/${strike}/${right}/5 mins/BID_ASK/all`),
  fc.string(),
);
const requestId = fc.oneof(
  fc.tuple(fc.constantFrom('0199-a', '0199-b', 'x/y'), fc.nat(10_000)).map(([run, number]) => `${run}/${number}`),
  fc.constantFrom('no number', '0199-a/007', '0199-a/-1', '0199-a/', '/', '', '0199-a/9007199254740993'),
);
const instant = fc
  .oneof(fc.integer({ min: 0, max: 50 }), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((value) => value + 0);
const window = fc.oneof(
  fc.constantFrom({ start: 0, end: 10 }, { start: 10, end: 20 }),
  fc.tuple(fc.integer({ min: -1e13, max: 1e13 }), fc.nat(1e12)).map(([start, size]) => ({ start, end: start + size })),
);
const input: fc.Arbitrary<FactInput> = fc
  .record({
    series,
    window,
    state,
    requestId,
    requestedAt: instant,
    rows: fc.nat(1e6),
    reason: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
    emptyAnswers: fc.constantFrom(undefined, 0, 1, 3),
    lacks: fc.constantFrom(undefined, '[22,["missing",1,5,["650 C"]]]', '[3]'),
    upstream: fc.array(requestId, { maxLength: 3 }),
    step: fc.constantFrom('prices', 'chains', 'toString'),
    calendar: fc.constantFrom('XNYS', 'XASX', '__proto__', 'constructor', ''),
  })
  .map(({ step, calendar, reason, emptyAnswers, lacks, ...fact }) => ({
    fact: { provider: 'mock', ...fact, ...omitUndefined({ reason, emptyAnswers, lacks }) },
    step,
    calendar,
  }));

/** Converts to JSON text and back, as the log does. */
const roundTrip = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Only the order of facts about one series has a meaning. */
function bySeries(facts: readonly FactInput[]): ReadonlyMap<string, readonly FactInput[]> {
  const result = new Map<string, FactInput[]>();
  for (const one of facts) result.set(one.fact.series, [...(result.get(one.fact.series) ?? []), one]);
  return new Map([...result].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const run = '01990000-0000-7000-8000-000000000001';
const earlierRun = '01980000-0000-7000-8000-000000000002';

function night(count: number): readonly FactInput[] {
  return Array.from({ length: count }, (_, index) => ({
    fact: {
      provider: 'mock',
      series: `equity_bars/${index.toString(26).toUpperCase().padStart(4, 'A')}/1 day/TRADES/rth`,
      window: { start: 1_795_150_800_000, end: 1_795_237_200_000 },
      state: 'data',
      // Results arrive in another order than their requests were sent.
      requestId: `${run}/${index + ((index * 7) % 5)}`,
      requestedAt: 1_795_212_000_000 + index * 37 + ((index * 13) % 50),
      rows: 1,
      upstream: [`${earlierRun}/${index + ((index * 3) % 4)}`],
    },
    step: 'prices',
    calendar: 'XNYS',
  }));
}

describe('encodeFacts and decodeFacts', () => {
  test('return any facts exactly, with the facts of one series in order', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 40 }), (facts) => {
        const decoded = decodeFacts(roundTrip(encodeFacts(facts)), 'here');
        expect(bySeries(decoded)).toEqual(bySeries(facts));
      }),
      { numRuns: 400 },
    );
  });

  test('return facts exactly when many share a window', () => {
    const few = fc.record({
      symbol: fc.integer({ min: 0, max: 15 }).map(String),
      window: fc.constantFrom({ start: 0, end: 10 }, { start: 5, end: 15 }),
      state: fc.constantFrom<CoverageState>('data', 'failed'),
      requestedAt: fc.integer({ min: 0, max: 3 }).map((hours) => hours * 1_800_000),
    });
    fc.assert(
      fc.property(fc.array(few, { minLength: 10, maxLength: 120 }), (rows) => {
        const facts = rows.map(({ symbol: one, ...rest }, index): FactInput => ({
          fact: {
            provider: 'mock',
            series: `chains/${one}`,
            requestId: `r/${index}`,
            rows: index % 3,
            upstream: [],
            ...rest,
          },
          step: 'chains',
          calendar: 'XNYS',
        }));
        const decoded = decodeFacts(roundTrip(encodeFacts(facts)), 'here');
        expect(bySeries(decoded)).toEqual(bySeries(facts));
      }),
      { numRuns: 150 },
    );
  });

  test('encode ten thousand series with one window in less than 25 bytes each', () => {
    const facts = night(10_000);
    const text = JSON.stringify(encodeFacts(facts, () => 'America/New_York'));
    expect(text.length / facts.length).toBeLessThan(25);
    expect(decodeFacts(JSON.parse(text), 'here')).toEqual(facts);
    expect(decodeGroups(JSON.parse(text), 'here')).toMatchObject([
      { size: 10_000, zone: 'America/New_York', starts: 1_795_150_800_000 },
    ]);
  });

  test('encode ten thousand options of a few underlyings in less than 25 bytes each', () => {
    const facts = night(10_000).map((one, index): FactInput => {
      const strike = 100 + 2.5 * (Math.floor(index / 8) % 60);
      const key = `S${Math.floor(index / 480)}/2026-1${index % 2}-20/${strike}/${index % 4 < 2 ? 'C' : 'P'}`;
      return { ...one, fact: { ...one.fact, series: `option_bars/${key}/1 day/TRADES/rth` } };
    });
    const text = JSON.stringify(encodeFacts(facts));
    expect(text.length / facts.length).toBeLessThan(25);
    expect(decodeFacts(JSON.parse(text), 'here')).toEqual(facts);
  });

  test('encode no facts as empty lists', () => {
    expect(encodeFacts([])).toEqual({ v: 1, runs: [], zones: {}, groups: [] });
    expect(decodeFacts(encodeFacts([]), 'here')).toEqual([]);
  });

  test('reject an unsupported version with a message that contains the version', () => {
    expect(() => decodeFacts({ v: 2 }, 'commit 7')).toThrow(
      'commit 7.v: this version of pipe reads coverage of version 1, not 2',
    );
  });

  test('throw only a LakeError with the location for any malformed value', () => {
    const odd = fc.constantFrom<unknown>(
      null,
      7,
      -1,
      1.5,
      'x',
      [],
      {},
      [1],
      ['x'],
      [[]],
      { of: ['x'], at: [9] },
      true,
      1e300,
    );
    const whole = encodeFacts([...night(12), ...night(2).map((one) => ({ ...one, calendar: 'XASX' }))], () => 'UTC');
    fc.assert(
      fc.property(fc.nat(1000), odd, (place, value) => {
        const broken = roundTrip(whole);
        replaceValue(broken, place, value);
        try {
          for (const one of decodeFacts(broken, 'here')) expect(typeof one.fact.series).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(LakeError);
          expect(error).toMatchObject({ kind: 'malformed', message: expect.stringMatching(/^here/) as string });
        }
      }),
      { numRuns: 800 },
    );
  });

  test.each([
    [{ size: 3 }, 'here.groups[0].keys[0]: expected 3 texts, found 2'],
    [{ size: 0 }, 'here.groups[0].size: expected 1 to 100000000 facts'],
    [{ state: 'vanished' }, 'here.groups[0].state: unknown state "vanished"'],
    [{ provider: 'ib2' }, 'here.groups[0].provider: unknown provider "ib2"'],
    [{ window: [0, [1]] }, 'here.groups[0].window[1]: expected 2 numbers, found 1'],
    [{ request: [4, 1] }, 'here.groups[0].request[0]: run 4 does not exist'],
    [{ upstream: [-1, []] }, 'here.groups[0].upstream[0]: expected counts'],
  ])('name the location of %j', (change, message) => {
    const facts = night(2).map((one, index) => ({ ...one, fact: { ...one.fact, series: `contracts/S${index}` } }));
    const broken = roundTrip(encodeFacts(facts)) as { groups: object[] };
    Object.assign(broken.groups[0] ?? {}, change);
    expect(() => decodeFacts(broken, 'here')).toThrow(message);
  });
});

/** Replaces the nth value inside another. */
function replaceValue(root: unknown, place: number, value: unknown): void {
  const places: [Record<string, unknown>, string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, child] of Object.entries(node)) {
      places.push([node as Record<string, unknown>, key]);
      visit(child);
    }
  };
  visit(root);
  const [parent, key] = places[place % places.length] ?? [];
  if (parent !== undefined && key !== undefined) parent[key] = value;
}
