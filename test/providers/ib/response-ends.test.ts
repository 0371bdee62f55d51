import { describe, expect, it } from 'vitest';
import { requireCalendar } from '../../fixtures/require-calendar.js';
import { minute } from '../../../src/core/time/time.js';
import type { Instant } from '../../../src/core/time/time.js';
import type { Window } from '../../../src/core/time/window.js';
import type { Request } from '../../../src/core/request.js';
import type { FetchContext } from '../../../src/providers/provider.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';
import { afterClose, barsRequest, expectRows, getDayWindow, optionBarsRequest } from './rig.js';
import { barAt, barsFrame, errorFrame, openScripted } from './gateway/scripted-gateway.js';
import type { BarFields } from './gateway/scripted-gateway.js';

const calendar = requireCalendar('XNYS');
const sessions = calendar.sessions('2026-11-03', '2026-11-18');
const weeks: Window = { start: sessions[0]?.dayStart ?? NaN, end: sessions.at(-1)?.dayEnd ?? NaN };
const dailyBars = sessions.map(({ date }) => barAt(date.replaceAll('-', '')));
const oneDay = getDayWindow('2026-11-17');
const { open = NaN } = sessions.at(-1) ?? {};
const minuteBars = Array.from({ length: 390 }, (_, index) => barAt((open + index * minute) / 1_000));

type Answer = readonly BarFields[] | 'no data' | 'server error';

/** Fetches from a gateway that gives these answers, one per request. */
async function fetchAnswers(
  request: Request,
  answers: readonly Answer[],
  overrides: Partial<FetchContext['calls']> = {},
) {
  let next = 0;
  const parts: string[] = [];
  const { provider, gateway } = await openScripted(({ id }, { send }) => {
    const answer = answers[next++] ?? 'no data';
    if (answer === 'no data') send(errorFrame(id, 162, 'HMDS query returned no data: AAPL@SMART Trades'));
    else if (answer === 'server error') send(errorFrame(id, 322, 'Error processing request'));
    else send(barsFrame(id, answer));
  }, afterClose);
  const context = createFetchContext();
  const calls = {
    ...context.calls,
    next: (part: string) => {
      parts.push(part);
      return Promise.resolve(true);
    },
    ...overrides,
  };
  const outcome = await provider.fetch(request, { ...context, calls });
  return {
    outcome,
    parts,
    requests: gateway.received.filter(({ kind }) => kind === 'history'),
    /** The end and the duration of each request. */
    spans: gateway.received.map(({ fields }) => [fields[15], fields[17]]),
  };
}

const times = (outcome: Awaited<ReturnType<typeof fetchAnswers>>['outcome']): readonly Instant[] => {
  const { rows } = expectRows(outcome);
  return 'ts' in rows.columns && rows.columns.ts instanceof Float64Array ? [...rows.columns.ts] : [];
};

describe('a response that lacks a session inside and the newest two', () => {
  const first = dailyBars.filter((_, index) => index !== 4 && index < sessions.length - 2);

  it('is completed by a request for the newest two alone, in a turn of its own', async () => {
    const { outcome, parts, requests, spans } = await fetchAnswers(barsRequest(weeks, '1 day'), [
      first,
      dailyBars.slice(-2),
    ]);
    expect(times(outcome)).toEqual(sessions.filter((_, index) => index !== 4).map((session) => session.open));
    expect(outcome).toMatchObject({ answeredWindow: weeks });
    expect(requests).toHaveLength(2);
    expect(parts).toHaveLength(1);
    expect(spans).toEqual([
      ['20261117-21:00:00', `${sessions.length} D`],
      ['20261117-21:00:00', '2 D'],
    ]);
  });

  it('is answered completely if the second response has no data', async () => {
    const { outcome, requests } = await fetchAnswers(barsRequest(weeks, '1 day'), [first, 'no data']);
    expect(outcome).toMatchObject({ rows: { length: first.length }, answeredWindow: weeks });
    expect(requests).toHaveLength(2);
  });

  it('is answered up to its last bar if the second request fails, and keeps its bars', async () => {
    const { outcome } = await fetchAnswers(barsRequest(weeks, '1 day'), [first, 'server error']);
    const end = sessions.at(-3)?.dayEnd;
    expect(outcome).toMatchObject({ rows: { length: first.length }, answeredWindow: { start: weeks.start, end } });
  });

  it('is answered up to its last bar if nothing more may be sent', async () => {
    const { outcome, requests } = await fetchAnswers(barsRequest(weeks, '1 day'), [first], {
      next: () => Promise.resolve(false),
    });
    expect(outcome).toMatchObject({ answeredWindow: { end: sessions.at(-3)?.dayEnd } });
    expect(requests).toHaveLength(1);
  });

  it('takes no second request if the lake has the newest two', async () => {
    const request = barsRequest(weeks, '1 day');
    const { start } = weeks;
    const { requests } = await fetchAnswers(
      { ...request, closes: [{ start, end: sessions.at(-3)?.dayEnd ?? start }] },
      [first],
    );
    expect(requests).toHaveLength(1);
  });

  it('is requested again at most four times if every response is truncated', async () => {
    const answers = Array.from({ length: 9 }, (_, index) => [dailyBars[index] ?? barAt('')]);
    const { outcome, requests } = await fetchAnswers(barsRequest(weeks, '1 day'), answers);
    expect(requests).toHaveLength(5);
    expect(outcome).toMatchObject({
      rows: { length: 5 },
      answeredWindow: { start: weeks.start, end: sessions[4]?.dayEnd },
    });
  });
});

describe('a response for one day', () => {
  it('without an hour inside and the last 115 minutes is completed by a request for these minutes', async () => {
    const isInside = (index: number): boolean => index >= 120 && index < 180;
    const { outcome, spans } = await fetchAnswers(barsRequest(oneDay), [
      minuteBars.filter((_, index) => !isInside(index) && index < 275),
      minuteBars.slice(275),
    ]);
    expect(times(outcome)).toHaveLength(330);
    expect(outcome).toMatchObject({ answeredWindow: oneDay });
    expect(spans[1]).toEqual(['20261117-21:00:00', '6900 S']);
  });

  it('without its first minutes is completed by a request for them', async () => {
    const { outcome, spans } = await fetchAnswers(barsRequest(oneDay), [minuteBars.slice(17), minuteBars.slice(0, 17)]);
    expect(times(outcome)).toHaveLength(390);
    expect(times(outcome)[0]).toBe(open);
    expect(spans[1]).toEqual(['20261117-14:47:00', '1020 S']);
  });

  it('of a share that begins and ends quietly takes two further requests and is answered completely', async () => {
    const quiet = minuteBars.filter((_, index) => index % 40 === 20);
    const { outcome, requests } = await fetchAnswers(barsRequest(oneDay), [quiet, 'no data', 'no data']);
    expect(outcome).toMatchObject({ rows: { length: quiet.length }, answeredWindow: oneDay });
    expect(requests).toHaveLength(3);
  });

  it('stays open at its end if the second response ends without a bar and without the report of none', async () => {
    const { outcome } = await fetchAnswers(barsRequest(oneDay), [minuteBars.slice(0, 380), []]);
    expect(outcome).toMatchObject({ rows: { length: 380 }, answeredWindow: { end: open + 380 * minute } });
  });

  it('is answered at its end if the second response has only bars before it', async () => {
    const { outcome } = await fetchAnswers(barsRequest(oneDay), [minuteBars.slice(0, 380), minuteBars.slice(0, 380)]);
    expect(outcome).toMatchObject({ rows: { length: 380 }, answeredWindow: oneDay });
  });

  it('without bars is empty, whether the gateway says so or only ends it', async () => {
    for (const answer of ['no data', []] as const)
      expect((await fetchAnswers(barsRequest(oneDay), [answer])).outcome).toEqual({ kind: 'empty' });
  });

  it('of today before the close has no bar of today', async () => {
    const today = getDayWindow('2026-11-18');
    const window = { start: oneDay.start, end: today.end };
    const { provider } = await openScripted(
      ({ id }, { send }) => send(barsFrame(id, [barAt('20261117'), barAt('20261118')])),
      today.start + 10 * 60 * minute,
    );
    const outcome = await provider.fetch(barsRequest(window, '1 day'), createFetchContext());
    expect(times(outcome)).toEqual([open]);
    expect(outcome).toMatchObject({ answeredWindow: { start: window.start, end: today.start } });
  });
});

describe('a response of an option', () => {
  const contract = { expiry: '2026-12-18', strike: 270, right: 'C', conId: null } as const;

  it('that trades rarely takes no second request unless its end is its longest gap', async () => {
    const quiet = minuteBars.filter((_, index) => index % 40 === 20);
    const request = optionBarsRequest(contract, oneDay);
    expect((await fetchAnswers(request, [quiet])).requests).toHaveLength(1);
    const cut = await fetchAnswers(request, [quiet.slice(0, 4), quiet.slice(4)]);
    expect(cut.requests).toHaveLength(2);
    expect(times(cut.outcome)).toHaveLength(quiet.length);
  });

  it('that trades all day is completed', async () => {
    const { outcome, requests } = await fetchAnswers(optionBarsRequest(contract, oneDay), [
      minuteBars.slice(0, 380),
      minuteBars.slice(380),
    ]);
    expect(times(outcome)).toHaveLength(390);
    expect(requests).toHaveLength(2);
  });
});

it('no request for the end of a response leaves the requested window', async () => {
  const part = { start: open + 60 * minute, end: open + 120 * minute };
  const inPart = minuteBars.slice(60, 120);
  const { outcome, spans } = await fetchAnswers(barsRequest(part), [
    inPart.slice(5, 50),
    inPart.slice(0, 5),
    inPart.slice(50),
  ]);
  expect(times(outcome)).toHaveLength(60);
  expect(expectRows(outcome).answeredWindow).toEqual(part);
  expect(spans.map(([, duration]) => duration)).toEqual(['3600 S', '300 S', '600 S']);
});
