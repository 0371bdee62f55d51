import type { BarSizeSetting, Contract, ContractDetails, IBApi, MarketDataType, SecType } from '@stoqey/ib';

import type { BarSize, PriceType } from '../../../core/tables/bars.js';
import type { Right } from '../../../core/series.js';
import { protectSocket } from './protect-socket.js';
import type { IbMarketDataType } from '../settings.js';

/** What identifies a contract to the gateway; absent fields are left open. */
export interface WireContract {
  readonly conId?: number;
  readonly symbol?: string;
  readonly secType?: 'STK' | 'IND' | 'FUT' | 'CONTFUT' | 'OPT' | 'FOP';
  /** `20261218`. */
  readonly expiry?: string;
  readonly strike?: number;
  readonly right?: Right;
  readonly exchange?: string;
  readonly currency?: string;
  readonly localSymbol?: string;
  readonly tradingClass?: string;
}

/** One bar as it came. */
export interface WireBar {
  readonly time: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number | undefined;
  readonly wap: number | undefined;
  readonly count: number | undefined;
}

/** What the gateway says about one request; `id` names the request. */
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

/** What a model makes of an option; undefined for what it has not computed. */
export interface OptionComputation {
  readonly iv: number | undefined;
  readonly delta: number | undefined;
  readonly gamma: number | undefined;
  readonly vega: number | undefined;
  readonly theta: number | undefined;
  readonly underlyingPrice: number | undefined;
}

/** Whoever listens to a connection. */
export interface WireListener {
  /** The gateway has said its version. */
  onServerVersion(version: number, onCurrentTime: string): void;
  onAccounts(list: string): void;
  onNextValidId(): void;
  onCurrentTime(epochSeconds: number): void;
  /** Anything at all has arrived. */
  onActivity(): void;
  onMessage(id: number, message: GatewayMessage): void;
  /** A message that belongs to no request. */
  onSystemMessage(code: number, text: string): void;
  /** The connection is over, whoever ended it. */
  onClosed(): void;
  /** What arrives makes no sense any more; the connection is being closed. */
  onProtocolError(reason: string): void;
}

/** One connection; never used for a second one, because the library would send old requests on it. */
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

/** The rate of the library's own queue: it counts in tenths of a second, and IB allows 50 a second. */
const maxMessagesPerSecond = 40;

// Loaded when first needed: most commands of the house never speak to a gateway.
const loadLibrary = () => import('@stoqey/ib');

type Library = Awaited<ReturnType<typeof loadLibrary>>;

/** Opens a connection; everything that becomes of it is told to the listener. */
export async function openWire(
  endpoint: { readonly host: string; readonly port: number; readonly clientId: number },
  listener: WireListener,
): Promise<Wire> {
  const library = await loadLibrary();
  // Every option is given, or the library would read a `.env` of whatever folder we are in to find the rest.
  const api = new library.IBApi({
    host: endpoint.host,
    port: endpoint.port,
    clientId: endpoint.clientId,
    maxReqPerSec: maxMessagesPerSecond,
  });
  attachListener(library, api, listener);
  protectSocket(api, (reason) => {
    listener.onProtocolError(reason);
    api.disconnect();
  });
  api.connect(endpoint.clientId);
  return createSender(library, api);
}

function attachListener({ EventName }: Library, api: IBApi, listener: WireListener): void {
  api.on(EventName.server, (version, time) => listener.onServerVersion(version, time));
  api.on(EventName.managedAccounts, (list) => listener.onAccounts(list));
  api.on(EventName.nextValidId, () => listener.onNextValidId());
  api.on(EventName.currentTime, (time) => listener.onCurrentTime(time));
  api.on(EventName.received, () => listener.onActivity());
  api.on(EventName.disconnected, () => listener.onClosed());
  api.on(EventName.info, (text, code) => listener.onSystemMessage(code, text));
  // An error that nobody listens to would be silent.
  api.on(EventName.error, (error: Error, code: number, id: number) => {
    if (id === -1) listener.onSystemMessage(code, error.message);
    else listener.onMessage(id, { kind: 'error', code, message: error.message });
  });
  api.on(EventName.historicalData, (id, time, open, high, low, close, volume, count, wap) => {
    if (time.startsWith('finished')) listener.onMessage(id, { kind: 'bars-end' });
    else listener.onMessage(id, { kind: 'bar', bar: { time, open, high, low, close, volume, wap, count } });
  });
  api.on(EventName.contractDetails, (id, details) => listener.onMessage(id, { kind: 'details', details }));
  api.on(EventName.contractDetailsEnd, (id) => listener.onMessage(id, { kind: 'details-end' }));
  api.on(
    EventName.securityDefinitionOptionParameter,
    (id, exchange, _conId, tradingClass, multiplier, expiries, strikes) => {
      // The library says that it is a text, and reads a number.
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
      if (!isBarSize(library, barSize)) throw new Error(`the gateway has no bars of ${barSize}`);
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

/** The library has a name of its own for every bar size, and they mean the same texts. */
function isBarSize({ BarSizeSetting: known }: Library, size: string): size is BarSizeSetting {
  return Object.values<string>(known).includes(size);
}

function toLibraryContract({ SecType, OptionType }: Library, contract: WireContract): Contract {
  const { conId, symbol, secType, expiry, strike, right, exchange, currency, localSymbol, tradingClass } = contract;
  return {
    ...(conId === undefined ? {} : { conId }),
    ...(symbol === undefined ? {} : { symbol }),
    ...(secType === undefined ? {} : { secType: SecType[secType] }),
    ...(expiry === undefined ? {} : { lastTradeDateOrContractMonth: expiry }),
    ...(strike === undefined ? {} : { strike }),
    ...(right === undefined ? {} : { right: right === 'C' ? OptionType.Call : OptionType.Put }),
    ...(exchange === undefined ? {} : { exchange }),
    ...(currency === undefined ? {} : { currency }),
    ...(localSymbol === undefined ? {} : { localSymbol }),
    ...(tradingClass === undefined ? {} : { tradingClass }),
  };
}
