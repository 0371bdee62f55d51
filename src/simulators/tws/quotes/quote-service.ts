import { addDays, second } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import type { Contract, Lookup } from '../contracts/contract-catalog.js';
import type { FaultPlan, Fault } from '../../../config/scenario/engine/plan-faults.js';
import { sendAnswer } from '../send-answer.js';
import { defaultMessage } from '../default-messages.js';
import type { Gateway } from '../gateway.js';
import { getContractCalendar, isIndex } from '../history/historical-query.js';
import { toTwsError, requireSingleContract } from '../history/historical-service.js';
import { runEvery, runAfterDelay } from '../timers.js';
import type { ClientWriter } from '../client-writer.js';
import { encodeMarketDataType, encodeSnapshotEnd, encodeTickRequestParameters } from '../wire/messages.js';
import type { MarketDataRequest } from '../wire/requests.js';
import { createTicks } from './ticks.js';
import type { MarketDataMode } from './ticks.js';

/** Interval at which changed ticks are sent. */
const tickInterval = second;

/** Streams market data to one client. */
export interface QuoteService {
  answer(request: MarketDataRequest, lookup: Lookup, faultPlan: FaultPlan): void;
  cancel(id: number): void;
  /** Sets the type of later requests: 1 live, 2 frozen, 3 delayed, 4 delayed-frozen. */
  setMarketDataType(type: number): void;
  /** Cancels all subscriptions without a message. */
  cancelAll(): void;
}

/** How the simulator answers a request, given the account's subscriptions. */
type Permission =
  | { readonly kind: 'shown'; readonly mode: MarketDataMode; readonly notice: number | null }
  | { readonly kind: 'rejected'; readonly code: number; readonly message: string }
  /** The client gets the error and no data; the subscription stays open. */
  | { readonly kind: 'dark'; readonly code: number; readonly message: string };

/** Errors after which TWS may send delayed instead of live data. */
const notSubscribed: ReadonlySet<number> = new Set([354, 10089, 10168, 10186]);
/** Errors after which TWS still sends subscribed or delayed data. */
const partlySubscribed: ReadonlySet<number> = new Set([10090, 10091]);

export function createQuoteService(gateway: Gateway, writer: ClientWriter): QuoteService {
  const { options, outages } = gateway;
  const { clock, market } = options;
  const subscriptions = new Map<number, AbortController>();
  let requestedDataType = 1;

  function endSubscription(id: number): boolean {
    const subscription = subscriptions.get(id);
    if (subscription === undefined) return false;
    subscriptions.delete(id);
    subscription.abort();
    gateway.marketDataLines.release();
    return true;
  }

  function reject(request: MarketDataRequest, code: number, message: string): void {
    writer.sendError(request.id, code, message, 'market-data');
  }

  /** Validates a request and acquires a market data line; sends an error and returns null if it cannot. */
  function admit(request: MarketDataRequest): AbortController | null {
    if (subscriptions.has(request.id)) {
      reject(request, 322, "Error processing request.-'bM' : cause - Duplicate ticker id");
      return null;
    }
    if (request.snapshot && request.genericTicks.trim() !== '') {
      reject(
        request,
        321,
        "Error validating request.-'bM' : cause - Snapshot market data subscription is not applicable to generic ticks",
      );
      return null;
    }
    if (!gateway.marketDataLines.tryAcquire()) {
      gateway.counters.countViolation('lines');
      options.emit({
        kind: 'violation',
        at: clock.now(),
        connection: writer.connectionNumber,
        rule: 'lines',
        message: defaultMessage(101, ''),
      });
      reject(request, 101, defaultMessage(101, ''));
      return null;
    }
    const subscription = new AbortController();
    subscriptions.set(request.id, subscription);
    return subscription;
  }

  function getPermission(contract: Contract, fault: Fault | null): Permission {
    const subject = describeContract(contract);
    const allowsDelayed = requestedDataType >= 3;
    const delayedPermission: Permission = { kind: 'shown', mode: 'delayed', notice: 10167 };
    if (fault?.kind === 'error') {
      const error = toTwsError(fault, subject);
      if (error.code === 10167 || (notSubscribed.has(error.code) && allowsDelayed)) return delayedPermission;
      if (partlySubscribed.has(error.code))
        return { kind: 'shown', mode: allowsDelayed ? 'delayed' : 'live', notice: error.code };
      return { kind: error.code === 10197 ? 'dark' : 'rejected', ...error };
    }
    const { symbols = [], secTypes = [] } = options.withoutLiveData ?? {};
    const spot = contract.kind === 'spot' ? contract : contract.underlying;
    const secType = contract.kind === 'spot' ? contract.secType : 'OPT';
    if (!symbols.includes(spot.instrument.symbol) && !secTypes.includes(secType)) {
      return { kind: 'shown', mode: 'live', notice: null };
    }
    return allowsDelayed ? delayedPermission : { kind: 'rejected', code: 354, message: defaultMessage(354, subject) };
  }

  /** Frozen data are those of the last session: TWS sends them, with their own type, only while the market is closed. */
  function getSentDataType(contract: Contract, mode: MarketDataMode, now: Instant): number {
    const calendar = getContractCalendar(contract);
    const today = calendar.dateAt(now);
    const isOpen = calendar.sessions(today, addDays(today, 1)).some(({ open, close }) => open <= now && now < close);
    if (mode === 'live') return requestedDataType === 2 && !isOpen ? 2 : 1;
    return requestedDataType === 4 && !isOpen ? 4 : 3;
  }

  function startQuotes(
    request: MarketDataRequest,
    contract: Contract,
    subscription: AbortController,
    fault: Fault | null,
  ): void {
    const { id } = request;
    const granted = getPermission(contract, fault);
    if (granted.kind === 'rejected') {
      endSubscription(id);
      reject(request, granted.code, granted.message);
      return;
    }
    if (granted.kind === 'dark') {
      reject(request, granted.code, granted.message);
      return;
    }
    if (granted.notice !== null) {
      const scenarioMessage = fault?.kind === 'error' && Number(fault.code) === granted.notice ? fault.message : null;
      writer.sendError(
        id,
        granted.notice,
        scenarioMessage ?? defaultMessage(granted.notice, describeContract(contract)),
        null,
      );
    }
    const generic = new Set(request.genericTicks.split(',').map((text) => Number.parseInt(text, 10)));
    const now = options.marketTime();
    const initialTicks = createTicks(market, contract, now, granted.mode, generic);
    const sentTicks = fault?.kind === 'empty' ? [] : initialTicks;
    const minTick = contract.kind === 'spot' && contract.instrument.currency === 'INR' ? 0.05 : 0.01;
    const frames = [
      encodeTickRequestParameters(id, minTick, isIndex(contract) ? '' : '9c0001', 3),
      encodeMarketDataType(id, getSentDataType(contract, granted.mode, now)),
      ...sentTicks.map((tick) => tick.encode(id)),
      ...(request.snapshot ? [encodeSnapshotEnd(id)] : []),
    ];
    const wasSent = sendAnswer(writer, fault, frames);
    if (fault?.kind === 'no-response' || fault?.kind === 'half-open') return;
    if (!wasSent || request.snapshot) {
      endSubscription(id);
      if (wasSent)
        options.emit({
          kind: 'answered',
          at: clock.now(),
          connection: writer.connectionNumber,
          request: 'market-data',
          rows: sentTicks.length,
        });
      return;
    }
    if (fault?.kind !== 'empty')
      stream(
        id,
        contract,
        subscription.signal,
        granted.mode,
        generic,
        new Map(initialTicks.map((tick) => [tick.type, tick.encode(id)])),
      );
  }

  function stream(
    id: number,
    contract: Contract,
    signal: AbortSignal,
    mode: MarketDataMode,
    generic: ReadonlySet<number>,
    lastSent: Map<number, Buffer>,
  ): void {
    runEvery(clock, tickInterval, signal, () => {
      if (outages.isDown('market') || writer.isBackpressured()) return;
      const changed: Buffer[] = [];
      for (const tick of createTicks(market, contract, options.marketTime(), mode, generic)) {
        const message = tick.encode(id);
        if (lastSent.get(tick.type)?.equals(message) === true) continue;
        lastSent.set(tick.type, message);
        changed.push(message);
      }
      if (changed.length > 0) writer.send(changed);
    });
  }

  return {
    answer(request, lookup, faultPlan) {
      const subscription = admit(request);
      if (subscription === null) return;
      runAfterDelay({ clock, outages, signal: subscription.signal }, faultPlan.delay, 'market', () => {
        const { fault } = faultPlan;
        if (fault?.kind === 'unknown' || fault?.kind === 'expired' || lookup.kind === 'expired') {
          endSubscription(request.id);
          reject(request, 200, defaultMessage(200, ''));
          return;
        }
        const resolved = requireSingleContract(lookup);
        if (resolved.kind === 'error') {
          endSubscription(request.id);
          reject(request, resolved.code, resolved.message);
          return;
        }
        startQuotes(request, resolved.contract, subscription, fault);
      });
    },
    cancel(id) {
      if (!endSubscription(id)) writer.sendError(id, 300, `Can't find EId with tickerId:${id}`, null);
    },
    setMarketDataType(type) {
      requestedDataType = type;
    },
    cancelAll() {
      for (const id of [...subscriptions.keys()]) endSubscription(id);
    },
  };
}

/** Formats the subject of the market data service's messages: `AAPL NASDAQ.NMS/TOP/ALL`. */
function describeContract(contract: Contract): string {
  const spot = contract.kind === 'spot' ? contract : contract.underlying;
  return `${spot.instrument.symbol} ${spot.instrument.exchange}/TOP/ALL`;
}
