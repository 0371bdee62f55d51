import { barSizes, isIntraday } from '../../core/tables/bars.js';
import type { Calendar } from '../../core/time/calendar.js';
import type { Clock } from '../../core/time/clock.js';
import type { FetchOutcome } from '../../core/request.js';
import type { SeriesOf } from '../../core/series.js';
import { day, second } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import { getCoveredPart } from './mapping/covered-part.js';
import { toBarColumns, parseBars } from './mapping/parse-bars.js';
import type { ParsedBars } from './mapping/parse-bars.js';
import { toWireContract } from './mapping/wire-contract.js';
import type { ContractDefinitions } from './contract-definitions.js';
import { toIbFailure } from './failures.js';
import { toHistorySpan, listSessions, getTradingSpan } from './mapping/history-span.js';
import type { HistoryRange } from './mapping/history-span.js';
import type { GatewayClient } from './gateway/gateway-client.js';
import type { IbReply } from './gateway/ib-request.js';
import { buildHistoryRequest } from './build-requests.js';
import type { WireBar } from './gateway/wire.js';

type BarSeries = SeriesOf<'equity_bars'> | SeriesOf<'option_bars'>;

export interface FetchBarsDeps {
  readonly gateway: GatewayClient;
  readonly definitions: ContractDefinitions;
  readonly clock: Clock;
}

const emptyBars = { length: 0, columns: toBarColumns([]) } as const;

/** The time for which IB keeps bars of 30 seconds or less. */
const shortBarRetention: Duration = 183 * day;

/** Requests the bars of a window and determines how much of it the response covers. */
export async function fetchBars(
  series: BarSeries,
  window: Window,
  calendar: Calendar,
  { gateway, definitions, clock }: FetchBarsDeps,
  signal: AbortSignal,
): Promise<FetchOutcome> {
  const { barSize, hours, instrument } = series;
  const contract = series.dataset === 'option_bars' ? series.contract : null;
  const now = clock.now();
  const range: HistoryRange = { window, barSize, hours, calendar, expiry: contract?.expiry ?? null, now };
  const sessions = listSessions(range);
  const span = toHistorySpan(range, sessions);
  if (span === null) return pendingOutcome(series, window, window.start);

  const requestBars = (): Promise<IbReply<readonly WireBar[]>> => {
    const wireContract =
      contract === null ? toWireContract(instrument) : definitions.resolveOption(instrument, contract);
    return gateway.send(buildHistoryRequest(wireContract, span, series), signal);
  };
  let reply = await requestBars();
  if (contract !== null && isAmbiguous(reply) && (await definitions.disambiguate(instrument, contract, signal)))
    reply = await requestBars();

  const hasExpired = contract !== null && calendar.dateAt(now) > contract.expiry;
  if (!reply.ok) {
    const { error } = reply;
    if (error.kind === 'connection') return { kind: 'failure', failure: error.failure };
    if (error.meaning.kind === 'no-data') return emptyOutcome(series, range, hasExpired, error.message);
    if (error.meaning.kind === 'no-contract' && contract !== null)
      return hasExpired ? unavailableOutcome(error.message) : { kind: 'empty', unlisted: [contract] };
    return { kind: 'failure', failure: toIbFailure(error) };
  }
  const bars = parseBars(reply.value, { ...range, now: clock.now() });
  if (bars.unparsed > 0) {
    const message = `cannot parse ${bars.unparsed} of ${reply.value.length} bars`;
    return { kind: 'failure', failure: { kind: 'retryable', code: 'unreadable', message } };
  }
  // IB counts back over time without bars, so a response may hold only bars before the window.
  if (bars.length === 0) return emptyOutcome(series, range, hasExpired, 'no bars in the window');
  return barsOutcome(series, range, bars);
}

function barsOutcome(series: BarSeries, range: HistoryRange, bars: ParsedBars): FetchOutcome {
  const { window, barSize } = range;
  const until = Math.min(getAnsweredUntil(range), bars.unfinished ?? Infinity);
  const { length, columns, ends } = bars;
  const answeredWindow = getCoveredPart({
    barSize,
    window: { start: window.start, end: Math.max(until, ends.at(-1) ?? until) },
    sessions: listSessions(range),
    times: columns.ts,
    ends,
    mayStartLate: series.dataset === 'option_bars',
  });
  const { dataset } = series;
  return {
    kind: 'rows',
    rows: { dataset, length, columns },
    answeredWindow: { ...answeredWindow, end: Math.min(answeredWindow.end, window.end) },
  };
}

/** The outcome if the gateway reports no data, which says nothing about the future part of the window. */
function emptyOutcome(series: BarSeries, range: HistoryRange, hasExpired: boolean, message: string): FetchOutcome {
  const { window, barSize, now } = range;
  if (hasExpired)
    return unavailableOutcome(`the option has expired, and IB deletes the history of expired options: ${message}`);
  if (barSizes[barSize] <= 30 * second && window.end <= now - shortBarRetention)
    return unavailableOutcome(`IB keeps bars of ${barSize} for six months: ${message}`);
  const until = getAnsweredUntil(range);
  return until < window.end ? pendingOutcome(series, window, until) : { kind: 'empty' };
}

function unavailableOutcome(message: string): FetchOutcome {
  return { kind: 'failure', failure: { kind: 'unavailable', message } };
}

function pendingOutcome({ dataset }: BarSeries, window: Window, until: Instant): FetchOutcome {
  return { kind: 'rows', rows: { dataset, ...emptyBars }, answeredWindow: { start: window.start, end: until } };
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
