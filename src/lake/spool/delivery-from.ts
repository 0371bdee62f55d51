import { isWholeAnswer } from '../../core/answer-columns.js';
import { barSizes } from '../../core/bars.js';
import type { BarSize, Hours, What } from '../../core/bars.js';
import type { Delivery, SettledWindow } from '../../core/delivery.js';
import type { AnswerColumns, NumberColumn, Rows, TextColumn } from '../../core/rows.js';
import type { Instrument, InstrumentKind, OptionContract, Series } from '../../core/series.js';
import type { Dataset } from '../../core/tables.js';
import { columnsOf, tables } from '../../core/tables.js';
import { expectInteger, expectList, expectNumber, expectRecord, expectText, expectTexts } from '../coverage/columns.js';
import { expectProvider, expectState } from '../coverage/encoding.js';
import { malformed } from '../lake-error.js';

/** A record's header as parsed JSON, and its numbers by position, as a delivery. Throws a `LakeError` that names the place. */
export function deliveryFrom(header: unknown, numbers: Float64Array, place: string): Delivery {
  const record = expectRecord(header, place);
  const series = seriesFrom(record['series'], `${place}.series`);
  return {
    requestId: expectText(record['requestId'], `${place}.requestId`),
    series,
    step: expectText(record['step'], `${place}.step`),
    requestedAt: expectNumber(record['requestedAt'], `${place}.requestedAt`),
    answeredAt: expectNumber(record['answeredAt'], `${place}.answeredAt`),
    upstream: expectTexts(record['upstream'], `${place}.upstream`),
    settled: expectList(record['settled'], `${place}.settled`).map((settled, index) =>
      settledFrom(settled, `${place}.settled[${index}]`),
    ),
    rows: record['rows'] === null ? null : rowsFrom(record['rows'], numbers, series.dataset, `${place}.rows`),
  };
}

function settledFrom(value: unknown, place: string): SettledWindow {
  const settled = expectRecord(value, place);
  const window = expectRecord(settled['window'], `${place}.window`);
  return {
    window: {
      start: expectNumber(window['start'], `${place}.window.start`),
      end: expectNumber(window['end'], `${place}.window.end`),
    },
    state: expectState(settled['state'], `${place}.state`),
    rows: expectInteger(settled['rows'], `${place}.rows`),
    ...(settled['note'] === undefined ? {} : { note: expectText(settled['note'], `${place}.note`) }),
  };
}

function seriesFrom(value: unknown, place: string): Series {
  const series = expectRecord(value, place);
  const provider = expectProvider(series['provider'], `${place}.provider`);
  const instrument = instrumentFrom(series['instrument'], `${place}.instrument`);
  const dataset = expectOneOf(tables, series['dataset'], `${place}.dataset`);
  const whatAndHours = (): { what: What; hours: Hours } => ({
    what: expectOneOf(whats, series['what'], `${place}.what`),
    hours: expectOneOf(hoursNames, series['hours'], `${place}.hours`),
  });
  const barSize = (): BarSize => expectOneOf(barSizes, series['barSize'], `${place}.barSize`);
  const contract = (): OptionContract => contractFrom(series['contract'], `${place}.contract`);
  switch (dataset) {
    case 'contracts':
    case 'quotes':
      return { dataset, provider, instrument };
    case 'chains':
      return { dataset, provider, instrument, ...(series['contract'] === undefined ? {} : { contract: contract() }) };
    case 'history_starts':
      return { dataset, provider, instrument, ...whatAndHours() };
    case 'equity_bars':
      return { dataset, provider, instrument, barSize: barSize(), ...whatAndHours() };
    case 'option_bars':
      return { dataset, provider, instrument, contract: contract(), barSize: barSize(), ...whatAndHours() };
    case 'overviews':
      return { dataset, provider, instrument, expected: [] };
    case 'option_snapshots': {
      const expiry = expectText(series['expiry'], `${place}.expiry`);
      // Which options were asked for is known by their rows; the spool does not repeat it.
      return {
        dataset,
        provider,
        instrument,
        expiry,
        part: expectInteger(series['part'], `${place}.part`),
        contracts: [],
      };
    }
  }
}

function instrumentFrom(value: unknown, place: string): Instrument {
  const instrument = expectRecord(value, place);
  return {
    symbol: expectText(instrument['symbol'], `${place}.symbol`),
    kind: expectOneOf(kinds, instrument['kind'], `${place}.kind`),
    exchange: expectText(instrument['exchange'], `${place}.exchange`),
    currency: expectText(instrument['currency'], `${place}.currency`),
    calendar: expectText(instrument['calendar'], `${place}.calendar`),
  };
}

function contractFrom(value: unknown, place: string): OptionContract {
  const contract = expectRecord(value, place);
  const { conId } = contract;
  return {
    expiry: expectText(contract['expiry'], `${place}.expiry`),
    strike: expectNumber(contract['strike'], `${place}.strike`),
    right: expectOneOf(rights, contract['right'], `${place}.right`),
    conId: conId === null ? null : expectInteger(conId, `${place}.conId`),
  };
}

/** The columns of a record by name: those of text from the header, the others cut from its body. */
interface NamedColumns {
  readonly length: number;
  readonly numbers: ReadonlyMap<string, NumberColumn>;
  readonly texts: ReadonlyMap<string, TextColumn>;
}

function rowsFrom(value: unknown, body: Float64Array, dataset: Dataset, place: string): Rows {
  const record = expectRecord(value, place);
  const length = expectInteger(record['length'], `${place}.length`);
  const names = expectTexts(record['numbers'], `${place}.numbers`);
  if (body.length !== names.length * length) throw malformed(place, 'the numbers do not add up to whole columns');
  const texts = Object.entries(expectRecord(record['texts'], `${place}.texts`));
  const columns: NamedColumns = {
    length,
    numbers: new Map(names.map((name, index) => [name, body.subarray(index * length, (index + 1) * length)])),
    texts: new Map(texts.map(([name, text]) => [name, textColumnFrom(text, length, `${place}.texts.${name}`)])),
  };
  switch (dataset) {
    case 'contracts':
      return rowsOf('contracts', columns, place);
    case 'chains':
      return rowsOf('chains', columns, place);
    case 'equity_bars':
      return rowsOf('equity_bars', columns, place);
    case 'option_bars':
      return rowsOf('option_bars', columns, place);
    case 'history_starts':
      return rowsOf('history_starts', columns, place);
    case 'quotes':
      return rowsOf('quotes', columns, place);
    case 'option_snapshots':
      return rowsOf('option_snapshots', columns, place);
    case 'overviews':
      return rowsOf('overviews', columns, place);
  }
}

function textColumnFrom(value: unknown, length: number, place: string): TextColumn {
  if (isTextColumn(value)) {
    if (value.length !== length) throw malformed(place, `expected ${length} texts, found ${value.length}`);
    return value;
  }
  const { all } = expectRecord(value, place);
  return new Array<string | null>(length).fill(all === null ? null : expectText(all, `${place}.all`));
}

function isTextColumn(value: unknown): value is TextColumn {
  return Array.isArray(value) && value.every((text) => text === null || typeof text === 'string');
}

/** A column that the writer did not know yet is filled with nothing, so that a spool outlives an update. */
function rowsOf<D extends Dataset>(
  dataset: D,
  { length, numbers, texts }: NamedColumns,
  place: string,
): { readonly dataset: D; readonly length: number; readonly columns: AnswerColumns<D> } {
  const columns: Record<string, TextColumn | NumberColumn> = {};
  for (const [name, column] of Object.entries(columnsOf(dataset))) {
    if (column.from !== 'answer') continue;
    columns[name] =
      column.type === 'text'
        ? (texts.get(name) ?? new Array<null>(length).fill(null))
        : (numbers.get(name) ?? new Float64Array(length).fill(NaN));
  }
  if (!isWholeAnswer(dataset, columns)) throw malformed(place, 'columns are missing');
  return { dataset, length, columns };
}

const kinds: Readonly<Record<InstrumentKind, true>> = { stock: true, etf: true, index: true, future: true };
const whats: Readonly<Record<What, true>> = { TRADES: true, MIDPOINT: true, BID: true, ASK: true, BID_ASK: true };
const hoursNames: Readonly<Record<Hours, true>> = { rth: true, all: true };
const rights = { C: true, P: true } as const;

function expectOneOf<Name extends string>(names: Readonly<Record<Name, unknown>>, value: unknown, place: string): Name {
  if (typeof value === 'string' && isKeyOf(names, value)) return value;
  throw malformed(place, `unknown value ${JSON.stringify(value)}`);
}

function isKeyOf<Name extends string>(names: Readonly<Record<Name, unknown>>, value: string): value is Name {
  return Object.hasOwn(names, value);
}
