import type { Instant } from '../../../core/time.js';
import { addDays, day, second } from '../../../core/time.js';
import { isEmpty } from '../../../core/window.js';
import type { Contract, Looked } from '../contracts/book.js';
import { keptOf } from '../course.js';
import type { Course, Deed } from '../course.js';
import { deliver } from '../delivery.js';
import { serviceError, usualText } from '../error-texts.js';
import type { Gateway } from '../gateway.js';
import { every, whenDue } from '../waiting.js';
import type { WireOut } from '../wire-out.js';
import { headTimestamp, historicalSchedule, historicalUpdate } from '../wire/messages.js';
import type { HistoricalRequest, TwsRequest } from '../wire/requests.js';
import { compactDate, localTimes } from '../wire/times.js';
import { historicalArrival } from './arrival.js';
import { unfinishedBar, wholeBars } from './bar-rows.js';
import type { BarRow } from './bar-rows.js';
import { barDates, barsMessage, timesIn, wireBar } from './bars-message.js';
import { barsFor, calendarOf, isIndex, understand } from './historical.js';
import type { HistoricalQuery, Refusal } from './historical.js';
import { parseWhat } from './sizes.js';

type HeadRequest = Extract<TwsRequest, { kind: 'head-timestamp' }>;

/** How often a bar that is kept up to date is sent again. */
const updateInterval = 5 * second;

/** Answers one client's requests for bars. */
export interface HistoricalService {
  /** Counts a request and holds it against the rules; false when it has been refused. */
  admit(request: HistoricalRequest | HeadRequest): boolean;
  answer(request: HistoricalRequest | HeadRequest, looked: Looked, course: Course): void;
  cancel(id: number, kind: 'historical' | 'head-timestamp'): void;
  /** Forgets everything under way, without a word. */
  drop(): void;
}

/** What there is to say: frames with so many rows in them, or an error. */
type Reply =
  | { readonly kind: 'frames'; readonly frames: readonly Buffer[]; readonly rows: number }
  | ({ readonly kind: 'error' } & Refusal);

export function historicalService(gateway: Gateway, out: WireOut): HistoricalService {
  const { parts, outages } = gateway;
  const { market, clock } = parts;
  const open = new Map<
    number,
    { readonly kind: HistoricalRequest['kind'] | HeadRequest['kind']; readonly abort: AbortController }
  >();

  function finish(id: number): boolean {
    const entry = open.get(id);
    if (entry === undefined) return false;
    open.delete(id);
    entry.abort.abort();
    gateway.openHistorical.giveBack();
    return true;
  }

  /** Breaks a rule, and is told so. */
  function refuseFor(request: HistoricalRequest | HeadRequest, code: number, message: string): false {
    out.refuse(request.id, code, message, request.kind);
    return false;
  }

  function admit(request: HistoricalRequest | HeadRequest): boolean {
    if (open.has(request.id)) return refuseFor(request, 322, usualText(322, ''));
    if (parts.pacing !== 'off') {
      const arrival = historicalArrival(request, parts.pacing, clock.now());
      const broken = arrival === null ? [] : gateway.pacing.arrive(arrival);
      for (const rule of broken) {
        gateway.tally.violation(rule);
        parts.emit({
          kind: 'violation',
          at: clock.now(),
          connection: out.number,
          rule,
          message: `historical pacing: ${rule}`,
        });
      }
      if (broken.length > 0) return refuseFor(request, 162, `${serviceError}API historical data pacing violation`);
    }
    if (!gateway.openHistorical.take()) {
      gateway.tally.violation('open-historical');
      return refuseFor(
        request,
        322,
        "Error processing request.-'bN' : cause - Only 50 simultaneous API historical data requests allowed.",
      );
    }
    open.set(request.id, { kind: request.kind, abort: new AbortController() });
    return true;
  }

  function replyTo(request: HistoricalRequest | HeadRequest, looked: Looked, deed: Deed, now: Instant): Reply {
    if (deed.kind === 'error') return { kind: 'error', ...errorOf(deed, aboutBars(request, looked)) };
    if (deed.kind === 'unknown') return { kind: 'error', code: 200, message: usualText(200, '') };
    if (deed.kind === 'expired') return { kind: 'error', code: 166, message: usualText(166, '') };
    const contract = theOne(looked);
    if (contract.kind === 'error') return contract;
    return request.kind === 'historical'
      ? barsReply(request, contract.contract, deed, now)
      : headReply(request, contract.contract, deed, now);
  }

  function barsReply(request: HistoricalRequest, contract: Contract, deed: Deed, now: Instant): Reply {
    const meant = understand(request, contract, now, parts.steps ?? 'lenient');
    if (meant.kind === 'refused') return { kind: 'error', ...meant.refusal };
    if (meant.kind === 'schedule') return scheduleReply(request.id, contract, meant.window);
    const { query } = meant;
    if (query.zoneMissing) out.refuse(request.id, 2174, usualText(2174, ''), null);
    const rows = keptOf(barsFor(market, contract, query, now), deed);
    if (rows.length === 0 && !(request.keepUpToDate && deed.kind !== 'empty')) return noData(request, contract);
    const style = { version: out.version, formatDate: request.formatDate, timeZone: calendarOf(contract).timeZone };
    const frames = [barsMessage(request.id, query.window, rows, style, query.size)];
    if (request.keepUpToDate) keepUpToDate(request, contract, query, rows.at(-1));
    return { kind: 'frames', frames, rows: rows.length };
  }

  function scheduleReply(
    id: number,
    contract: Contract,
    window: { readonly start: Instant; readonly end: Instant },
  ): Reply {
    const calendar = calendarOf(contract);
    const write = localTimes(calendar.timeZone, '-');
    const sessions = isEmpty(window)
      ? []
      : calendar.sessions(calendar.dateAt(window.start), addDays(calendar.dateAt(window.end - 1), 1));
    const listed = sessions.map(({ open: opens, close, date }) => ({
      start: write(opens),
      end: write(close),
      date: compactDate(date),
    }));
    const zone = timesIn({ version: out.version, formatDate: 1, timeZone: calendar.timeZone })(window.end).slice(18);
    const frames = [historicalSchedule(id, write(window.start), write(window.end), zone, listed)];
    return { kind: 'frames', frames, rows: listed.length };
  }

  function headReply(request: HeadRequest, contract: Contract, deed: Deed, now: Instant): Reply {
    const wanted = parseWhat(request.what);
    if (wanted.kind === 'unknown') {
      return {
        kind: 'error',
        code: 321,
        message: `Error validating request.-'bX' : cause - Incorrect what to show '${request.what}'`,
      };
    }
    const none = wanted.kind !== 'market' || (isIndex(contract) && wanted.what !== 'TRADES') || deed.kind === 'empty';
    const first = none ? null : firstBar(contract, now);
    if (first === null) return { kind: 'error', code: 162, message: `${serviceError}No head time stamp` };
    const text = request.formatDate === 2 ? String(Math.floor(first / second)) : localTimes('UTC', '-')(first);
    return { kind: 'frames', frames: [headTimestamp(request.id, text)], rows: 1 };
  }

  /** Where the history of a contract begins; that of an option at most two years and a bit before its expiry. */
  function firstBar(contract: Contract, now: Instant): Instant | null {
    const calendar = calendarOf(contract);
    if (contract.kind === 'spot') {
      const [first] = calendar.sessions(calendar.firstDate, addDays(calendar.firstDate, 60));
      return first?.open ?? null;
    }
    const expiry = calendar.startOf(contract.listed.expiry);
    const window = { start: expiry - 740 * day, end: Math.min(expiry + day, now) };
    const asked = { contract, barSize: '1 day', what: 'TRADES', window, now } as const;
    return wholeBars(market, asked)[0]?.start ?? unfinishedBar(market, asked)?.start ?? null;
  }

  function keepUpToDate(
    request: HistoricalRequest,
    contract: Contract,
    query: HistoricalQuery,
    newest: BarRow | undefined,
  ): void {
    const entry = open.get(request.id);
    if (entry === undefined) return;
    const style = { version: out.version, formatDate: request.formatDate, timeZone: calendarOf(contract).timeZone };
    const dateOf = barDates(style, query.size);
    const messageOf = (row: BarRow): Buffer => historicalUpdate(request.id, wireBar(row, dateOf(row)));
    let from = newest?.start ?? query.window.end;
    let last = newest === undefined ? null : messageOf(newest);
    every(clock, updateInterval, entry.abort.signal, () => {
      if (outages.isDown('historical') || out.isBehind()) return;
      const now = parts.marketTime();
      // The bar of the last update is asked for again: it may have ended since.
      const rows = barsFor(market, contract, { ...query, window: { start: from, end: now }, untilNow: true }, now);
      for (const row of rows) {
        from = row.start;
        const update = messageOf(row);
        if (last?.equals(update) !== true) out.send([update]);
        last = update;
      }
    });
  }

  return {
    admit,
    answer(request, looked, course) {
      const entry = open.get(request.id);
      if (entry === undefined) return;
      whenDue({ clock, outages, signal: entry.abort.signal }, course.delay, 'historical', () => {
        const { deed } = course;
        const reply = replyTo(request, looked, deed, parts.marketTime());
        if (reply.kind === 'error' && isPlain(deed)) {
          finish(request.id);
          out.refuse(request.id, reply.code, reply.message, request.kind);
          return;
        }
        const told = deliver(out, deed, reply.kind === 'frames' ? reply.frames : []);
        if (
          deed.kind === 'silence' ||
          deed.kind === 'half-open' ||
          (request.kind === 'historical' && request.keepUpToDate && told)
        )
          return;
        finish(request.id);
        if (told && reply.kind === 'frames') {
          parts.emit({
            kind: 'answered',
            at: clock.now(),
            connection: out.number,
            request: request.kind,
            rows: reply.rows,
          });
        }
      });
    },
    cancel(id, kind) {
      const known = open.get(id)?.kind === kind && finish(id);
      // Head timestamps are cancelled by careful clients when they have them, and nothing is said about it.
      if (kind === 'head-timestamp') return;
      if (known) out.refuse(id, 162, `${serviceError}API historical data query cancelled: ${id}`, null);
      else out.refuse(id, 366, `${usualText(366, '')}:${id}`, null);
    },
    drop() {
      for (const id of [...open.keys()]) finish(id);
    },
  };
}

/** Whether the client hears of an error: nothing worse happens to its answer. */
function isPlain({ kind }: Deed): boolean {
  return kind !== 'silence' && kind !== 'garbage' && kind !== 'drop' && kind !== 'half-open';
}

/** The error that a scenario wants, in its words or the usual ones. */
export function errorOf(deed: Extract<Deed, { kind: 'error' }>, about: string): Refusal {
  const code = /^\d{1,6}$/.test(deed.code) ? Number(deed.code) : 321;
  return { code, message: deed.message ?? usualText(code, about) };
}

/** The only contract that a description can mean, or why there is none. */
export function theOne(
  looked: Looked,
): { readonly kind: 'contract'; readonly contract: Contract } | ({ readonly kind: 'error' } & Refusal) {
  switch (looked.kind) {
    case 'none':
      return { kind: 'error', code: 200, message: usualText(200, '') };
    case 'invalid':
      return { kind: 'error', code: 321, message: `Error validating request.-'bN' : cause - ${looked.cause}` };
    case 'expired':
      return { kind: 'error', code: 166, message: usualText(166, '') };
    case 'found': {
      const [contract] = looked.contracts;
      if (contract !== undefined && looked.contracts.length === 1) return { kind: 'contract', contract };
      const symbol = contract?.kind === 'option' ? contract.underlying.instrument.symbol : contract?.instrument.symbol;
      return {
        kind: 'error',
        code: 200,
        message: `The contract description specified for ${symbol ?? ''} is ambiguous.`,
      };
    }
  }
}

function noData(request: HistoricalRequest, contract: Contract): Reply {
  const about = aboutBars(request, { kind: 'found', contracts: [contract] });
  return { kind: 'error', code: 162, message: usualText(162, about) };
}

/** `AAPL@SMART Trades`: how the historical service names what it was asked for. */
function aboutBars(request: HistoricalRequest | HeadRequest, looked: Looked): string {
  const contract = looked.kind === 'found' ? looked.contracts[0] : undefined;
  const { what } = request;
  const kind = what.slice(0, 1) + what.slice(1).toLowerCase();
  if (contract === undefined) return `${request.contract.symbol}@${request.contract.exchange} ${kind}`;
  if (contract.kind === 'spot') return `${contract.instrument.symbol}@${contract.instrument.exchange} ${kind}`;
  return `${contract.listed.localSymbol}@${contract.exchange} ${kind}`;
}
