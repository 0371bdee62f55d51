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
import type { GatewayMessage, WireContract } from './gateway/wire.js';
import type { WireBar } from './gateway/wire-bar.js';

/** A request whose reply comes in several messages, ended by one of a certain kind. */
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

/** Requests all contracts that match a description. */
export function buildContractDetailsRequest(contract: WireContract): IbRequest<readonly ContractDetails[]> {
  return collectUntilEnd(
    { farm: 'definitions', send: (wire, id) => wire.requestContractDetails(id, contract), cancel: null },
    'details-end',
    (message) => (message.kind === 'details' ? message.details : null),
  );
}

/** Requests the options listed on an underlying. */
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

/** Requests the beginning of history. The gateway keeps the request open until it is cancelled. */
export function buildHeadTimestampRequest(
  contract: WireContract,
  priceType: PriceType,
  hours: TradingHours,
): IbRequest<string> {
  // IB gives no beginning of BID_ASK.
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

/** The condition under which a stream of market data counts as complete. */
export interface QuietPeriod {
  readonly clock: Clock;
  /** Time without a new kind of tick after which no more is expected. */
  readonly quiet: Duration;
  readonly maxDuration: Duration;
  /** Aborts when the request has ended, however it ended. */
  readonly ended: AbortSignal;
}

/**
 * Streams market data until the ticks are complete, nothing new arrives, or the time is up. The gateway's own snapshots lack
 * open interest, and take eleven seconds whenever a value is missing.
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
          // A tick that arrives during this wait brings the end nearer.
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
        if (reply.error.kind !== 'gateway' || reply.error.meaning.kind !== 'data-may-follow') return reply;
        deferredError = reply.error;
        return null;
      }
      if (ticks.apply(message)) lastUpdate = clock.now();
      return isComplete() ? ok(ticks) : null;
    },
  };
}
