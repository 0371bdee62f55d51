import { second } from '../../../core/time.js';
import type { Contract, Looked } from '../contracts/book.js';
import type { Course, Deed } from '../course.js';
import { deliver } from '../delivery.js';
import { usualText } from '../error-texts.js';
import type { Gateway } from '../gateway.js';
import { isIndex } from '../history/historical.js';
import { errorOf, theOne } from '../history/service.js';
import { every, whenDue } from '../waiting.js';
import type { WireOut } from '../wire-out.js';
import { marketDataType, snapshotEnd, tickRequestParameters } from '../wire/messages.js';
import type { MarketDataRequest } from '../wire/requests.js';
import { ticksOf } from './ticks.js';
import type { Delivery } from './ticks.js';

/** How often a screen is looked at for what has changed. */
const tickInterval = second;

/** Shows one client what happens in the market. */
export interface QuoteService {
  answer(request: MarketDataRequest, looked: Looked, course: Course): void;
  cancel(id: number): void;
  /** Which kind of data is wanted from now on: 1 live, 2 frozen, 3 delayed, 4 both. */
  setType(type: number): void;
  /** Forgets every line, without a word. */
  drop(): void;
}

/** How a request for data that may not be subscribed to is met. */
type Permission =
  | { readonly kind: 'shown'; readonly delivery: Delivery; readonly notice: number | null }
  | { readonly kind: 'refused'; readonly code: number; readonly message: string }
  /** Told about, and never shown anything. */
  | { readonly kind: 'dark'; readonly code: number; readonly message: string };

/** Errors after which delayed data may take the place of live data. */
const notSubscribed: ReadonlySet<number> = new Set([354, 10089, 10168, 10186]);
/** Errors after which what is subscribed to, or delayed, goes on to be shown. */
const partly: ReadonlySet<number> = new Set([10090, 10091]);

export function quoteService(gateway: Gateway, out: WireOut): QuoteService {
  const { parts, outages } = gateway;
  const { clock, market } = parts;
  const lines = new Map<number, AbortController>();
  let dataType = 1;

  function finish(id: number): boolean {
    const line = lines.get(id);
    if (line === undefined) return false;
    lines.delete(id);
    line.abort();
    gateway.lines.giveBack();
    return true;
  }

  function refuse(request: MarketDataRequest, code: number, message: string): void {
    out.refuse(request.id, code, message, 'market-data');
  }

  /** Takes a line for a request that makes sense; the reason why not has then been told. */
  function admit(request: MarketDataRequest): AbortController | null {
    if (lines.has(request.id)) {
      refuse(request, 322, "Error processing request.-'bM' : cause - Duplicate ticker id");
      return null;
    }
    if (request.snapshot && request.genericTicks.trim() !== '') {
      refuse(
        request,
        321,
        "Error validating request.-'bM' : cause - Snapshot market data subscription is not applicable to generic ticks",
      );
      return null;
    }
    if (!gateway.lines.take()) {
      gateway.tally.violation('lines');
      parts.emit({
        kind: 'violation',
        at: clock.now(),
        connection: out.number,
        rule: 'lines',
        message: usualText(101, ''),
      });
      refuse(request, 101, usualText(101, ''));
      return null;
    }
    const line = new AbortController();
    lines.set(request.id, line);
    return line;
  }

  function permission(contract: Contract, deed: Deed): Permission {
    const about = aboutQuotes(contract);
    const delayed = dataType >= 3;
    const late: Permission = { kind: 'shown', delivery: 'delayed', notice: 10167 };
    if (deed.kind === 'error') {
      const error = errorOf(deed, about);
      if (error.code === 10167 || (notSubscribed.has(error.code) && delayed)) return late;
      if (partly.has(error.code)) return { kind: 'shown', delivery: delayed ? 'delayed' : 'live', notice: error.code };
      return { kind: error.code === 10197 ? 'dark' : 'refused', ...error };
    }
    const { symbols = [], secTypes = [] } = parts.withoutLiveData ?? {};
    const spot = contract.kind === 'spot' ? contract : contract.underlying;
    const secType = contract.kind === 'spot' ? contract.secType : 'OPT';
    if (!symbols.includes(spot.instrument.symbol) && !secTypes.includes(secType)) {
      return { kind: 'shown', delivery: 'live', notice: null };
    }
    return delayed ? late : { kind: 'refused', code: 354, message: usualText(354, about) };
  }

  function show(request: MarketDataRequest, contract: Contract, line: AbortController, deed: Deed): void {
    const { id } = request;
    const allowed = permission(contract, deed);
    if (allowed.kind === 'refused') {
      finish(id);
      refuse(request, allowed.code, allowed.message);
      return;
    }
    if (allowed.kind === 'dark') {
      refuse(request, allowed.code, allowed.message);
      return;
    }
    if (allowed.notice !== null) {
      const own = deed.kind === 'error' && Number(deed.code) === allowed.notice ? deed.message : null;
      out.refuse(id, allowed.notice, own ?? usualText(allowed.notice, aboutQuotes(contract)), null);
    }
    const generic = new Set(request.genericTicks.split(',').map((text) => Number.parseInt(text, 10)));
    const now = parts.marketTime();
    const first = ticksOf(market, contract, now, allowed.delivery, generic);
    const shown = deed.kind === 'empty' ? [] : first;
    const minTick = contract.kind === 'spot' && contract.instrument.currency === 'INR' ? 0.05 : 0.01;
    const frames = [
      tickRequestParameters(id, minTick, isIndex(contract) ? '' : '9c0001', 3),
      marketDataType(id, allowed.delivery === 'live' ? 1 : 3),
      ...shown.map((tick) => tick.message(id)),
      ...(request.snapshot ? [snapshotEnd(id)] : []),
    ];
    const told = deliver(out, deed, frames);
    if (deed.kind === 'silence' || deed.kind === 'half-open') return;
    if (!told || request.snapshot) {
      finish(id);
      if (told)
        parts.emit({
          kind: 'answered',
          at: clock.now(),
          connection: out.number,
          request: 'market-data',
          rows: shown.length,
        });
      return;
    }
    if (deed.kind !== 'empty')
      stream(
        id,
        contract,
        line.signal,
        allowed.delivery,
        generic,
        new Map(first.map((tick) => [tick.type, tick.message(id)])),
      );
  }

  function stream(
    id: number,
    contract: Contract,
    signal: AbortSignal,
    delivery: Delivery,
    generic: ReadonlySet<number>,
    sent: Map<number, Buffer>,
  ): void {
    every(clock, tickInterval, signal, () => {
      if (outages.isDown('market') || out.isBehind()) return;
      const changed: Buffer[] = [];
      for (const tick of ticksOf(market, contract, parts.marketTime(), delivery, generic)) {
        const message = tick.message(id);
        if (sent.get(tick.type)?.equals(message) === true) continue;
        sent.set(tick.type, message);
        changed.push(message);
      }
      if (changed.length > 0) out.send(changed);
    });
  }

  return {
    answer(request, looked, course) {
      const line = admit(request);
      if (line === null) return;
      whenDue({ clock, outages, signal: line.signal }, course.delay, 'market', () => {
        const { deed } = course;
        if (deed.kind === 'unknown' || deed.kind === 'expired' || looked.kind === 'expired') {
          finish(request.id);
          refuse(request, 200, usualText(200, ''));
          return;
        }
        const meant = theOne(looked);
        if (meant.kind === 'error') {
          finish(request.id);
          refuse(request, meant.code, meant.message);
          return;
        }
        show(request, meant.contract, line, deed);
      });
    },
    cancel(id) {
      if (!finish(id)) out.refuse(id, 300, `Can't find EId with tickerId:${id}`, null);
    },
    setType(type) {
      dataType = type;
    },
    drop() {
      for (const id of [...lines.keys()]) finish(id);
    },
  };
}

/** `AAPL NASDAQ.NMS/TOP/ALL`: how the market-data service names what it was asked for. */
function aboutQuotes(contract: Contract): string {
  const spot = contract.kind === 'spot' ? contract : contract.underlying;
  return `${spot.instrument.symbol} ${spot.instrument.exchange}/TOP/ALL`;
}
