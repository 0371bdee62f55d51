import { toDayNumber, isLocalDate } from '../../../core/time/time.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import type { InstrumentTable } from './instrument-table.js';

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

/** The rows parsed in about five milliseconds, after which the event loop gets a turn. */
const rowsPerTurn = 8_192;

/**
 * Parses the list of instruments. It yields regularly, so that the caller can yield to the event loop: 117,000 rows take about a
 * tenth of a second. Invalid rows are skipped as long as they are few. A list whose last line has no end was cut.
 */
export function* parseInstruments(text: string): Generator<undefined, Result<InstrumentTable, string>, undefined> {
  if (!text.endsWith('\n')) return err('the list of instruments ends early');
  const headerEnd = findLineEnd(text, 0);
  const header = splitFields(text.slice(0, headerEnd).replace(/^\uFEFF/, ''));
  const findPosition = (column: (typeof columns)[number]): number => header.indexOf(column);
  const missing = columns.filter((column) => findPosition(column) < 0);
  if (missing.length > 0) return err(`not a list of instruments: column ${missing.join(', ')} is missing`);
  const positions = columns.map(findPosition);
  const [
    tokenIndex = 0,
    symbolIndex = 0,
    nameIndex = 0,
    expiryIndex = 0,
    strikeIndex = 0,
    tickIndex = 0,
    lotIndex = 0,
  ] = positions;
  const [typeIndex = 0, segmentIndex = 0, exchangeIndex = 0] = positions.slice(7);

  const token: number[] = [];
  const expiry: number[] = [];
  const strike: number[] = [];
  const tickSize: number[] = [];
  const lotSize: number[] = [];
  const tradingsymbol: string[] = [];
  const [name, type, segment, exchange]: [string[], string[], string[], string[]] = [[], [], [], []];
  const rowIndex = new Map<string, Map<string, number>>();
  const intern = createInterner();
  const parseDay = memoize((date) => (isLocalDate(date) ? toDayNumber(date) : NaN));
  const duplicates: string[] = [];
  let unreadableRows = 0;

  for (let start = headerEnd + 1, line = 1; start < text.length; line++) {
    const end = findLineEnd(text, start);
    const fields = splitFields(text.slice(start, end));
    start = end + 1;
    if (line % rowsPerTurn === 0) yield;
    if (fields.length === 1 && fields[0] === '') continue;
    const number = Number(fields[tokenIndex]);
    const symbol = fields[symbolIndex] ?? '';
    if (fields.length !== header.length || symbol === '' || !Number.isSafeInteger(number) || number <= 0) {
      unreadableRows++;
      continue;
    }
    const expiryDay = parseDay(fields[expiryIndex] ?? '');
    const strikePrice = Number(fields[strikeIndex]);
    const typeName = intern(fields[typeIndex]);
    if ((typeName === 'CE' || typeName === 'PE') && (Number.isNaN(expiryDay) || !(strikePrice > 0))) {
      unreadableRows++;
      continue;
    }
    const exchangeName = intern(fields[exchangeIndex]);
    const rowsOfExchange = rowIndex.get(exchangeName) ?? new Map<string, number>();
    if (rowsOfExchange.size === 0) rowIndex.set(exchangeName, rowsOfExchange);
    const known = rowsOfExchange.get(symbol);
    if (known === undefined) rowsOfExchange.set(symbol, token.length);
    else if (token[known] !== number) duplicates.push(`${exchangeName}:${symbol}`);
    token.push(number);
    tradingsymbol.push(symbol);
    name.push(intern(fields[nameIndex]));
    expiry.push(expiryDay);
    strike.push(strikePrice);
    tickSize.push(Number(fields[tickIndex]));
    lotSize.push(Number(fields[lotIndex]));
    type.push(typeName);
    segment.push(intern(fields[segmentIndex]));
    exchange.push(exchangeName);
  }
  if (token.length === 0) return err('the list of instruments is empty');
  if (unreadableRows * 100 > token.length) return err(`cannot parse ${unreadableRows} rows of the list of instruments`);
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
    rowIndex,
    duplicates,
  });
}

function findLineEnd(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  return found < 0 ? text.length : found;
}

/** Splits a line of CSV; a quoted field may contain commas and doubled quotes. */
function splitFields(line: string): string[] {
  const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (!whole.includes('"')) return whole.split(',');
  const fields: string[] = [];
  for (let at = 0; at <= whole.length;) {
    const isQuoted = whole.startsWith('"', at);
    const end = isQuoted ? findClosingQuote(whole, at + 1) : findFieldEnd(whole, at);
    fields.push(isQuoted ? whole.slice(at + 1, end).replaceAll('""', '"') : whole.slice(at, end));
    at = (isQuoted ? findFieldEnd(whole, end) : end) + 1;
  }
  return fields;
}

function findFieldEnd(line: string, from: number): number {
  const found = line.indexOf(',', from);
  return found < 0 ? line.length : found;
}

/** The position of the quote that ends a field; the end of the line if there is none. */
function findClosingQuote(line: string, from: number): number {
  for (let at = from; ; at += 2) {
    at = line.indexOf('"', at);
    if (at < 0) return line.length;
    if (!line.startsWith('"', at + 1)) return at;
  }
}

function createInterner(): (text: string | undefined) => string {
  return memoize((text) => text);
}

function memoize<T>(compute: (text: string) => T): (text: string | undefined) => T {
  const values = new Map<string, T>();
  return (text = '') => {
    let value = values.get(text);
    if (value === undefined) values.set(text, (value = compute(text)));
    return value;
  };
}
