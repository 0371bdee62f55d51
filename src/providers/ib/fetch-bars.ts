import { barSizes, isIntraday } from '../../core/tables/bars.js';
import type { Calendar } from '../../core/time/calendar.js';
import type { Clock } from '../../core/time/clock.js';
import type { FetchOutcome, Request } from '../../core/request.js';
import type { SeriesOf } from '../../core/series.js';
import { day, second } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import { getPriceFloor } from '../is-valid-bar.js';
import type { SourceCalls } from '../provider.js';
import { completeAnswer, toOutcome } from './complete-answer.js';
import type { BarsAnswer } from './complete-answer.js';
import { getCoverage } from './mapping/covered-part.js';
import { toBarColumns, parseBars } from './mapping/parse-bars.js';
import type { ParsedBars } from './mapping/parse-bars.js';
import { describeContract } from './describe-contract.js';
import { toWireContract } from './mapping/wire-contract.js';
import type { ContractDefinitions } from './contract-definitions.js';
import { toIbFailure } from './failures.js';
import { toHistorySpan, listSessions, getTradingSpan } from './mapping/history-span.js';
import type { HistoryRange } from './mapping/history-span.js';
import type { GatewayClient } from './gateway/gateway-client.js';
import type { IbReply } from './gateway/ib-request.js';
import { buildHistoryRequest } from './build-requests.js';
import type { WireBar } from './gateway/wire-bar.js';

type BarSeries = SeriesOf<'equity_bars'> | SeriesOf<'option_bars'>;

type BarsRequest = Pick<Request, 'closes'> & { readonly window: Window };

export interface FetchBarsDeps {
  readonly gateway: GatewayClient;
  readonly definitions: ContractDefinitions;
  readonly clock: Clock;
}

const emptyBars = { length: 0, columns: toBarColumns([]) } as const;

/** The time for which IB keeps bars of 30 seconds or less. */
const shortBarRetention: Duration = 183 * day;

/** A request for bars, and the calls that it may take. */
export interface BarsCall {
  readonly calls: SourceCalls;
  readonly signal: AbortSignal;
}

/**
 * Requests the bars of a window. What the response leaves out at its beginning or end is requested once more on its own, because
 * a truncated response looks like a complete one.
 */
export async function fetchBars(
  series: BarSeries,
  { window, closes }: BarsRequest,
  calendar: Calendar,
  deps: FetchBarsDeps,
  call: BarsCall,
): Promise<FetchOutcome> {
  const first = await fetchPart(series, window, calendar, deps, call);
  if (first.kind !== 'rows' || first.omitted.length === 0) return toOutcome(first);
  return completeAnswer(first, closes, async (part) => {
    const { calls, signal } = call;
    if (!(await calls.next(`${part.start}-${part.end}`)) || signal.aborted) return null;
    return fetchPart(series, part, calendar, deps, call);
  });
}

/** Makes one call for bars and determines how much of the window the response covers. */
async function fetchPart(
  series: BarSeries,
  window: Window,
  calendar: Calendar,
  { gateway, definitions, clock }: FetchBarsDeps,
  { calls, signal }: BarsCall,
): Promise<BarsAnswer> {
  const { barSize, hours, instrument } = series;
  const contract = series.dataset === 'option_bars' ? series.contract : null;
  const now = clock.now();
  const range: HistoryRange = { window, barSize, hours, calendar, expiry: contract?.expiry ?? null, now };
  const sessions = listSessions(range);
  const span = toHistorySpan(range, sessions);
  if (span === null) return pendingAnswer(series, window, window.start);

  const requestBars = (): Promise<IbReply<readonly WireBar[]>> => {
    const wireContract =
      contract === null ? toWireContract(instrument) : definitions.resolveOption(instrument, contract);
    const { priceType: what } = series;
    const prices = { bar_size: barSize, what, use_rth: hours === 'rth' };
    calls.describe?.({ ...describeContract(wireContract), ...span, ...prices });
    return gateway.send(buildHistoryRequest(wireContract, span, series), signal, calls);
  };
  let reply = await requestBars();
  if (
    contract !== null &&
    isAmbiguous(reply) &&
    (await definitions.disambiguate(instrument, contract, signal)) &&
    (await calls.next('by number'))
  )
    reply = await requestBars();

  const hasExpired = contract !== null && calendar.dateAt(now) > contract.expiry;
  if (!reply.ok) {
    const { error } = reply;
    if (error.kind === 'connection') return { kind: 'failure', failure: error.failure };
    if (error.meaning.kind === 'no-data') return emptyAnswer(series, range, hasExpired, toIbFailure(error).message);
    if (error.meaning.kind === 'no-contract' && contract !== null)
      return hasExpired ? unavailable(toIbFailure(error).message) : { kind: 'empty', unlisted: [contract] };
    return { kind: 'failure', failure: toIbFailure(error) };
  }
  const priceFloor = getPriceFloor(instrument.kind, contract !== null, series.priceType);
  const { kind } = instrument;
  const bars = parseBars(reply.value, { ...range, kind, isOption: contract !== null, priceFloor, now: clock.now() });
  if (bars.unparsed > 0) return unreadable(`cannot parse the times of ${bars.unparsed} of ${reply.value.length} bars`);
  // IB counts back over time without bars, so a response may hold only bars before the window.
  if (bars.length === 0 && bars.refused.length === 0) {
    const empty = emptyAnswer(series, range, hasExpired, 'no bars in the window');
    if (reply.value.length === 0) return { kind: 'bare-end', outcome: toOutcome(empty) };
    return empty.kind === 'failure' ? empty : { ...empty, ...omitUndefined({ outside: bars.outside }) };
  }
  return barsAnswer(series, range, bars);
}

const impossibleBars = 'IB sent bars with impossible prices';

function barsAnswer({ dataset }: BarSeries, range: HistoryRange, bars: ParsedBars): BarsAnswer {
  const { window, barSize, now } = range;
  const until = Math.min(getAnsweredUntil(range), bars.unfinished ?? Infinity);
  const { length, columns, starts, ends, refused } = bars;
  const { answered, omitted } = getCoverage({
    barSize,
    window: { start: window.start, end: Math.min(Math.max(until, ends.at(-1) ?? until), window.end) },
    sessions: listSessions(range),
    times: starts,
    ends,
    isOption: dataset === 'option_bars',
    now,
  });
  const gaps = refused.map((part) => ({ window: part, reason: impossibleBars, isRefused: true as const }));
  const rows = { dataset, length, columns };
  return { kind: 'rows', rows, answered, omitted, gaps, ...omitUndefined({ outside: bars.outside }) };
}

/** The answer if the gateway reports no data, which says nothing about the future part of the window. */
function emptyAnswer(
  series: BarSeries,
  range: HistoryRange,
  hasExpired: boolean,
  message: string,
): Exclude<BarsAnswer, { kind: 'bare-end' }> {
  const { window, barSize, now } = range;
  if (hasExpired)
    return unavailable(`the option has expired, and IB deletes the history of expired options: ${message}`);
  if (barSizes[barSize] <= 30 * second && window.end <= now - shortBarRetention)
    return unavailable(`IB keeps bars of ${barSize} for six months: ${message}`);
  const until = getAnsweredUntil(range);
  return until < window.end ? pendingAnswer(series, window, until) : { kind: 'empty' };
}

function unavailable(message: string): Extract<BarsAnswer, { kind: 'failure' }> {
  return { kind: 'failure', failure: { kind: 'unavailable', message } };
}

function unreadable(message: string): BarsAnswer {
  return { kind: 'failure', failure: { kind: 'retryable', code: 'unreadable', message } };
}

function pendingAnswer({ dataset }: BarSeries, window: Window, until: Instant): Extract<BarsAnswer, { kind: 'rows' }> {
  const answered = { start: window.start, end: until };
  return { kind: 'rows', rows: { dataset, ...emptyBars }, answered, omitted: [], gaps: [] };
}

/** The end of the last complete bar of a session in progress, else the end of the window or now. */
function getAnsweredUntil(range: HistoryRange): Instant {
  const { window, barSize, hours, now } = range;
  if (window.end <= now) return window.end;
  const last = listSessions(range).at(-1);
  if (last === undefined) return Math.max(now, window.start);
  const span = getTradingSpan(last, hours);
  if (now >= span.end) return now;
  if (!isIntraday(barSize)) return Math.max(last.dayStart, window.start);
  return Math.max(now - ((now - span.start) % barSizes[barSize]), window.start);
}

function isAmbiguous<T>(reply: IbReply<T>): boolean {
  return !reply.ok && reply.error.kind === 'gateway' && reply.error.meaning.kind === 'ambiguous';
}
