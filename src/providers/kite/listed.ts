import type { Failure } from '../../core/failure.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import type { Instrument } from '../../core/series.js';
import { knownIndex } from './indices.js';
import { rowNamed } from './instruments/table.js';
import type { InstrumentTable } from './instruments/table.js';

/** An instrument as Kite lists it. */
export interface Listed {
  readonly row: number;
  readonly token: number;
  readonly exchange: string;
  readonly tradingsymbol: string;
  /** `NSE:INFY`: what quotes are asked by. */
  readonly key: string;
  /** Where its options are listed, and under which name. */
  readonly options: { readonly exchange: string; readonly name: string };
}

/** Finds an instrument by exchange and tradingsymbol; indices also by the names of their options. */
export function findListed(table: InstrumentTable, instrument: Instrument): Result<Listed, Failure> {
  const { symbol, kind } = instrument;
  const exchange = exchangeOf(instrument);
  if (exchange === null) {
    const message = `${symbol} is at ${instrument.exchange} with the calendar ${instrument.calendar}: Kite has NSE and BSE`;
    return err({ kind: 'invalid', message });
  }
  const plain = symbol.startsWith(`${exchange}:`) ? symbol.slice(exchange.length + 1) : symbol;
  if (kind === 'future')
    return listedAt(table, derivativesOf(exchange), plain, plain) ?? notListed(instrument, exchange);
  const index = knownIndex(plain);
  const asIndex = (): Result<Listed, Failure> | null =>
    index === undefined ? null : listedAt(table, index.exchange, index.tradingsymbol, index.name);
  const asWritten = (): Result<Listed, Failure> | null => listedAt(table, exchange, plain, plain);
  const found = kind === 'index' ? (asIndex() ?? asWritten()) : (asWritten() ?? asIndex());
  return found ?? notListed(instrument, exchange);
}

function exchangeOf({ exchange, calendar }: Instrument): 'NSE' | 'BSE' | null {
  if (exchange === 'NSE' || exchange === 'BSE') return exchange;
  if (exchange !== 'SMART') return null;
  return calendar === 'XNSE' ? 'NSE' : calendar === 'XBOM' ? 'BSE' : null;
}

function derivativesOf(exchange: string): string {
  return exchange === 'BSE' ? 'BFO' : 'NFO';
}

function listedAt(
  table: InstrumentTable,
  exchange: string,
  tradingsymbol: string,
  name: string,
): Result<Listed, Failure> | null {
  const row = rowNamed(table, exchange, tradingsymbol);
  if (row === undefined) return null;
  const token = table.token[row] ?? NaN;
  const options = { exchange: derivativesOf(exchange), name };
  return ok({ row, token, exchange, tradingsymbol, key: `${exchange}:${tradingsymbol}`, options });
}

function notListed({ symbol, kind }: Instrument, exchange: string): Result<Listed, Failure> {
  return err({ kind: 'invalid', message: `Kite lists no ${kind} ${symbol} at ${exchange}` });
}
