import type { Instrument, OptionContract } from '../../../core/series.js';
import type { LocalDate } from '../../../core/time/time.js';

/** Exchange codes of Kite. */
export type KiteExchange = (typeof kiteExchanges)[number];

/** Exchanges with a dump; the dumps of the last four are empty. */
export const kiteExchanges = ['NSE', 'BSE', 'NFO', 'BFO', 'CDS', 'MCX', 'BCD', 'NCO', 'NSEIX', 'GLOBAL'] as const;

/** A row of the instrument dump, with its identity in the synthetic market. */
export interface KiteInstrument {
  readonly token: number;
  readonly exchangeToken: number;
  readonly tradingsymbol: string;
  readonly name: string;
  readonly expiry: LocalDate | null;
  readonly strike: number;
  readonly tickSize: number;
  readonly lotSize: number;
  readonly type: 'EQ' | 'FUT' | 'CE' | 'PE';
  readonly segment: string;
  readonly exchange: KiteExchange;
  /** Instrument that prices are computed from: itself, or the underlying of an option. */
  readonly marketInstrument: Instrument;
  /** Option terms; null for other instruments. */
  readonly option: Omit<OptionContract, 'conId'> | null;
}

/** Last byte of a token by segment. */
const segmentBytes = { NSE: 1, NFO: 2, CDS: 3, BSE: 4, BFO: 5, MCX: 7, INDICES: 9 } as const;

/** Computes the instrument token, which all requests use, from the exchange token. */
export function toToken(exchangeToken: number, segment: keyof typeof segmentBytes): number {
  return exchangeToken * 256 + segmentBytes[segment];
}

/** Whether an instrument is an index, which has values and no trades. */
export function isIndex(instrument: KiteInstrument): boolean {
  return instrument.segment === 'INDICES';
}

/** Units per rupee of prices on the wire: 100 paise, finer for currencies. */
export function priceScale(instrument: KiteInstrument): number {
  return instrument.exchange === 'CDS' ? 10_000_000 : 100;
}

/** Formats the key of quote requests: `NSE:INFY`. */
export function formatInstrumentKey({ exchange, tradingsymbol }: KiteInstrument): string {
  return `${exchange}:${tradingsymbol}`;
}
