import type { Instant } from '../../core/time/time.js';
import type { TwsRequest as RequestType } from '../../config/scenario/capabilities.js';
import { createAccountReply } from './account-replies.js';
import type { Lookup } from './contracts/contract-catalog.js';
import { planFaults } from '../../config/scenario/engine/plan-faults.js';
import type { FaultPlan } from '../../config/scenario/engine/plan-faults.js';
import { sendAnswer } from './send-answer.js';
import type { Gateway } from './gateway.js';
import { createRealTimeBarService } from './history/real-time-bar-service.js';
import { toTwsError, createHistoricalService } from './history/historical-service.js';
import { describeRequest, getWireContract, toScenarioEvent } from './scenario-event.js';
import type { Outages } from './outages.js';
import { createQuoteService } from './quotes/quote-service.js';
import {
  createContractDetailsReply,
  createOptionParametersReply,
  encodeMarketRule,
  createSymbolSamplesReply,
  toUnderlyingContract,
} from './reference-replies.js';
import type { ReferenceReply } from './reference-replies.js';
import type { Arrival } from './pacing/arrival.js';
import { runAfterDelay } from './timers.js';
import type { ClientWriter } from './client-writer.js';
import { classifyRequest } from './wire/requests.js';
import type { TwsRequest } from './wire/requests.js';

/** Requests and subscriptions of one client, from `startApi` to disconnect. */
export interface ClientSession {
  handle(request: Exclude<TwsRequest, { kind: 'start' }>, arrival: Arrival): void;
  /** Cancels subscriptions and requests in flight without a message, as TWS does after code 1101. */
  cancelAll(): void;
  end(): void;
}

type SessionRequest = Parameters<ClientSession['handle']>[0];

export function createClientSession(gateway: Gateway, writer: ClientWriter): ClientSession {
  const { options, catalog, outages } = gateway;
  const { clock } = options;
  const history = createHistoricalService(gateway, writer);
  const quotes = createQuoteService(gateway, writer);
  const realTimeBars = createRealTimeBarService(gateway, writer);
  const closing = new AbortController();

  function lookUpContract(request: SessionRequest, now: Instant): Lookup | null {
    if (request.kind === 'option-parameters') return catalog.lookUp(toUnderlyingContract(request), now);
    const contract = getWireContract(request);
    return contract === null ? null : catalog.lookUp(contract, now);
  }

  /** Plans the faults of a request and performs its actions on the gateway at once. */
  function consultScenario(requestType: RequestType, request: SessionRequest, lookup: Lookup | null): FaultPlan {
    const actions = options.scenarioEngine.actionsFor(toScenarioEvent(requestType, request, lookup), gateway.elapsed());
    for (const action of actions) {
      options.emit({
        kind: 'action',
        at: clock.now(),
        connection: writer.connectionNumber,
        action: action.kind,
        request: requestType,
      });
    }
    const faultPlan = planFaults(actions);
    for (const event of faultPlan.sourceActions) gateway.performAction(event, writer.connectionNumber, requestType);
    return faultPlan;
  }

  /** Sends one reply after the planned delay; `reply` computes it at that time. */
  function replyOnce(
    requestType: RequestType,
    id: number,
    faultPlan: FaultPlan,
    reply: (now: Instant) => ReferenceReply,
  ): void {
    runAfterDelay({ clock, outages, signal: closing.signal }, faultPlan.delay, null, () => {
      const { fault } = faultPlan;
      const result = reply(options.marketTime());
      if (result.kind === 'error') {
        if (sendAnswer(writer, fault, [])) writer.sendError(id, result.code, result.message, requestType);
      } else if (sendAnswer(writer, fault, result.frames)) {
        options.emit({
          kind: 'answered',
          at: clock.now(),
          connection: writer.connectionNumber,
          request: requestType,
          rows: result.rows,
        });
      }
    });
  }

  function createReply(
    request: SessionRequest,
    lookup: Lookup | null,
    faultPlan: FaultPlan,
    now: Instant,
  ): ReferenceReply {
    const { fault } = faultPlan;
    switch (request.kind) {
      case 'contract-details':
        return createContractDetailsReply(gateway, writer.version, request.id, lookup ?? { kind: 'none' }, fault, now);
      case 'option-parameters':
        return createOptionParametersReply(gateway, request, lookup ?? { kind: 'none' }, fault, now);
      case 'historical':
      case 'head-timestamp':
      case 'market-data':
      case 'real-time-bars':
        throw new Error(`${request.kind} is answered by a service of its own`);
      default:
        break;
    }
    if (fault?.kind === 'error') return { kind: 'error', ...toTwsError(fault, '') };
    switch (request.kind) {
      case 'unsupported':
        return { kind: 'error', code: request.code, message: request.message };
      case 'place-order':
        return { kind: 'error', code: 201, message: 'Order rejected - reason:This is a market-data simulator' };
      case 'cancel-order':
        return {
          kind: 'error',
          code: 10147,
          message: `OrderId ${request.id} that needs to be cancelled is not found.`,
        };
      case 'matching-symbols':
        return createSymbolSamplesReply(gateway, writer.version, request.id, request.pattern, now);
      case 'market-rule':
        return { kind: 'frames', frames: encodeMarketRule(request.rule), rows: 1 };
      default:
        return { kind: 'frames', frames: createAccountReply(request, options.account, now) ?? [], rows: 0 };
    }
  }

  function cancelAll(): void {
    history.cancelAll();
    quotes.cancelAll();
    realTimeBars.cancelAll();
  }

  return {
    handle(request, arrival) {
      switch (request.kind) {
        case 'cancel':
          if (request.target === 'market-data') quotes.cancel(request.id);
          else if (request.target === 'real-time-bars') realTimeBars.cancel(request.id);
          else history.cancel(request.id, request.target);
          return;
        case 'market-data-type':
          quotes.setMarketDataType(request.type);
          return;
        default:
          break;
      }
      const requestType = classifyRequest(request);
      if (requestType === null) return;
      const lookup = lookUpContract(request, options.marketTime());
      gateway.counters.countRequest(requestType);
      const description = describeRequest(toScenarioEvent(requestType, request, lookup));
      options.emit({
        kind: 'request',
        at: clock.now(),
        connection: writer.connectionNumber,
        request: requestType,
        description,
      });
      const symbol = getWireContract(request)?.symbol ?? '';
      if (lookup?.kind === 'none' && symbol !== '' && !catalog.isListed(symbol))
        options.emit({ kind: 'unlisted', at: clock.now(), connection: writer.connectionNumber, symbol });
      if ((request.kind === 'historical' || request.kind === 'head-timestamp') && !history.admit(request, arrival))
        return;
      const faultPlan = consultScenario(requestType, request, lookup);
      switch (request.kind) {
        case 'historical':
        case 'head-timestamp':
          history.answer(request, lookup ?? { kind: 'none' }, faultPlan);
          return;
        case 'market-data':
          quotes.answer(request, lookup ?? { kind: 'none' }, faultPlan);
          return;
        case 'real-time-bars':
          realTimeBars.answer(request, lookup ?? { kind: 'none' }, faultPlan, arrival);
          return;
        default:
          replyOnce(requestType, 'id' in request ? request.id : -1, faultPlan, (now) =>
            createReply(request, lookup, faultPlan, now),
          );
      }
    },
    cancelAll,
    end() {
      closing.abort();
      cancelAll();
    },
  };
}

/** Returns the codes that report the state of the data farms to a new client. */
export function farmStatusMessages({ isDown }: Outages): readonly number[] {
  return [isDown('market') ? 2103 : 2104, isDown('historical') ? 2105 : 2106, 2158];
}
