import { second } from '../../../core/time/time.js';
import type { Lookup } from '../contracts/contract-catalog.js';
import type { FaultPlan } from '../../../config/scenario/engine/plan-faults.js';
import { sendAnswer } from '../send-answer.js';
import { defaultMessage } from '../default-messages.js';
import type { Gateway } from '../gateway.js';
import type { Arrival } from '../pacing/arrival.js';
import { runEvery, runAfterDelay } from '../timers.js';
import type { ClientWriter } from '../client-writer.js';
import { encodeRealTimeBar } from '../wire/messages.js';
import type { TwsRequest } from '../wire/requests.js';
import { getCompletedBars } from './bar-rows.js';
import { toTwsError, requireSingleContract } from './historical-service.js';
import { parseWhatToShow } from './bar-sizes.js';

type RealTimeBarsRequest = Extract<TwsRequest, { kind: 'real-time-bars' }>;

/** Length of real-time bars; TWS supports no other. */
const barLength = 5 * second;

/** Maximum bars sent at once; an accelerated market completes many in five seconds. */
const maxBarsPerUpdate = 100;

/** Streams 5-second bars to one client. */
export interface RealTimeBarService {
  answer(request: RealTimeBarsRequest, lookup: Lookup, faultPlan: FaultPlan, arrival: Arrival): void;
  cancel(id: number): void;
  cancelAll(): void;
}

export function createRealTimeBarService(gateway: Gateway, writer: ClientWriter): RealTimeBarService {
  const { options, outages } = gateway;
  const { clock, market } = options;
  const subscriptions = new Map<number, AbortController>();

  function endSubscription(id: number): boolean {
    const subscription = subscriptions.get(id);
    if (subscription === undefined) return false;
    subscriptions.delete(id);
    subscription.abort();
    gateway.marketDataLines.release();
    return true;
  }

  function violatesPacing(request: RealTimeBarsRequest, arrival: Arrival): boolean {
    if (options.pacing === 'off') return false;
    const { conId, exchange, ...description } = request.contract;
    const violations = gateway.pacing.checkRequest({
      ...arrival,
      identity: JSON.stringify({ ...request, id: 0 }),
      group: JSON.stringify([conId > 0 ? conId : description, exchange, 'real-time']),
      weight: 1,
    });
    for (const rule of violations) gateway.counters.countViolation(rule);
    return violations.length > 0;
  }

  return {
    answer(request, lookup, faultPlan, arrival) {
      const { id } = request;
      const reject = (code: number, message: string): void => {
        endSubscription(id);
        writer.sendError(id, code, message, 'real-time-bars');
      };
      if (subscriptions.has(id)) {
        writer.sendError(id, 322, defaultMessage(322, ''), 'real-time-bars');
        return;
      }
      if (violatesPacing(request, arrival)) {
        writer.sendError(id, 420, defaultMessage(420, ''), 'real-time-bars');
        return;
      }
      if (!gateway.marketDataLines.tryAcquire()) {
        gateway.counters.countViolation('lines');
        writer.sendError(id, 101, defaultMessage(101, ''), 'real-time-bars');
        return;
      }
      const subscription = new AbortController();
      subscriptions.set(id, subscription);
      runAfterDelay({ clock, outages, signal: subscription.signal }, faultPlan.delay, 'market', () => {
        const { fault } = faultPlan;
        if (fault?.kind === 'error') {
          const { code, message } = toTwsError(fault, '');
          reject(code, message);
          return;
        }
        const resolved =
          fault?.kind === 'unknown' || fault?.kind === 'expired'
            ? requireSingleContract({ kind: 'none' })
            : requireSingleContract(lookup);
        const whatToShow = parseWhatToShow(request.whatToShow);
        if (resolved.kind === 'error') {
          reject(resolved.code, resolved.message);
          return;
        }
        if (whatToShow.kind !== 'market') {
          reject(321, `Error validating request.-'bE' : cause - Incorrect what to show '${request.whatToShow}'`);
          return;
        }
        if (fault !== null) {
          sendAnswer(writer, fault, []);
          return;
        }
        let from = options.marketTime();
        from -= from % barLength;
        runEvery(clock, barLength, subscription.signal, () => {
          if (outages.isDown('market') || writer.isBackpressured()) return;
          const now = options.marketTime();
          const window = { start: Math.max(from, now - maxBarsPerUpdate * barLength), end: now };
          const barQuery = {
            contract: resolved.contract,
            barSize: '5 secs',
            priceType: whatToShow.priceType,
            window,
            now,
          } as const;
          for (const row of getCompletedBars(market, barQuery)) {
            from = row.start + barLength;
            writer.send([encodeRealTimeBar(id, Math.floor(row.start / second), row)]);
          }
        });
      });
    },
    cancel(id) {
      if (!endSubscription(id)) writer.sendError(id, 300, `Can't find EId with tickerId:${id}`, null);
    },
    cancelAll() {
      for (const id of [...subscriptions.keys()]) endSubscription(id);
    },
  };
}
