import type { Failure } from '../../../core/failure.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import type { Instrument } from '../../../core/series.js';
import { findKnownIndex } from './known-indices.js';
import { findRow } from './instrument-table.js';
import type { InstrumentTable } from './instrument-table.js';

export interface ListedInstrument {
  readonly row: number;
  readonly token: number;
  readonly exchange: string;
  readonly tradingsymbol: string;
  /** The key of quotes, such as `NSE:INFY`. */
  readonly key: string;
  /** The exchange and the name under which its options are listed. */
  readonly options: { readonly exchange: string; readonly name: string };
}

/** Finds an instrument by exchange and tradingsymbol; an index also by the name of its options. */
export function resolveInstrument(table: InstrumentTable, instrument: Instrument): Result<ListedInstrument, Failure> {
  const { symbol, kind } = instrument;
  const exchange = getExchange(instrument);
  if (exchange === null) {
    const message = `${symbol} is at ${instrument.exchange} with calendar ${instrument.calendar}: Kite supports NSE and BSE`;
    return err({ kind: 'invalid', message });
  }
  const plainSymbol = symbol.startsWith(`${exchange}:`) ? symbol.slice(exchange.length + 1) : symbol;
  if (kind === 'future')
    return (
      findOnExchange(table, getDerivativesExchange(exchange), plainSymbol, plainSymbol) ??
      notListedError(instrument, exchange)
    );
  const index = findKnownIndex(plainSymbol);
  const findAsIndex = (): Result<ListedInstrument, Failure> | null =>
    index === undefined ? null : findOnExchange(table, index.exchange, index.tradingsymbol, index.name);
  const findAsWritten = (): Result<ListedInstrument, Failure> | null =>
    findOnExchange(table, exchange, plainSymbol, plainSymbol);
  const found = kind === 'index' ? (findAsIndex() ?? findAsWritten()) : (findAsWritten() ?? findAsIndex());
  return found ?? notListedError(instrument, exchange);
}

function getExchange({ exchange, calendar }: Instrument): 'NSE' | 'BSE' | null {
  if (exchange === 'NSE' || exchange === 'BSE') return exchange;
  if (exchange !== 'SMART') return null;
  return calendar === 'XNSE' ? 'NSE' : calendar === 'XBOM' ? 'BSE' : null;
}

function getDerivativesExchange(exchange: string): string {
  return exchange === 'BSE' ? 'BFO' : 'NFO';
}

function findOnExchange(
  table: InstrumentTable,
  exchange: string,
  tradingsymbol: string,
  name: string,
): Result<ListedInstrument, Failure> | null {
  const row = findRow(table, exchange, tradingsymbol);
  if (row === undefined) return null;
  const token = table.token[row] ?? NaN;
  const other = findOtherRow(table, token, row);
  if (other !== null) {
    const names = [row, other].map((at) => `${table.exchange[at] ?? ''}:${table.tradingsymbol[at] ?? ''}`);
    const message = `the list of instruments of Kite has one token (${token}) for ${names.join(' and ')}`;
    return err({ kind: 'invalid', code: 'other-instrument', message });
  }
  const options = { exchange: getDerivativesExchange(exchange), name };
  return ok({ row, token, exchange, tradingsymbol, key: `${exchange}:${tradingsymbol}`, options });
}

/** Returns another instrument with the same token: candles are requested by token, and do not say whose they are. */
function findOtherRow({ token, tradingsymbol, exchange }: InstrumentTable, value: number, row: number): number | null {
  const first = token.indexOf(value);
  const other = first === row ? token.indexOf(value, row + 1) : first;
  const isSame = tradingsymbol[other] === tradingsymbol[row] && exchange[other] === exchange[row];
  return other < 0 || isSame ? null : other;
}

function notListedError({ symbol, kind }: Instrument, exchange: string): Result<ListedInstrument, Failure> {
  return err({ kind: 'invalid', message: `Kite lists no ${kind} ${symbol} at ${exchange}` });
}
