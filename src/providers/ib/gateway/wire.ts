import type { BarSizeSetting, Contract, ContractDetails, IBApi, MarketDataType, SecType } from '@stoqey/ib';

import type { BarSize, PriceType } from '../../../core/tables/bars.js';
import type { Right } from '../../../core/series.js';
import type { MessageScope } from './incoming-message.js';
import { protectSocket } from './protect-socket.js';
import type { ProtectedSocket } from './protect-socket.js';
import type { IbMarketDataType } from '../settings.js';
import type { WireBar } from './wire-bar.js';

/** A contract as the gateway identifies it. */
export type WireContract =
  | {
      readonly secType: 'STK' | 'IND' | 'CONTFUT';
      readonly symbol: string;
      readonly exchange: string;
      readonly currency: string;
      /** The exchange that lists it; absent if any may. */
      readonly primaryExch?: string;
    }
  /** A contract by an id that the gateway resolves in a request for details, and nowhere else. */
  | {
      readonly secType: 'STK' | 'IND';
      readonly secIdType: 'ISIN' | 'FIGI';
      readonly secId: string;
      readonly exchange: string;
      readonly currency: string;
      readonly primaryExch?: string;
    }
  | { readonly secType: 'FUT'; readonly localSymbol: string; readonly exchange: string; readonly currency: string }
  | {
      readonly secType: 'OPT' | 'FOP';
      readonly symbol: string;
      /** `20261218`. */
      readonly expiry: string;
      readonly strike: number;
      readonly right: Right;
      readonly exchange: string;
      readonly currency: string;
      /** Absent where the terms identify the option. */
      readonly tradingClass?: string;
    }
  /** A contract of any type whose number is known. */
  | { readonly secType: null; readonly conId: number; readonly exchange: string };

/** A message of the gateway about one request. */
export type GatewayMessage =
  | { readonly kind: 'bar'; readonly bar: WireBar }
  | { readonly kind: 'bars-end' }
  | { readonly kind: 'details'; readonly details: ContractDetails }
  | { readonly kind: 'details-end' }
  | {
      readonly kind: 'parameters';
      readonly exchange: string;
      readonly tradingClass: string;
      readonly multiplier: number;
      readonly expiries: readonly string[];
      readonly strikes: readonly number[];
    }
  | { readonly kind: 'parameters-end' }
  | { readonly kind: 'head'; readonly time: string }
  | { readonly kind: 'price'; readonly tick: number; readonly value: number }
  | { readonly kind: 'size'; readonly tick: number; readonly value: number | undefined }
  | { readonly kind: 'computation'; readonly tick: number; readonly computation: OptionComputation }
  | { readonly kind: 'data-type'; readonly dataType: number }
  | { readonly kind: 'snapshot-end' }
  | { readonly kind: 'error'; readonly code: number; readonly message: string };

/** Values of IB's option model; undefined if the model has not computed them. */
export interface OptionComputation {
  readonly iv: number | undefined;
  readonly delta: number | undefined;
  readonly gamma: number | undefined;
  readonly vega: number | undefined;
  readonly theta: number | undefined;
  readonly underlyingPrice: number | undefined;
}

/** Receives the events of one connection. */
export interface WireListener {
  onServerVersion(version: number, onCurrentTime: string): void;
  onAccounts(list: string): void;
  onNextValidId(): void;
  onCurrentTime(epochSeconds: number): void;
  /** Called for every message of the gateway. */
  onActivity(): void;
  onMessage(id: number, message: GatewayMessage): void;
  /** A message that belongs to no request. */
  onSystemMessage(code: number, text: string): void;
  /** The connection has ended, on either side. */
  onClosed(): void;
  /** A message that answers requests of this client cannot be decoded; the connection stays open. */
  onUndecodable(scope: MessageScope, reason: string): void;
  /** The incoming bytes are invalid; the connection is being closed. */
  onProtocolError(reason: string): void;
}

/** One connection. It is never reused: the library would send queued requests of the old connection on the new one. */
export interface Wire {
  requestContractDetails(id: number, contract: WireContract): void;
  requestOptionParameters(id: number, symbol: string, exchange: string, secType: SecType, conId: number): void;
  requestHistory(
    id: number,
    contract: WireContract,
    options: { end: string; duration: string; barSize: BarSize; priceType: PriceType; regularHours: boolean },
  ): void;
  cancelHistory(id: number): void;
  requestHeadTimestamp(id: number, contract: WireContract, priceType: PriceType, regularHours: boolean): void;
  cancelHeadTimestamp(id: number): void;
  requestMarketData(id: number, contract: WireContract, genericTicks: string): void;
  cancelMarketData(id: number): void;
  setMarketDataType(type: IbMarketDataType): void;
  requestCurrentTime(): void;
  close(): void;
}

// Loaded on first use: most commands never connect to a gateway.
const loadLibrary = () => import('@stoqey/ib');

type Library = Awaited<ReturnType<typeof loadLibrary>>;

/** The address of a connection, and the rate at which it may send. */
export interface WireEndpoint {
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
  /** The rate of the library's queue, which counts in tenths of a second. */
  readonly messagesPerSecond: number;
}

/** Opens a connection; the listener receives all its events. */
export async function openWire(endpoint: WireEndpoint, listener: WireListener): Promise<Wire> {
  const library = await loadLibrary();
  // Every option is given: for a missing one the library would read a `.env` file of the working folder.
  const api = new library.IBApi({
    host: endpoint.host,
    port: endpoint.port,
    clientId: endpoint.clientId,
    maxReqPerSec: endpoint.messagesPerSecond,
  });
  const socket = protectSocket(api, {
    onProtocolError(reason) {
      listener.onProtocolError(reason);
      api.disconnect();
    },
    onBars(requestId, bars) {
      listener.onActivity();
      for (const bar of bars) listener.onMessage(requestId, { kind: 'bar', bar });
      listener.onMessage(requestId, { kind: 'bars-end' });
    },
    onUndecodable(scope, reason) {
      listener.onActivity();
      listener.onUndecodable(scope, reason);
    },
    onSkipped: () => listener.onActivity(),
  });
  attachListener(library, api, socket, listener);
  api.connect(endpoint.clientId);
  return createSender(library, api);
}

/** The library's own code for a message that it cannot decode. */
const undecodableCode = 505;

function attachListener({ EventName }: Library, api: IBApi, socket: ProtectedSocket, listener: WireListener): void {
  api.on(EventName.server, (version, time) => listener.onServerVersion(version, time));
  api.on(EventName.managedAccounts, (list) => listener.onAccounts(list));
  api.on(EventName.nextValidId, () => listener.onNextValidId());
  api.on(EventName.currentTime, (time) => listener.onCurrentTime(time));
  api.on(EventName.received, () => listener.onActivity());
  api.on(EventName.disconnected, () => listener.onClosed());
  api.on(EventName.info, (text, code) => listener.onSystemMessage(code, text));
  // The library drops errors without a listener.
  api.on(EventName.error, (error: Error, code: number, id: number) => {
    const scope = socket.getDecodedScope();
    // Fields at the end that the library does not know are no error: a later gateway may add some.
    const isUndecodable = id === -1 && code === undecodableCode && scope !== null;
    if (isUndecodable && /underrun/i.test(error.message))
      listener.onUndecodable(scope, `a message of type ${scope.type} ends too early`);
    else if (isUndecodable) return;
    else if (id === -1) listener.onSystemMessage(code, error.message);
    else listener.onMessage(id, { kind: 'error', code, message: error.message });
  });
  api.on(EventName.contractDetails, (id, details) => listener.onMessage(id, { kind: 'details', details }));
  api.on(EventName.contractDetailsEnd, (id) => listener.onMessage(id, { kind: 'details-end' }));
  api.on(
    EventName.securityDefinitionOptionParameter,
    (id, exchange, _conId, tradingClass, multiplier, expiries, strikes) => {
      // The library declares a text, but passes a number.
      const size = Number(multiplier);
      listener.onMessage(id, { kind: 'parameters', exchange, tradingClass, multiplier: size, expiries, strikes });
    },
  );
  api.on(EventName.securityDefinitionOptionParameterEnd, (id) => listener.onMessage(id, { kind: 'parameters-end' }));
  api.on(EventName.headTimestamp, (id, time) => listener.onMessage(id, { kind: 'head', time }));
  api.on(EventName.tickPrice, (id, tick, value) => listener.onMessage(id, { kind: 'price', tick, value }));
  api.on(EventName.tickSize, (id, tick, value) => {
    if (tick !== undefined) listener.onMessage(id, { kind: 'size', tick, value });
  });
  api.on(
    EventName.tickOptionComputation,
    (id, tick, _attribute, iv, delta, _price, _dividend, gamma, vega, theta, underlyingPrice) => {
      const computation = { iv, delta, gamma, vega, theta, underlyingPrice };
      listener.onMessage(id, { kind: 'computation', tick, computation });
    },
  );
  api.on(EventName.marketDataType, (id, dataType) => listener.onMessage(id, { kind: 'data-type', dataType }));
  api.on(EventName.tickSnapshotEnd, (id) => listener.onMessage(id, { kind: 'snapshot-end' }));
}

const marketDataTypeNames = {
  live: 'REALTIME',
  frozen: 'FROZEN',
  delayed: 'DELAYED',
  'delayed-frozen': 'DELAYED_FROZEN',
} as const satisfies Record<IbMarketDataType, keyof typeof MarketDataType>;

function createSender(library: Library, api: IBApi): Wire {
  const toContract = (contract: WireContract): Contract => toLibraryContract(library, contract);
  return {
    requestContractDetails: (id, contract) => void api.reqContractDetails(id, toContract(contract)),
    requestOptionParameters: (id, symbol, exchange, secType, conId) =>
      void api.reqSecDefOptParams(id, symbol, exchange, secType, conId),
    requestHistory(id, contract, { end, duration, barSize, priceType, regularHours }) {
      if (!isBarSize(library, barSize)) throw new Error(`@stoqey/ib has no bar size ${barSize}`);
      api.reqHistoricalData(
        id,
        toContract(contract),
        end,
        duration,
        barSize,
        priceType,
        regularHours ? 1 : 0,
        2,
        false,
      );
    },
    cancelHistory: (id) => void api.cancelHistoricalData(id),
    requestHeadTimestamp: (id, contract, priceType, regularHours) =>
      void api.reqHeadTimestamp(id, toContract(contract), priceType, regularHours, 2),
    cancelHeadTimestamp: (id) => void api.cancelHeadTimestamp(id),
    requestMarketData: (id, contract, genericTicks) =>
      void api.reqMktData(id, toContract(contract), genericTicks, false, false),
    cancelMarketData: (id) => void api.cancelMktData(id),
    setMarketDataType: (type) => void api.reqMarketDataType(library.MarketDataType[marketDataTypeNames[type]]),
    requestCurrentTime: () => void api.reqCurrentTime(),
    close: () => void api.disconnect(),
  };
}

/** The members of the library's enumeration have the same texts as bar sizes. */
function isBarSize({ BarSizeSetting: known }: Library, size: string): size is BarSizeSetting {
  return Object.values<string>(known).includes(size);
}

function toLibraryContract({ SecType, OptionType }: Library, contract: WireContract): Contract {
  switch (contract.secType) {
    case null: {
      const { conId, exchange } = contract;
      return { conId, exchange };
    }
    case 'OPT':
    case 'FOP': {
      const { secType, expiry, right, ...named } = contract;
      const optionType = right === 'C' ? OptionType.Call : OptionType.Put;
      return { ...named, secType: SecType[secType], lastTradeDateOrContractMonth: expiry, right: optionType };
    }
    default: {
      const { secType, ...named } = contract;
      return { ...named, secType: SecType[secType] };
    }
  }
}
