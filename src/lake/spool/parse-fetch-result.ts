import { expectRecord, expectText, expectInteger, expectNumber, expectList, expectTexts } from '../expect-json.js';
import { hasAllColumns } from '../../core/tables/answer-columns.js';
import { barSizes } from '../../core/tables/bars.js';
import type { BarSize, TradingHours, PriceType } from '../../core/tables/bars.js';
import type { FetchResult, ClosedWindow, KnownId } from '../../core/fetch-result.js';
import type { AnswerColumns, NumberColumn, Rows, TextColumn } from '../../core/tables/rows.js';
import type { Instrument, InstrumentKind, OptionContract, Series } from '../../core/series.js';
import type { Dataset } from '../../core/tables/tables.js';
import { getColumns, tables } from '../../core/tables/tables.js';
import { expectLacks, expectProvider, expectState } from '../coverage/fact-decoding.js';
import { malformedError } from '../lake-error.js';
import { legacyHeaderKeys } from '../legacy-names.js';

/** Decodes a record: its header as parsed JSON and its numbers by position. Throws a `LakeError` that names the location. */
export function parseFetchResult(header: unknown, numbers: Float64Array, location: string): FetchResult {
  const record = expectRecord(header, location);
  const series = parseSeries(record['series'], `${location}.series`);
  const { contract } = record;
  return {
    requestId: expectText(record['requestId'], `${location}.requestId`),
    series,
    step: expectText(record['step'], `${location}.step`),
    requestedAt: expectNumber(record['requestedAt'], `${location}.requestedAt`),
    answeredAt: expectNumber(record['answeredAt'], `${location}.answeredAt`),
    upstream: expectTexts(record['upstream'], `${location}.upstream`),
    ...(contract === undefined ? {} : { contract: parseKnownId(contract, `${location}.contract`) }),
    closedWindows: expectList(
      record['closedWindows'] ?? record[legacyHeaderKeys.closedWindows],
      `${location}.closedWindows`,
    ).map((closedWindow, index) => parseClosedWindow(closedWindow, `${location}.closedWindows[${index}]`)),
    rows: record['rows'] === null ? null : parseRows(record['rows'], numbers, series.dataset, `${location}.rows`),
  };
}

function parseKnownId(value: unknown, location: string): KnownId {
  const { conId, date } = expectRecord(value, location);
  return { conId: expectInteger(conId, `${location}.conId`), date: expectText(date, `${location}.date`) };
}

function parseClosedWindow(value: unknown, location: string): ClosedWindow {
  const closedWindow = expectRecord(value, location);
  const window = expectRecord(closedWindow['window'], `${location}.window`);
  const reason = closedWindow['reason'] ?? closedWindow[legacyHeaderKeys.reason];
  const { emptyAnswers, lacks } = closedWindow;
  return {
    window: {
      start: expectNumber(window['start'], `${location}.window.start`),
      end: expectNumber(window['end'], `${location}.window.end`),
    },
    state: expectState(closedWindow['state'], `${location}.state`),
    rows: expectInteger(closedWindow['rows'], `${location}.rows`),
    ...(reason === undefined ? {} : { reason: expectText(reason, `${location}.reason`) }),
    ...(emptyAnswers === undefined ? {} : { emptyAnswers: expectInteger(emptyAnswers, `${location}.emptyAnswers`) }),
    ...(lacks === undefined ? {} : { lacks: expectLacks(lacks, `${location}.lacks`) }),
  };
}

function parseSeries(value: unknown, location: string): Series {
  const series = expectRecord(value, location);
  const provider = expectProvider(series['provider'], `${location}.provider`);
  const instrument = parseInstrument(series['instrument'], `${location}.instrument`);
  const dataset = expectOneOf(tables, series['dataset'], `${location}.dataset`);
  const priceTypeAndHours = (): { priceType: PriceType; hours: TradingHours } => ({
    priceType: expectOneOf(
      priceTypes,
      series['priceType'] ?? series[legacyHeaderKeys.priceType],
      `${location}.priceType`,
    ),
    hours: expectOneOf(hoursValues, series['hours'], `${location}.hours`),
  });
  const barSize = (): BarSize => expectOneOf(barSizes, series['barSize'], `${location}.barSize`);
  const contract = (): OptionContract => parseContract(series['contract'], `${location}.contract`);
  switch (dataset) {
    case 'contracts':
    case 'quotes':
      return { dataset, provider, instrument };
    case 'chains':
      return { dataset, provider, instrument, ...(series['contract'] === undefined ? {} : { contract: contract() }) };
    case 'history_starts':
      return { dataset, provider, instrument, ...priceTypeAndHours() };
    case 'equity_bars':
    case 'corporate_actions':
      return { dataset, provider, instrument, barSize: barSize(), ...priceTypeAndHours() };
    case 'option_bars':
      return { dataset, provider, instrument, contract: contract(), barSize: barSize(), ...priceTypeAndHours() };
    case 'overviews':
      return { dataset, provider, instrument, expected: [] };
    case 'option_snapshots': {
      const expiry = expectText(series['expiry'], `${location}.expiry`);
      // The rows say which options were requested; the spool does not repeat them.
      return {
        dataset,
        provider,
        instrument,
        expiry,
        part: expectInteger(series['part'], `${location}.part`),
        contracts: [],
      };
    }
  }
}

function parseInstrument(value: unknown, location: string): Instrument {
  const instrument = expectRecord(value, location);
  return {
    symbol: expectText(instrument['symbol'], `${location}.symbol`),
    kind: expectOneOf(instrumentKinds, instrument['kind'], `${location}.kind`),
    exchange: expectText(instrument['exchange'], `${location}.exchange`),
    currency: expectText(instrument['currency'], `${location}.currency`),
    calendar: expectText(instrument['calendar'], `${location}.calendar`),
  };
}

function parseContract(value: unknown, location: string): OptionContract {
  const contract = expectRecord(value, location);
  const { conId, tradingClass, isOtherClass } = contract;
  return {
    expiry: expectText(contract['expiry'], `${location}.expiry`),
    strike: expectNumber(contract['strike'], `${location}.strike`),
    right: expectOneOf(optionRights, contract['right'], `${location}.right`),
    conId: conId === null ? null : expectInteger(conId, `${location}.conId`),
    ...(tradingClass === undefined ? {} : { tradingClass: expectText(tradingClass, `${location}.tradingClass`) }),
    ...(isOtherClass === true ? { isOtherClass } : {}),
  };
}

/** The columns of a record by name: text columns from its header, the others from its body. */
interface NamedColumns {
  readonly length: number;
  readonly numbers: ReadonlyMap<string, NumberColumn>;
  readonly texts: ReadonlyMap<string, TextColumn>;
}

function parseRows(value: unknown, body: Float64Array, dataset: Dataset, location: string): Rows {
  const record = expectRecord(value, location);
  const length = expectInteger(record['length'], `${location}.length`);
  const names = expectTexts(record['numbers'], `${location}.numbers`);
  if (body.length !== names.length * length) throw malformedError(location, 'the numbers do not fill whole columns');
  const texts = Object.entries(expectRecord(record['texts'], `${location}.texts`));
  const columns: NamedColumns = {
    length,
    numbers: new Map(names.map((name, index) => [name, body.subarray(index * length, (index + 1) * length)])),
    texts: new Map(texts.map(([name, text]) => [name, parseTextColumn(text, length, `${location}.texts.${name}`)])),
  };
  switch (dataset) {
    case 'contracts':
      return buildRows('contracts', columns, location);
    case 'chains':
      return buildRows('chains', columns, location);
    case 'equity_bars':
      return buildRows('equity_bars', columns, location);
    case 'option_bars':
      return buildRows('option_bars', columns, location);
    case 'history_starts':
      return buildRows('history_starts', columns, location);
    case 'quotes':
      return buildRows('quotes', columns, location);
    case 'option_snapshots':
      return buildRows('option_snapshots', columns, location);
    case 'overviews':
      return buildRows('overviews', columns, location);
    case 'corporate_actions':
      return buildRows('corporate_actions', columns, location);
  }
}

function parseTextColumn(value: unknown, length: number, location: string): TextColumn {
  if (isTextColumn(value)) {
    if (value.length !== length) throw malformedError(location, `expected ${length} texts, found ${value.length}`);
    return value;
  }
  const { all } = expectRecord(value, location);
  return new Array<string | null>(length).fill(all === null ? null : expectText(all, `${location}.all`));
}

function isTextColumn(value: unknown): value is TextColumn {
  return Array.isArray(value) && value.every((text) => text === null || typeof text === 'string');
}

/** Fills a column that the writer did not know with null, so that a spool survives an update of the program. */
function buildRows<D extends Dataset>(
  dataset: D,
  { length, numbers, texts }: NamedColumns,
  location: string,
): { readonly dataset: D; readonly length: number; readonly columns: AnswerColumns<D> } {
  const columns: Record<string, TextColumn | NumberColumn> = {};
  for (const [name, column] of Object.entries(getColumns(dataset))) {
    if (column.from !== 'answer') continue;
    columns[name] =
      column.type === 'text'
        ? (texts.get(name) ?? new Array<null>(length).fill(null))
        : (numbers.get(name) ?? new Float64Array(length).fill(NaN));
  }
  if (!hasAllColumns(dataset, columns)) throw malformedError(location, 'columns are missing');
  return { dataset, length, columns };
}

const instrumentKinds: Readonly<Record<InstrumentKind, true>> = { stock: true, etf: true, index: true, future: true };
const priceTypes: Readonly<Record<PriceType, true>> = {
  TRADES: true,
  MIDPOINT: true,
  BID: true,
  ASK: true,
  BID_ASK: true,
};
const hoursValues: Readonly<Record<TradingHours, true>> = { rth: true, all: true };
const optionRights = { C: true, P: true } as const;

function expectOneOf<Name extends string>(
  names: Readonly<Record<Name, unknown>>,
  value: unknown,
  location: string,
): Name {
  if (typeof value === 'string' && isKey(names, value)) return value;
  throw malformedError(location, `unknown value ${JSON.stringify(value)}`);
}

function isKey<Name extends string>(names: Readonly<Record<Name, unknown>>, value: string): value is Name {
  return Object.hasOwn(names, value);
}
