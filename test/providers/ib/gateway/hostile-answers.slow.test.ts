/**
 * Answers that a gateway cuts, mixes up or leaves incomplete: whatever of them arrives, the coverage that follows claims no minute
 * without a bar.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultEmptyConfirmation } from '../../../../src/core/empty-confirmation.js';
import type { FetchOutcome, Request } from '../../../../src/core/request.js';
import { day, minute, second } from '../../../../src/core/time/time.js';
import type { Instant } from '../../../../src/core/time/time.js';
import { resolveOutcome } from '../../../../src/run/resolve-outcome.js';
import { createFetchContext } from '../../../fixtures/fetch-context.js';
import { requireCalendar } from '../../../fixtures/require-calendar.js';
import { afterClose, barsRequest, expectRows, getDayWindow, pointRequest } from '../rig.js';
import { barAt, barsFrame, detailsFrames, errorFrame, frame, openScripted } from './scripted-gateway.js';
import type { ReceivedRequest } from './scripted-gateway.js';

const calendar = requireCalendar('XNYS');
const dayWindow = getDayWindow('2026-11-17');
const [session] = calendar.sessions('2026-11-17', '2026-11-18');
const { open = NaN, close = NaN } = session ?? {};
const minutes = Array.from({ length: 390 }, (_, index) => open + index * minute);

/** The minutes of the session that the coverage after an answer claims, although no bar of them is stored. */
function findFalseClaims(request: Request, outcome: FetchOutcome): readonly number[] {
  const { closedWindows, rows } = resolveOutcome(request, outcome, {
    ...{ calendar, revisionWindow: 0, answeredAt: afterClose, earlier: [] },
    confirmation: defaultEmptyConfirmation,
  });
  const stored = new Set(rows?.dataset === 'equity_bars' ? rows.columns.ts : []);
  const claimed = closedWindows.filter(({ state }) => state !== 'failed');
  return minutes.flatMap((at, index) =>
    !stored.has(at) && claimed.some(({ window }) => window.start <= at && at < window.end) ? [index] : [],
  );
}

/** How the gateway sends the bars that it has. */
const manners = {
  plain: (id: number, bars: readonly Instant[]) => [send(id, bars)],
  'in the reverse order': (id: number, bars: readonly Instant[]) => [send(id, bars.toReversed())],
  'each twice': (id: number, bars: readonly Instant[]) => [
    send(
      id,
      bars.flatMap((at) => [at, at]),
    ),
  ],
  'with an end before the last bars': (id: number, bars: readonly Instant[]) => {
    const middle = Math.floor(bars.length / 2);
    return [send(id, bars.slice(0, middle)), send(id, bars.slice(middle))];
  },
  'with two ends': (id: number, bars: readonly Instant[]) => [send(id, bars), send(id, [])],
  'without an end, then an end without bars': (id: number, bars: readonly Instant[]) => [
    frame(17, id, '', '', bars.length + 1, ...bars.flatMap(toBar)),
    send(id, []),
  ],
  'after all bars to an unknown request': (id: number, bars: readonly Instant[]) => [
    send(id + 100_000, minutes),
    send(id, bars),
  ],
  'with error 162 after half of them': (id: number, bars: readonly Instant[]) => [
    send(id, bars.slice(0, Math.floor(bars.length / 2))),
    errorFrame(id, 162, 'Historical Market Data Service error message:HMDS query returned no data'),
  ],
  'with bars of the day before': (id: number, bars: readonly Instant[]) => [
    send(id, [...minutes.map((at) => at - day), ...bars]),
  ],
} as const satisfies Record<string, (id: number, bars: readonly Instant[]) => readonly Buffer[]>;

type Manner = keyof typeof manners;

const toBar = (at: Instant) => barAt(at / second);
const send = (id: number, bars: readonly Instant[]): Buffer => barsFrame(id, bars.map(toBar));

/** Returns the part of the session that a request asks for. */
function readSpan({ fields }: ReceivedRequest): readonly Instant[] {
  const [, date = '', time = ''] = /^(\d{8})-(\d\d:\d\d:\d\d)$/.exec(fields[15] ?? '') ?? [];
  const end = Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${time}Z`);
  const [count = '', unit = ''] = (fields[17] ?? '').split(' ');
  const start = unit === 'S' ? end - Number(count) * second : open;
  return minutes.filter((at) => at >= start && at < end);
}

/** An unusual silence of a series that trades every minute; at most two short ones, because three are like each other. */
const hole = (shortest: number, longest: number) =>
  fc
    .integer({ min: shortest, max: longest })
    .chain((length) => fc.integer({ min: 0, max: 390 - length }).map((from) => [from, length] as const));
const holes = fc
  .tuple(fc.array(hole(5, 30), { maxLength: 2 }), fc.array(hole(31, 90), { maxLength: 3 }))
  .map(([short, long]) => [...short, ...long]);

describe('answers that leave minutes out', () => {
  it('in one to five places, in every order and with every kind of end, never claim a minute without a bar', async () => {
    let has: (index: number) => boolean = () => true;
    let next: () => Manner = () => 'plain';
    const { provider } = await openScripted((request, gateway) => {
      if (request.kind !== 'history') return;
      const bars = readSpan(request).filter((at) => has((at - open) / minute));
      if (bars.length > 0) gateway.send(...manners[next()](request.id, bars));
      else gateway.send(errorFrame(request.id, 162, 'HMDS query returned no data: AAPL@SMART Trades'));
    });
    const mannersOfCalls = fc.array(fc.constantFrom(...(Object.keys(manners) as Manner[])), {
      minLength: 5,
      maxLength: 5,
    });
    let claimedRows = 0;
    await fc.assert(
      fc.asyncProperty(holes, mannersOfCalls, async (withheld, ways) => {
        has = (index) => !withheld.some(([from, length]) => index >= from && index < from + length);
        const left = [...ways];
        next = () => left.shift() ?? 'plain';
        const request = barsRequest(dayWindow);
        const outcome = await provider.fetch(request, createFetchContext());
        if (outcome.kind === 'rows') claimedRows += outcome.rows.length;
        expect(findFalseClaims(request, outcome)).toEqual([]);
      }),
      { numRuns: 150 },
    );
    expect(claimedRows).toBeGreaterThan(150 * 60);
  });
});

describe('a connection that breaks within an answer', () => {
  const bars = (id: number): Buffer =>
    barsFrame(
      id,
      [0, 1, 2].map((index) => barAt((open + index * minute) / second)),
    );
  const window = { start: open, end: open + 3 * minute };

  it.each([
    ['bars', barsRequest(window), bars, 3],
    ['contract details', pointRequest('contracts'), detailsFrames, 1],
  ] as const)(
    'is a failure after each of the bytes of %s but the last, and after that the answer counts',
    async (_, request, answer, rows) => {
      let cut = 0;
      const { provider, gateway } = await openScripted(({ id, kind }, { socket }) => {
        if (kind === 'cancel') return;
        socket().end(answer(id).subarray(0, cut));
      });
      // Ids of one to three digits have answers of different lengths.
      const shortest = answer(1).length;
      for (; cut < shortest; cut++) {
        const outcome = await provider.fetch(request, createFetchContext());
        expect({ cut, outcome }).toMatchObject({
          cut,
          outcome: { failure: { kind: 'retryable', code: 'disconnected' } },
        });
      }
      cut = Infinity;
      expect(expectRows(await provider.fetch(request, createFetchContext())).rows.length).toBe(rows);
      expect(gateway.connections()).toBeGreaterThanOrEqual(shortest);
    },
  );

  it('is not assumed while the bytes of an answer arrive one by one', async () => {
    const { provider, gateway } = await openScripted(({ id, kind }, { send: sendBytes }) => {
      if (kind === 'history') for (const byte of bars(id)) sendBytes(Buffer.of(byte));
    });
    const { rows, answeredWindow } = expectRows(await provider.fetch(barsRequest(window), createFetchContext()));
    expect({ rows: rows.length, answeredWindow }).toEqual({ rows: 3, answeredWindow: window });
    expect(gateway.connections()).toBe(1);
  });
});

it('the session of these tests has all its minutes', () => {
  expect(close - open).toBe(390 * minute);
});
