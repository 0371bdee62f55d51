import type { ContractDetails, SecType } from '@stoqey/ib';

import type { BarSize, TradingHours, PriceType } from '../../core/tables/bars.js';
import type { Clock } from '../../core/time/clock.js';
import { err, ok } from '../../core/result.js';
import type { Duration } from '../../core/time/time.js';
import { second } from '../../core/time/time.js';
import type { OptionParameters } from './mapping/option-chain.js';
import type { HistorySpan } from './mapping/history-span.js';
import { errorFrom, noReply } from './gateway/ib-request.js';
import type { IbReply, IbRequest, RequestError } from './gateway/ib-request.js';
import type { TickAccumulator } from './mapping/tick-accumulator.js';
import type { GatewayMessage, WireBar, WireContract } from './gateway/wire.js';

/** A question whose answer comes in pieces, with a mark at its end. */
function collectUntilEnd<T>(
  request: Pick<IbRequest<readonly T[]>, 'farm' | 'send' | 'cancel'>,
  endKind: GatewayMessage['kind'],
  toPiece: (message: GatewayMessage) => T | null,
): IbRequest<readonly T[]> {
  const pieces: T[] = [];
  return {
    ...request,
    needsCancel: false,
    onMessage(message) {
      if (message.kind === 'error') return errorFrom(message);
      if (message.kind === endKind) return ok(pieces);
      const piece = toPiece(message);
      if (piece !== null) pieces.push(piece);
      return null;
    },
  };
}

/** All contracts that fit a description. */
export function buildContractDetailsRequest(contract: WireContract): IbRequest<readonly ContractDetails[]> {
  return collectUntilEnd(
    { farm: 'definitions', send: (wire, id) => wire.requestContractDetails(id, contract), cancel: null },
    'details-end',
    (message) => (message.kind === 'details' ? message.details : null),
  );
}

/** The options listed on something. */
export function buildOptionParametersRequest(underlying: {
  readonly symbol: string;
  readonly exchange: string;
  readonly secType: SecType;
  readonly conId: number;
}): IbRequest<readonly OptionParameters[]> {
  const { symbol, exchange, secType, conId } = underlying;
  return collectUntilEnd(
    {
      farm: 'definitions',
      send: (wire, id) => wire.requestOptionParameters(id, symbol, exchange, secType, conId),
      cancel: null,
    },
    'parameters-end',
    (message) => (message.kind === 'parameters' ? message : null),
  );
}

/** Bars of a stretch of time. */
export function buildHistoryRequest(
  contract: WireContract,
  span: HistorySpan,
  series: { readonly barSize: BarSize; readonly priceType: PriceType; readonly hours: TradingHours },
): IbRequest<readonly WireBar[]> {
  const { barSize, priceType, hours } = series;
  return collectUntilEnd(
    {
      farm: 'historical',
      send: (wire, id) =>
        wire.requestHistory(id, contract, { ...span, barSize, priceType, regularHours: hours === 'rth' }),
      cancel: (wire, id) => wire.cancelHistory(id),
    },
    'bars-end',
    (message) => (message.kind === 'bar' ? message.bar : null),
  );
}

/** When history begins. The request counts as open at IB until it is stopped. */
export function buildHeadTimestampRequest(
  contract: WireContract,
  priceType: PriceType,
  hours: TradingHours,
): IbRequest<string> {
  // Quotes of bid and ask have no beginning of their own.
  const effectiveType = priceType === 'BID_ASK' ? 'BID' : priceType;
  return {
    farm: 'historical',
    send: (wire, id) => wire.requestHeadTimestamp(id, contract, effectiveType, hours === 'rth'),
    cancel: (wire, id) => wire.cancelHeadTimestamp(id),
    needsCancel: true,
    onMessage(message) {
      if (message.kind === 'error') return errorFrom(message);
      return message.kind === 'head' ? ok(message.time) : null;
    },
  };
}

/** How long market data is listened to. */
export interface QuietPeriod {
  readonly clock: Clock;
  /** Without news of a new kind for so long, there is no more to come. */
  readonly quiet: Duration;
  readonly maxDuration: Duration;
  /** Ends with the question, however that ends. */
  readonly ended: AbortSignal;
}

/**
 * Listens to market data until the book is complete, nothing new comes, or time is up. A snapshot of the gateway's own would
 * not tell open interest, and takes eleven seconds whenever something is missing.
 */
export function buildMarketDataRequest(
  contract: WireContract,
  genericTicks: string,
  ticks: TickAccumulator,
  isComplete: () => boolean,
  { clock, quiet, maxDuration, ended }: QuietPeriod,
): IbRequest<TickAccumulator> {
  let lastUpdate: number | null = null;
  let deferredError: RequestError | null = null;
  const conclude = (): IbReply<TickAccumulator> => {
    if (ticks.hasUpdates()) return ok(ticks);
    return deferredError === null
      ? noReply(`no market data within ${Math.round(maxDuration / second)} s`, 'no-answer')
      : err(deferredError);
  };
  return {
    farm: 'market',
    send(wire, id, finish) {
      wire.requestMarketData(id, contract, genericTicks);
      const until = clock.now() + maxDuration;
      const watchQuietPeriod = async (): Promise<void> => {
        for (;;) {
          const next = lastUpdate === null ? until : Math.min(until, lastUpdate + quiet);
          // News may come while this waits, and then the end is nearer than it was.
          await clock.sleepUntil(Math.min(next, clock.now() + quiet), ended);
          const now = clock.now();
          if (now < until && (lastUpdate === null || now < lastUpdate + quiet)) continue;
          finish(conclude());
          return;
        }
      };
      watchQuietPeriod().catch(() => undefined);
    },
    cancel: (wire, id) => wire.cancelMarketData(id),
    needsCancel: true,
    onMessage(message) {
      if (message.kind === 'error') {
        const reply = errorFrom(message);
        if (reply === null || reply.ok) return null;
        if (reply.error.kind !== 'gateway' || reply.error.meaning.kind !== 'may-follow') return reply;
        deferredError = reply.error;
        return null;
      }
      if (ticks.apply(message)) lastUpdate = clock.now();
      return isComplete() ? ok(ticks) : null;
    },
  };
}
