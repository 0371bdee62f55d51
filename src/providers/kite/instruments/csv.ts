import { dayNumber, isLocalDate } from '../../../core/time.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import type { InstrumentTable } from './table.js';

const columns = [
  'instrument_token',
  'tradingsymbol',
  'name',
  'expiry',
  'strike',
  'tick_size',
  'lot_size',
  'instrument_type',
  'segment',
  'exchange',
] as const;

/** So many rows take about five milliseconds; then others have their turn. */
const rowsPerTurn = 8_192;

/**
 * Reads the list of instruments. Yields from time to time, so that whoever drives it can let others have a turn; the whole of
 * 117,000 rows takes about a tenth of a second. Rows that cannot be read are left out as long as they are few.
 */
export function* readInstruments(text: string): Generator<undefined, Result<InstrumentTable, string>, undefined> {
  const headerEnd = endOfLine(text, 0);
  const header = fieldsOf(text.slice(0, headerEnd).replace(/^\uFEFF/, ''));
  const position = (column: (typeof columns)[number]): number => header.indexOf(column);
  const missing = columns.filter((column) => position(column) < 0);
  if (missing.length > 0) return err(`not a list of instruments: it has no column ${missing.join(', ')}`);
  const places = columns.map(position);
  const [tokenAt = 0, symbolAt = 0, nameAt = 0, expiryAt = 0, strikeAt = 0, tickAt = 0, lotAt = 0] = places;
  const [typeAt = 0, segmentAt = 0, exchangeAt = 0] = places.slice(7);

  const token: number[] = [];
  const expiry: number[] = [];
  const strike: number[] = [];
  const tickSize: number[] = [];
  const lotSize: number[] = [];
  const tradingsymbol: string[] = [];
  const [name, type, segment, exchange]: [string[], string[], string[], string[]] = [[], [], [], []];
  const rowOf = new Map<string, Map<string, number>>();
  const shared = sharing();
  const dayOf = remembered((date) => (isLocalDate(date) ? dayNumber(date) : NaN));
  let unreadable = 0;

  for (let start = headerEnd + 1, line = 1; start < text.length; line++) {
    const end = endOfLine(text, start);
    const fields = fieldsOf(text.slice(start, end));
    start = end + 1;
    if (line % rowsPerTurn === 0) yield;
    if (fields.length === 1 && fields[0] === '') continue;
    const number = Number(fields[tokenAt]);
    const symbol = fields[symbolAt] ?? '';
    if (fields.length !== header.length || symbol === '' || !Number.isSafeInteger(number) || number <= 0) {
      unreadable++;
      continue;
    }
    const at = shared(fields[exchangeAt]);
    const onExchange = rowOf.get(at) ?? new Map<string, number>();
    if (onExchange.size === 0) rowOf.set(at, onExchange);
    if (!onExchange.has(symbol)) onExchange.set(symbol, token.length);
    token.push(number);
    tradingsymbol.push(symbol);
    name.push(shared(fields[nameAt]));
    expiry.push(dayOf(fields[expiryAt] ?? ''));
    strike.push(Number(fields[strikeAt]));
    tickSize.push(Number(fields[tickAt]));
    lotSize.push(Number(fields[lotAt]));
    type.push(shared(fields[typeAt]));
    segment.push(shared(fields[segmentAt]));
    exchange.push(at);
  }
  if (token.length === 0) return err('a list of instruments without instruments');
  if (unreadable * 100 > token.length) return err(`${unreadable} rows of the list of instruments cannot be read`);
  return ok({
    length: token.length,
    token: Float64Array.from(token),
    tradingsymbol,
    name,
    expiry: Float64Array.from(expiry),
    strike: Float64Array.from(strike),
    tickSize: Float64Array.from(tickSize),
    lotSize: Float64Array.from(lotSize),
    type,
    segment,
    exchange,
    rowOf,
  });
}

function endOfLine(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  return found < 0 ? text.length : found;
}

/** The fields of one line; a quoted one may hold commas and doubled quotes. */
function fieldsOf(line: string): string[] {
  const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (!whole.includes('"')) return whole.split(',');
  const fields: string[] = [];
  for (let at = 0; at <= whole.length;) {
    const isQuoted = whole.startsWith('"', at);
    const end = isQuoted ? closingQuote(whole, at + 1) : endOfField(whole, at);
    fields.push(isQuoted ? whole.slice(at + 1, end).replaceAll('""', '"') : whole.slice(at, end));
    at = (isQuoted ? endOfField(whole, end) : end) + 1;
  }
  return fields;
}

function endOfField(line: string, from: number): number {
  const found = line.indexOf(',', from);
  return found < 0 ? line.length : found;
}

/** The quote that ends a field; the end of the line when none does. */
function closingQuote(line: string, from: number): number {
  for (let at = from; ; at += 2) {
    at = line.indexOf('"', at);
    if (at < 0) return line.length;
    if (!line.startsWith('"', at + 1)) return at;
  }
}

function sharing(): (text: string | undefined) => string {
  return remembered((text) => text);
}

function remembered<T>(valueOf: (text: string) => T): (text: string | undefined) => T {
  const values = new Map<string, T>();
  return (text = '') => {
    let value = values.get(text);
    if (value === undefined) values.set(text, (value = valueOf(text)));
    return value;
  };
}
