import type { BarSizeSetting, Contract, ContractDetails, IBApi, MarketDataType, SecType } from '@stoqey/ib';

import type { BarSize, What } from '../../core/bars.js';
import type { Right } from '../../core/series.js';
import { guardReceiving } from './guard.js';
import type { IbDataType } from './settings.js';

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
export type Heard =
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
  | { readonly kind: 'computation'; readonly tick: number; readonly computed: WireComputation }
  | { readonly kind: 'data-type'; readonly dataType: number }
  | { readonly kind: 'snapshot-end' }
  | { readonly kind: 'error'; readonly code: number; readonly message: string };

/** What a model makes of an option; undefined for what it has not computed. */
export interface WireComputation {
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
  server(version: number, time: string): void;
  accounts(list: string): void;
  nextId(): void;
  time(epochSeconds: number): void;
  /** Anything at all has arrived. */
  life(): void;
  heard(id: number, what: Heard): void;
  /** A message that belongs to no request. */
  message(code: number, text: string): void;
  /** The connection is over, whoever ended it. */
  closed(): void;
  /** What arrives makes no sense any more; the connection is being closed. */
  broken(why: string): void;
}

/** One connection; never used for a second one, because the library would send old requests on it. */
export interface Wire {
  details(id: number, contract: WireContract): void;
  parameters(id: number, symbol: string, exchange: string, secType: SecType, conId: number): void;
  history(
    id: number,
    contract: WireContract,
    about: { end: string; duration: string; barSize: BarSize; what: What; regularHours: boolean },
  ): void;
  cancelHistory(id: number): void;
  head(id: number, contract: WireContract, what: What, regularHours: boolean): void;
  cancelHead(id: number): void;
  ticks(id: number, contract: WireContract, genericTicks: string): void;
  cancelTicks(id: number): void;
  dataType(type: IbDataType): void;
  time(): void;
  close(): void;
}

/** The rate of the library's own queue: it counts in tenths of a second, and IB allows 50 a second. */
const messagesPerSecond = 40;

// Loaded when first needed: most commands of the house never speak to a gateway.
const loadLibrary = () => import('@stoqey/ib');

type Library = Awaited<ReturnType<typeof loadLibrary>>;

/** Opens a connection; everything that becomes of it is told to the listener. */
export async function openWire(
  place: { readonly host: string; readonly port: number; readonly clientId: number },
  listener: WireListener,
): Promise<Wire> {
  const library = await loadLibrary();
  // Every option is given, or the library would read a `.env` of whatever folder we are in to find the rest.
  const api = new library.IBApi({
    host: place.host,
    port: place.port,
    clientId: place.clientId,
    maxReqPerSec: messagesPerSecond,
  });
  listen(library, api, listener);
  guardReceiving(api, (why) => {
    listener.broken(why);
    api.disconnect();
  });
  api.connect(place.clientId);
  return senderOf(library, api);
}

function listen({ EventName }: Library, api: IBApi, to: WireListener): void {
  api.on(EventName.server, (version, time) => to.server(version, time));
  api.on(EventName.managedAccounts, (list) => to.accounts(list));
  api.on(EventName.nextValidId, () => to.nextId());
  api.on(EventName.currentTime, (time) => to.time(time));
  api.on(EventName.received, () => to.life());
  api.on(EventName.disconnected, () => to.closed());
  api.on(EventName.info, (text, code) => to.message(code, text));
  // An error that nobody listens to would be silent.
  api.on(EventName.error, (error: Error, code: number, id: number) => {
    if (id === -1) to.message(code, error.message);
    else to.heard(id, { kind: 'error', code, message: error.message });
  });
  api.on(EventName.historicalData, (id, time, open, high, low, close, volume, count, wap) => {
    if (time.startsWith('finished')) to.heard(id, { kind: 'bars-end' });
    else to.heard(id, { kind: 'bar', bar: { time, open, high, low, close, volume, wap, count } });
  });
  api.on(EventName.contractDetails, (id, details) => to.heard(id, { kind: 'details', details }));
  api.on(EventName.contractDetailsEnd, (id) => to.heard(id, { kind: 'details-end' }));
  api.on(
    EventName.securityDefinitionOptionParameter,
    (id, exchange, _conId, tradingClass, multiplier, expiries, strikes) => {
      // The library says that it is a text, and reads a number.
      const size = Number(multiplier);
      to.heard(id, { kind: 'parameters', exchange, tradingClass, multiplier: size, expiries, strikes });
    },
  );
  api.on(EventName.securityDefinitionOptionParameterEnd, (id) => to.heard(id, { kind: 'parameters-end' }));
  api.on(EventName.headTimestamp, (id, time) => to.heard(id, { kind: 'head', time }));
  api.on(EventName.tickPrice, (id, tick, value) => to.heard(id, { kind: 'price', tick, value }));
  api.on(EventName.tickSize, (id, tick, value) => {
    if (tick !== undefined) to.heard(id, { kind: 'size', tick, value });
  });
  api.on(
    EventName.tickOptionComputation,
    (id, tick, _attribute, iv, delta, _price, _dividend, gamma, vega, theta, underlyingPrice) => {
      const computed = { iv, delta, gamma, vega, theta, underlyingPrice };
      to.heard(id, { kind: 'computation', tick, computed });
    },
  );
  api.on(EventName.marketDataType, (id, dataType) => to.heard(id, { kind: 'data-type', dataType }));
  api.on(EventName.tickSnapshotEnd, (id) => to.heard(id, { kind: 'snapshot-end' }));
}

const dataTypeNames = {
  live: 'REALTIME',
  frozen: 'FROZEN',
  delayed: 'DELAYED',
  'delayed-frozen': 'DELAYED_FROZEN',
} as const satisfies Record<IbDataType, keyof typeof MarketDataType>;

function senderOf(library: Library, api: IBApi): Wire {
  const contractOf = (contract: WireContract): Contract => libraryContract(library, contract);
  return {
    details: (id, contract) => void api.reqContractDetails(id, contractOf(contract)),
    parameters: (id, symbol, exchange, secType, conId) =>
      void api.reqSecDefOptParams(id, symbol, exchange, secType, conId),
    history(id, contract, { end, duration, barSize, what, regularHours }) {
      if (!isBarSize(library, barSize)) throw new Error(`the gateway has no bars of ${barSize}`);
      api.reqHistoricalData(id, contractOf(contract), end, duration, barSize, what, regularHours ? 1 : 0, 2, false);
    },
    cancelHistory: (id) => void api.cancelHistoricalData(id),
    head: (id, contract, what, regularHours) =>
      void api.reqHeadTimestamp(id, contractOf(contract), what, regularHours, 2),
    cancelHead: (id) => void api.cancelHeadTimestamp(id),
    ticks: (id, contract, genericTicks) => void api.reqMktData(id, contractOf(contract), genericTicks, false, false),
    cancelTicks: (id) => void api.cancelMktData(id),
    dataType: (type) => void api.reqMarketDataType(library.MarketDataType[dataTypeNames[type]]),
    time: () => void api.reqCurrentTime(),
    close: () => void api.disconnect(),
  };
}

/** The library has a name of its own for every bar size, and they mean the same texts. */
function isBarSize({ BarSizeSetting: known }: Library, size: string): size is BarSizeSetting {
  return Object.values<string>(known).includes(size);
}

function libraryContract({ SecType, OptionType }: Library, contract: WireContract): Contract {
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
