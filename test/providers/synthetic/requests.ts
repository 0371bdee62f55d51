import { getCalendar } from '../../../src/calendar/calendars.js';
import type { Calendar } from '../../../src/core/time/calendar.js';
import type { Clock } from '../../../src/core/time/clock.js';
import type { FetchOutcome, Request } from '../../../src/core/request.js';
import type { Instrument, OptionContract, SeriesOf } from '../../../src/core/series.js';
import type { Provider } from '../../../src/providers/provider.js';
import { createSyntheticProvider } from '../../../src/providers/synthetic/provider.js';
import { buildScenario } from '../../../src/providers/synthetic/build-scenario.js';
import type { RuleInput, ScenarioInput } from '../../../src/providers/synthetic/build-scenario.js';
import { createScenarioEngine } from '../../../src/config/scenario/engine/scenario-engine.js';
import type { syntheticRequests } from '../../../src/config/scenario/capabilities.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';

/** 12:00 on a Wednesday in New York. */
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

export const newYork: Calendar = getCalendar('XNYS') ?? throwNoCalendar();

function throwNoCalendar(): never {
  throw new Error('no calendar XNYS');
}

/** A provider for a scenario, not open yet. */
export function createProvider(input: ScenarioInput, clock: Clock): Provider {
  const scenario = buildScenario(input);
  return createSyntheticProvider({ scenario, engine: createScenarioEngine(scenario), calendarOf: getCalendar, clock });
}

export function createProviderWithRules(rules: readonly RuleInput[], clock: Clock): Provider {
  return createProvider({ rules }, clock);
}

/** Ten sessions; ends with the last complete session before `now`. */
export const twoWeeks = { start: newYork.startOf('2026-11-04'), end: newYork.startOf('2026-11-18') };

export function barsRequest(
  instrument: Instrument = apple,
  { barSize = '1 day', priceType = 'TRADES', window = twoWeeks }: Partial<Bars> = {},
): Request {
  const series = {
    dataset: 'equity_bars',
    provider: 'synthetic',
    instrument,
    barSize,
    priceType,
    hours: 'rth',
  } as const;
  return { series, window, closes: [window] };
}

type Bars = Pick<SeriesOf<'equity_bars'>, 'barSize' | 'priceType'> & { readonly window: typeof twoWeeks };

export function optionBarsRequest(contract: OptionContract, instrument: Instrument = apple): Request {
  const series = { dataset: 'option_bars', instrument, contract, ...daily } as const;
  return { series, window: twoWeeks, closes: [twoWeeks] };
}

const daily = { provider: 'synthetic', barSize: '1 day', priceType: 'TRADES', hours: 'rth' } as const;

export function pointRequest(
  dataset: 'contracts' | 'chains' | 'quotes' | 'history_starts',
  instrument: Instrument = apple,
): Request {
  const series =
    dataset === 'history_starts'
      ? ({ dataset, provider: 'synthetic', instrument, priceType: 'TRADES', hours: 'rth' } as const)
      : ({ dataset, provider: 'synthetic', instrument } as const);
  return { series, window: null, closes: [] };
}

export function snapshotRequest(contracts: readonly OptionContract[], instrument: Instrument = apple): Request {
  const expiry = contracts[0]?.expiry ?? '2026-12-18';
  const series = {
    dataset: 'option_snapshots',
    provider: 'synthetic',
    instrument,
    expiry,
    part: 1,
    contracts,
  } as const;
  return { series, window: null, closes: [] };
}

/** One request for every dataset that providers answer. */
export const requestByDataset: Readonly<Record<(typeof syntheticRequests)[number], Request>> = {
  contracts: pointRequest('contracts'),
  chains: pointRequest('chains'),
  equity_bars: barsRequest(),
  option_bars: optionBarsRequest({ expiry: '2026-12-18', strike: 270, right: 'C', conId: null }),
  history_starts: pointRequest('history_starts'),
  quotes: pointRequest('quotes'),
  option_snapshots: snapshotRequest([{ expiry: '2026-12-18', strike: 270, right: 'C', conId: null }]),
};

/** `rows`, `empty`, or the kind of the failure. */
export function getOutcomeKind(outcome: FetchOutcome): string {
  return outcome.kind === 'failure' ? outcome.failure.kind : outcome.kind;
}

/** The kinds of the outcomes of requests that are sent one after the other. */
export async function fetchOutcomeKinds(provider: Provider, requests: readonly Request[]): Promise<readonly string[]> {
  const kinds: string[] = [];
  for (const request of requests) kinds.push(getOutcomeKind(await provider.fetch(request, createFetchContext())));
  return kinds;
}
