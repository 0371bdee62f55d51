import type { Instant } from '../../../core/time/time.js';
import { addDays, day, second } from '../../../core/time/time.js';
import { isEmpty } from '../../../core/time/window.js';
import type { Contract, Lookup } from '../contracts/contract-catalog.js';
import { truncateList } from '../truncate-list.js';
import type { FaultPlan, Fault } from '../../../config/scenario/engine/plan-faults.js';
import { sendAnswer } from '../send-answer.js';
import { historicalErrorPrefix, defaultMessage } from '../default-messages.js';
import type { Gateway } from '../gateway.js';
import type { Arrival } from '../pacing/arrival.js';
import { runEvery, runAfterDelay } from '../timers.js';
import type { ClientWriter } from '../client-writer.js';
import { encodeHeadTimestamp, encodeHistoricalSchedule, encodeHistoricalUpdate } from '../wire/messages.js';
import type { HistoricalRequest, TwsRequest } from '../wire/requests.js';
import { formatCompactDate, createLocalTimeFormatter } from '../wire/times.js';
import { toPacedArrival } from './arrival.js';
import { getPartialBar, getCompletedBars } from './bar-rows.js';
import type { BarRow } from './bar-rows.js';
import { createDateFormatter, encodeBars, createTimeFormatter, toWireBar } from './encode-bars.js';
import { getBars, getContractCalendar, isIndex, interpretRequest } from './historical-query.js';
import type { HistoricalQuery, TwsError } from './historical-query.js';
import { parseWhatToShow } from './bar-sizes.js';

type HeadTimestampRequest = Extract<TwsRequest, { kind: 'head-timestamp' }>;

/** Interval of updates with `keepUpToDate`. */
const updateInterval = 5 * second;

/** Answers one client's requests for bars and head timestamps. */
export interface HistoricalService {
  /** Checks a request against pacing and limits; sends an error and returns false if it is rejected. */
  admit(request: HistoricalRequest | HeadTimestampRequest, arrival: Arrival): boolean;
  answer(request: HistoricalRequest | HeadTimestampRequest, lookup: Lookup, faultPlan: FaultPlan): void;
  cancel(id: number, kind: 'historical' | 'head-timestamp'): void;
  /** Cancels all requests without a message. */
  cancelAll(): void;
}

/** Frames with their row count, or an error. */
type Reply =
  | { readonly kind: 'frames'; readonly frames: readonly Buffer[]; readonly rows: number }
  | ({ readonly kind: 'error' } & TwsError);

export function createHistoricalService(gateway: Gateway, writer: ClientWriter): HistoricalService {
  const { options, outages } = gateway;
  const { market, clock } = options;
  const openRequests = new Map<
    number,
    { readonly kind: HistoricalRequest['kind'] | HeadTimestampRequest['kind']; readonly abort: AbortController }
  >();

  function endRequest(id: number): boolean {
    const entry = openRequests.get(id);
    if (entry === undefined) return false;
    openRequests.delete(id);
    entry.abort.abort();
    gateway.openHistorical.release();
    return true;
  }

  function reject(request: HistoricalRequest | HeadTimestampRequest, code: number, message: string): false {
    writer.sendError(request.id, code, message, request.kind);
    return false;
  }

  function admit(request: HistoricalRequest | HeadTimestampRequest, arrival: Arrival): boolean {
    if (openRequests.has(request.id)) return reject(request, 322, defaultMessage(322, ''));
    if (options.pacing !== 'off') {
      const pacedArrival = toPacedArrival(request, options.pacing, arrival);
      const violations = pacedArrival === null ? [] : gateway.pacing.checkRequest(pacedArrival);
      for (const rule of violations) {
        gateway.counters.countViolation(rule);
        options.emit({
          kind: 'violation',
          at: clock.now(),
          connection: writer.connectionNumber,
          rule,
          message: `historical pacing: ${rule}`,
        });
      }
      if (violations.length > 0)
        return reject(request, 162, `${historicalErrorPrefix}API historical data pacing violation`);
    }
    if (!gateway.openHistorical.tryAcquire()) {
      gateway.counters.countViolation('open-historical');
      return reject(
        request,
        322,
        "Error processing request.-'bN' : cause - Only 50 simultaneous API historical data requests allowed.",
      );
    }
    openRequests.set(request.id, { kind: request.kind, abort: new AbortController() });
    return true;
  }

  function createReply(
    request: HistoricalRequest | HeadTimestampRequest,
    lookup: Lookup,
    fault: Fault | null,
    now: Instant,
  ): Reply {
    if (fault?.kind === 'error') return { kind: 'error', ...toTwsError(fault, describeBarRequest(request, lookup)) };
    if (fault?.kind === 'unknown') return { kind: 'error', code: 200, message: defaultMessage(200, '') };
    if (fault?.kind === 'expired') return { kind: 'error', code: 166, message: defaultMessage(166, '') };
    const contract = requireSingleContract(lookup);
    if (contract.kind === 'error') return contract;
    return request.kind === 'historical'
      ? createBarsReply(request, contract.contract, fault, now)
      : createHeadTimestampReply(request, contract.contract, fault, now);
  }

  function createBarsReply(request: HistoricalRequest, contract: Contract, fault: Fault | null, now: Instant): Reply {
    const interpreted = interpretRequest(request, contract, now, options.durationRule ?? 'lenient');
    if (interpreted.kind === 'rejected') return { kind: 'error', ...interpreted.error };
    if (interpreted.kind === 'schedule') return createScheduleReply(request.id, contract, interpreted.window);
    const { query } = interpreted;
    if (query.zoneMissing) writer.sendError(request.id, 2174, defaultMessage(2174, ''), null);
    const rows = truncateList(getBars(market, contract, query, now), fault);
    if (rows.length === 0 && !(request.keepUpToDate && fault?.kind !== 'empty'))
      return createNoDataReply(request, contract);
    const timeFormat = {
      version: writer.version,
      formatDate: request.formatDate,
      timeZone: getContractCalendar(contract).timeZone,
    };
    const frames = [encodeBars(request.id, query.namedWindow, rows, timeFormat, query.size)];
    if (request.keepUpToDate) keepUpToDate(request, contract, query, rows.at(-1));
    return { kind: 'frames', frames, rows: rows.length };
  }

  function createScheduleReply(
    id: number,
    contract: Contract,
    window: { readonly start: Instant; readonly end: Instant },
  ): Reply {
    const calendar = getContractCalendar(contract);
    const formatTime = createLocalTimeFormatter(calendar.timeZone, '-');
    const sessions = isEmpty(window)
      ? []
      : calendar.sessions(calendar.dateAt(window.start), addDays(calendar.dateAt(window.end - 1), 1));
    const sessionRows = sessions.map(({ open: sessionOpen, close, date }) => ({
      start: formatTime(sessionOpen),
      end: formatTime(close),
      date: formatCompactDate(date),
    }));
    const zoneSuffix = createTimeFormatter({ version: writer.version, formatDate: 1, timeZone: calendar.timeZone })(
      window.end,
    ).slice(18);
    const frames = [
      encodeHistoricalSchedule(id, formatTime(window.start), formatTime(window.end), zoneSuffix, sessionRows),
    ];
    return { kind: 'frames', frames, rows: sessionRows.length };
  }

  function createHeadTimestampReply(
    request: HeadTimestampRequest,
    contract: Contract,
    fault: Fault | null,
    now: Instant,
  ): Reply {
    const whatToShow = parseWhatToShow(request.whatToShow);
    if (whatToShow.kind === 'unknown') {
      return {
        kind: 'error',
        code: 321,
        message: `Error validating request.-'bX' : cause - Incorrect what to show '${request.whatToShow}'`,
      };
    }
    const hasNoData =
      whatToShow.kind !== 'market' ||
      (isIndex(contract) && whatToShow.priceType !== 'TRADES') ||
      fault?.kind === 'empty';
    const first = hasNoData ? null : findFirstBar(contract, now);
    if (first === null) return { kind: 'error', code: 162, message: `${historicalErrorPrefix}No head time stamp` };
    const text =
      request.formatDate === 2 ? String(Math.floor(first / second)) : createLocalTimeFormatter('UTC', '-')(first);
    return { kind: 'frames', frames: [encodeHeadTimestamp(request.id, text)], rows: 1 };
  }

  /** Finds the first bar of a contract; the history of an option begins at most 740 days before its expiry. */
  function findFirstBar(contract: Contract, now: Instant): Instant | null {
    const calendar = getContractCalendar(contract);
    if (contract.kind === 'spot') {
      const [first] = calendar.sessions(calendar.firstDate, addDays(calendar.firstDate, 60));
      return first?.open ?? null;
    }
    const expiry = calendar.startOf(contract.listed.expiry);
    const window = { start: expiry - 740 * day, end: Math.min(expiry + day, now) };
    const barQuery = { contract, barSize: '1 day', priceType: 'TRADES', window, now } as const;
    return getCompletedBars(market, barQuery)[0]?.start ?? getPartialBar(market, barQuery)?.start ?? null;
  }

  function keepUpToDate(
    request: HistoricalRequest,
    contract: Contract,
    query: HistoricalQuery,
    lastBar: BarRow | undefined,
  ): void {
    const entry = openRequests.get(request.id);
    if (entry === undefined) return;
    const timeFormat = {
      version: writer.version,
      formatDate: request.formatDate,
      timeZone: getContractCalendar(contract).timeZone,
    };
    const formatBarDate = createDateFormatter(timeFormat, query.size);
    const encodeUpdate = (row: BarRow): Buffer =>
      encodeHistoricalUpdate(request.id, toWireBar(row, formatBarDate(row)));
    let from = lastBar?.start ?? query.window.end;
    let lastUpdate = lastBar === undefined ? null : encodeUpdate(lastBar);
    runEvery(clock, updateInterval, entry.abort.signal, () => {
      if (outages.isDown('historical') || writer.isBackpressured()) return;
      const now = options.marketTime();
      // Include the bar of the last update: it may have completed since.
      const rows = getBars(
        market,
        contract,
        { ...query, window: { start: from, end: now }, includesPartialBar: true },
        now,
      );
      for (const row of rows) {
        from = row.start;
        const update = encodeUpdate(row);
        if (lastUpdate?.equals(update) !== true) writer.send([update]);
        lastUpdate = update;
      }
    });
  }

  return {
    admit,
    answer(request, lookup, faultPlan) {
      const entry = openRequests.get(request.id);
      if (entry === undefined) return;
      runAfterDelay({ clock, outages, signal: entry.abort.signal }, faultPlan.delay, 'historical', () => {
        const { fault } = faultPlan;
        const reply = createReply(request, lookup, fault, options.marketTime());
        if (reply.kind === 'error' && deliversErrors(fault)) {
          endRequest(request.id);
          writer.sendError(request.id, reply.code, reply.message, request.kind);
          return;
        }
        const wasSent = sendAnswer(writer, fault, reply.kind === 'frames' ? reply.frames : []);
        if (
          fault?.kind === 'no-response' ||
          fault?.kind === 'half-open' ||
          (request.kind === 'historical' && request.keepUpToDate && wasSent)
        )
          return;
        endRequest(request.id);
        if (wasSent && reply.kind === 'frames') {
          options.emit({
            kind: 'answered',
            at: clock.now(),
            connection: writer.connectionNumber,
            request: request.kind,
            rows: reply.rows,
          });
        }
      });
    },
    cancel(id, kind) {
      const wasOpen = openRequests.get(id)?.kind === kind && endRequest(id);
      // Clients cancel head timestamps that they have received; TWS sends no message for that.
      if (kind === 'head-timestamp') return;
      if (wasOpen)
        writer.sendError(id, 162, `${historicalErrorPrefix}API historical data query cancelled: ${id}`, null);
      else writer.sendError(id, 366, `${defaultMessage(366, '')}:${id}`, null);
    },
    cancelAll() {
      for (const id of [...openRequests.keys()]) endRequest(id);
    },
  };
}

/** Whether an error reaches the client: the fault does not suppress or corrupt the answer. */
function deliversErrors(fault: Fault | null): boolean {
  const kind = fault?.kind;
  return kind !== 'no-response' && kind !== 'garbage' && kind !== 'drop' && kind !== 'half-open';
}

/** Creates the error that a scenario names, with its message or the default one. */
export function toTwsError(fault: Extract<Fault, { kind: 'error' }>, subject: string): TwsError {
  const code = /^\d{1,6}$/.test(fault.code) ? Number(fault.code) : 321;
  return { code, message: fault.message ?? defaultMessage(code, subject) };
}

/** Returns the contract of a lookup, or an error if there is none or more than one. */
export function requireSingleContract(
  lookup: Lookup,
): { readonly kind: 'contract'; readonly contract: Contract } | ({ readonly kind: 'error' } & TwsError) {
  switch (lookup.kind) {
    case 'none':
      return { kind: 'error', code: 200, message: defaultMessage(200, '') };
    case 'invalid':
      return { kind: 'error', code: 321, message: `Error validating request.-'bN' : cause - ${lookup.cause}` };
    case 'expired':
      return { kind: 'error', code: 166, message: defaultMessage(166, '') };
    case 'found': {
      const [contract] = lookup.contracts;
      if (contract !== undefined && lookup.contracts.length === 1) return { kind: 'contract', contract };
      const symbol = contract?.kind === 'option' ? contract.underlying.instrument.symbol : contract?.instrument.symbol;
      return {
        kind: 'error',
        code: 200,
        message: `The contract description specified for ${symbol ?? ''} is ambiguous.`,
      };
    }
  }
}

function createNoDataReply(request: HistoricalRequest, contract: Contract): Reply {
  const subject = describeBarRequest(request, { kind: 'found', contracts: [contract] });
  return { kind: 'error', code: 162, message: defaultMessage(162, subject) };
}

/** Formats the subject of the historical service's messages: `AAPL@SMART Trades`. */
function describeBarRequest(request: HistoricalRequest | HeadTimestampRequest, lookup: Lookup): string {
  const contract = lookup.kind === 'found' ? lookup.contracts[0] : undefined;
  const { whatToShow } = request;
  const kind = whatToShow.slice(0, 1) + whatToShow.slice(1).toLowerCase();
  if (contract === undefined) return `${request.contract.symbol}@${request.contract.exchange} ${kind}`;
  if (contract.kind === 'spot') return `${contract.instrument.symbol}@${contract.instrument.exchange} ${kind}`;
  return `${contract.listed.localSymbol}@${contract.exchange} ${kind}`;
}
