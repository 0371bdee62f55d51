import { calendarOf } from '../../../src/calendar/calendars.js';
import type { Calendar } from '../../../src/core/calendar.js';
import type { Clock } from '../../../src/core/clock.js';
import type { Outcome, Request } from '../../../src/core/request.js';
import type { Instrument, OptionContract, SeriesOf } from '../../../src/core/series.js';
import type { Provider } from '../../../src/providers/contract.js';
import { syntheticProvider } from '../../../src/providers/synthetic/provider.js';
import { scenarioOf } from '../../../src/providers/synthetic/scenario-of.js';
import type { RuleWish, ScenarioWish } from '../../../src/providers/synthetic/scenario-of.js';
import { createDirector } from '../../../src/scenario/director.js';
import type { syntheticRequests } from '../../../src/scenario/words.js';

/** A Wednesday noon in New York. */
export const now = Date.parse('2026-11-18T17:00:00Z');

export const never = new AbortController().signal;

export const apple: Instrument = {
  symbol: 'AAPL',
  kind: 'stock',
  exchange: 'SMART',
  currency: 'USD',
  calendar: 'XNYS',
};

export const microsoft: Instrument = { ...apple, symbol: 'MSFT' };

export const newYork: Calendar = calendarOf('XNYS') ?? expectCalendar();

function expectCalendar(): never {
  throw new Error('there is no calendar of New York');
}

/** The source of a scenario, not opened. */
export function synthetic(wish: ScenarioWish, clock: Clock): Provider {
  const scenario = scenarioOf(wish);
  return syntheticProvider({ scenario, director: createDirector(scenario), calendarOf, clock });
}

/** The source with these rules. */
export function ruled(rules: readonly RuleWish[], clock: Clock): Provider {
  return synthetic({ rules }, clock);
}

/** The two weeks before; ends where the last whole session does. */
export const fortnight = { start: newYork.startOf('2026-11-04'), end: newYork.startOf('2026-11-18') };

export function bars(
  instrument: Instrument = apple,
  { barSize = '1 day', what = 'TRADES', window = fortnight }: Partial<Bars> = {},
): Request {
  const series = { dataset: 'equity_bars', provider: 'synthetic', instrument, barSize, what, hours: 'rth' } as const;
  return { series, window, settles: [window] };
}

type Bars = Pick<SeriesOf<'equity_bars'>, 'barSize' | 'what'> & { readonly window: typeof fortnight };

export function optionBars(contract: OptionContract, instrument: Instrument = apple): Request {
  const series = { dataset: 'option_bars', instrument, contract, ...daily } as const;
  return { series, window: fortnight, settles: [fortnight] };
}

const daily = { provider: 'synthetic', barSize: '1 day', what: 'TRADES', hours: 'rth' } as const;

/** A request for something that has no window. */
export function point(
  dataset: 'contracts' | 'chains' | 'quotes' | 'history_starts',
  instrument: Instrument = apple,
): Request {
  const series =
    dataset === 'history_starts'
      ? ({ dataset, provider: 'synthetic', instrument, what: 'TRADES', hours: 'rth' } as const)
      : ({ dataset, provider: 'synthetic', instrument } as const);
  return { series, window: null, settles: [] };
}

export function snapshot(contracts: readonly OptionContract[], instrument: Instrument = apple): Request {
  const expiry = contracts[0]?.expiry ?? '2026-12-18';
  const series = {
    dataset: 'option_snapshots',
    provider: 'synthetic',
    instrument,
    expiry,
    part: 1,
    contracts,
  } as const;
  return { series, window: null, settles: [] };
}

/** A request for every table that sources are asked for. */
export const oneOfEach: Readonly<Record<(typeof syntheticRequests)[number], Request>> = {
  contracts: point('contracts'),
  chains: point('chains'),
  equity_bars: bars(),
  option_bars: optionBars({ expiry: '2026-12-18', strike: 270, right: 'C', conId: null }),
  history_starts: point('history_starts'),
  quotes: point('quotes'),
  option_snapshots: snapshot([{ expiry: '2026-12-18', strike: 270, right: 'C', conId: null }]),
};

/** `rows`, `empty`, or the kind of the failure: what happened, in a word. */
export function wordOf(outcome: Outcome): string {
  return outcome.kind === 'failure' ? outcome.failure.kind : outcome.kind;
}

/** What so many questions in a row are answered, in a word each. */
export async function words(provider: Provider, requests: readonly Request[]): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const request of requests) answers.push(wordOf(await provider.fetch(request, never)));
  return answers;
}
