import type { Instrument, OptionContract } from '../../../core/series.js';
import type { LocalDate } from '../../../core/time/time.js';

/** Where something is traded, as Kite writes it. */
export type KiteExchange = (typeof kiteExchanges)[number];

/** The exchanges there are dumps of; the last four exist, and nothing is listed there. */
export const kiteExchanges = ['NSE', 'BSE', 'NFO', 'BFO', 'CDS', 'MCX', 'BCD', 'NCO', 'NSEIX', 'GLOBAL'] as const;

/** A row of the instrument dump, with what the market knows it as. */
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
  /** What its prices come from: itself, or the underlying of an option. */
  readonly marketInstrument: Instrument;
  /** Which option of the source; null for what is not an option. */
  readonly option: Omit<OptionContract, 'conId'> | null;
}

/** The last byte of every token says where it is traded. */
const segmentBytes = { NSE: 1, NFO: 2, CDS: 3, BSE: 4, BFO: 5, MCX: 7, INDICES: 9 } as const;

/** The token under which everything but the dump's first column of names knows an instrument. */
export function toToken(exchangeToken: number, segment: keyof typeof segmentBytes): number {
  return exchangeToken * 256 + segmentBytes[segment];
}

/** Whether a token is that of an index, which has values and no trades. */
export function isIndex(instrument: KiteInstrument): boolean {
  return instrument.segment === 'INDICES';
}

/** How many parts of a rupee prices on the wire are counted in: paise, and finer for currencies. */
export function priceScale(instrument: KiteInstrument): number {
  return instrument.exchange === 'CDS' ? 10_000_000 : 100;
}

/** `NSE:INFY`, by which quotes are asked for. */
export function formatInstrumentKey({ exchange, tradingsymbol }: KiteInstrument): string {
  return `${exchange}:${tradingsymbol}`;
}
