import type { Calendar } from '../../core/time/calendar.js';
import type { Clock } from '../../core/time/clock.js';
import type { Failure } from '../../core/failure.js';
import { toQuoteRows, toSnapshotRows } from '../../core/tables/quote-rows.js';
import type { OptionInput } from '../../core/tables/quote-rows.js';
import type { FetchOutcome } from '../../core/request.js';
import type { Instrument, OptionContract, SeriesOf } from '../../core/series.js';
import { toWireContract } from './mapping/wire-contract.js';
import type { ContractDefinitions } from './contract-definitions.js';
import { toIbFailure } from './failures.js';
import type { MarketDataLines } from './market-data-lines.js';
import type { GatewayClient } from './gateway/gateway-client.js';
import type { IbNotice } from './notice.js';
import { noReply } from './gateway/ib-request.js';
import type { IbReply } from './gateway/ib-request.js';
import { buildMarketDataRequest } from './build-requests.js';
import type { IbSettings, IbTimings } from './settings.js';
import { createTickAccumulator } from './mapping/tick-accumulator.js';
import type { TickAccumulator } from './mapping/tick-accumulator.js';
import type { WireContract } from './gateway/wire.js';

export interface QuoteDeps {
  readonly gateway: GatewayClient;
  readonly definitions: ContractDefinitions;
  readonly lines: MarketDataLines;
  readonly clock: Clock;
  readonly settings: IbSettings;
  readonly timings: IbTimings;
  readonly notify: (kind: IbNotice['kind'], message: string) => void;
}

/** Generic tick of open interest, which the gateway sends only on request. */
const openInterestTick = '101';

export async function fetchQuote(instrument: Instrument, deps: QuoteDeps, signal: AbortSignal): Promise<FetchOutcome> {
  const ticks = createTickAccumulator();
  const reply = await collectTicks(toWireContract(instrument), '', ticks, () => ticks.isCompleteQuote(), deps, signal);
  if (!reply.ok) return { kind: 'failure', failure: toIbFailure(reply.error) };
  const quote = ticks.toQuote();
  const rejection = rejectDelayed(quote.delayed, deps);
  if (rejection !== null) return { kind: 'failure', failure: rejection };
  const { delayed: _, ...prices } = quote;
  if (Object.values(prices).every((value) => value === null)) return { kind: 'empty' };
  return { kind: 'rows', rows: toQuoteRows(quote), answeredWindow: null };
}

type OptionResult =
  | { readonly kind: 'quote'; readonly quote: OptionInput }
  /** The gateway sent ticks, all of which say that there is no value. */
  | { readonly kind: 'blank' }
  | { readonly kind: 'unlisted'; readonly contract: OptionContract }
  | { readonly kind: 'expired' }
  | { readonly kind: 'failure'; readonly failure: Failure; readonly contract: OptionContract };

/** Fetches quotes of options, each on its own market data line. */
export async function fetchSnapshot(
  { instrument, contracts }: SeriesOf<'option_snapshots'>,
  calendar: Calendar,
  deps: QuoteDeps,
  signal: AbortSignal,
): Promise<FetchOutcome> {
  const today = calendar.dateAt(deps.clock.now());
  const results = await Promise.all(
    contracts.map((contract) => fetchOption(instrument, contract, today, deps, signal)),
  );
  const quotes = results.flatMap((result) => (result.kind === 'quote' ? [result.quote] : []));
  const unlisted = results.flatMap((result) => (result.kind === 'unlisted' ? [result.contract] : []));
  const failures = results.flatMap((result) => (result.kind === 'failure' ? [result.failure] : []));
  const denied = results.flatMap((result) =>
    result.kind === 'failure' && result.failure.kind === 'denied' ? [result.contract] : [],
  );
  // A transient failure fails the whole snapshot, which is repeated; options that were denied or did not respond are omitted.
  const transientFailure = failures.find(
    ({ kind, code }) => (kind === 'retryable' && code !== 'no-answer') || kind === 'pacing',
  );
  // An option without a response has no market data, unless the connection broke during the snapshot.
  const hasSilentOption = failures.some(({ code }) => code === 'no-answer');
  if (hasSilentOption && transientFailure === undefined && !(await deps.gateway.isAlive(signal))) {
    const message = 'IB Gateway stopped responding during a snapshot';
    return { kind: 'failure', failure: { kind: 'retryable', code: 'disconnected', message } };
  }
  const [first] = failures;
  const decisiveFailure = transientFailure ?? (quotes.length === 0 ? first : undefined);
  if (decisiveFailure !== undefined) return { kind: 'failure', failure: decisiveFailure };
  const blank = results.filter(({ kind }) => kind === 'blank').length;
  const missing = failures.length + blank;
  if (missing === 0)
    return quotes.length === 0
      ? { kind: 'empty', unlisted }
      : { kind: 'rows', rows: toSnapshotRows(quotes), answeredWindow: null, unlisted };
  const reason = first?.message ?? 'IB Gateway sent no values';
  const note = `no market data for ${missing} of ${contracts.length} options of ${instrument.symbol}: ${reason}`;
  deps.notify('no-answer', note);
  if (quotes.length === 0) return { kind: 'empty', unlisted, note };
  return { kind: 'rows', rows: toSnapshotRows(quotes), answeredWindow: null, unlisted, denied, note };
}

async function fetchOption(
  instrument: Instrument,
  contract: OptionContract,
  today: string,
  deps: QuoteDeps,
  signal: AbortSignal,
): Promise<OptionResult> {
  const requestOption = async (): Promise<{ reply: IbReply<TickAccumulator>; ticks: TickAccumulator }> => {
    const ticks = createTickAccumulator();
    const wireContract = deps.definitions.resolveOption(instrument, contract);
    const isComplete = (): boolean => ticks.isCompleteOption(contract);
    return { reply: await collectTicks(wireContract, openInterestTick, ticks, isComplete, deps, signal), ticks };
  };
  let { reply, ticks } = await requestOption();
  if (getMeaningKind(reply) === 'ambiguous' && (await deps.definitions.disambiguate(instrument, contract, signal)))
    ({ reply, ticks } = await requestOption());
  if (!reply.ok) {
    const meaning = getMeaningKind(reply);
    if (meaning === 'expired' || (meaning === 'no-contract' && today > contract.expiry)) return { kind: 'expired' };
    if (meaning === 'no-contract') return { kind: 'unlisted', contract };
    return { kind: 'failure', failure: toIbFailure(reply.error), contract };
  }
  const quote = ticks.toOption(contract);
  const rejection = rejectDelayed(quote.delayed, deps);
  if (rejection !== null) return { kind: 'failure', failure: rejection, contract };
  const { bid, ask, last, volume, openInterest, iv } = quote;
  return [bid, ask, last, volume, openInterest, iv].every((value) => value === null)
    ? { kind: 'blank' }
    : { kind: 'quote', quote };
}

async function collectTicks(
  contract: WireContract,
  genericTicks: string,
  ticks: TickAccumulator,
  isComplete: () => boolean,
  { gateway, lines, clock, timings }: QuoteDeps,
  signal: AbortSignal,
): Promise<IbReply<TickAccumulator>> {
  const ended = new AbortController();
  const quietPeriod = { clock, quiet: timings.quietPeriod, maxDuration: timings.snapshotTimeout, ended: ended.signal };
  const request = buildMarketDataRequest(contract, genericTicks, ticks, isComplete, quietPeriod);
  try {
    const reply = await lines.withLine(() => gateway.send(request, signal), signal);
    return reply ?? noReply('cancelled while waiting for a market data line', 'cancelled');
  } finally {
    ended.abort();
  }
}

function getMeaningKind<T>(reply: IbReply<T>): string | null {
  return !reply.ok && reply.error.kind === 'gateway' ? reply.error.meaning.kind : null;
}

/** Delayed data counts as denied unless the settings allow it. */
function rejectDelayed(isDelayed: boolean, { settings }: QuoteDeps): Failure | null {
  const isDelayedAllowed =
    settings.allowDelayed || settings.marketDataType === 'delayed' || settings.marketDataType === 'delayed-frozen';
  if (!isDelayed || isDelayedAllowed) return null;
  return {
    kind: 'denied',
    code: '10167',
    message: 'no subscription to live market data; set allow_delayed to accept delayed data',
  };
}
