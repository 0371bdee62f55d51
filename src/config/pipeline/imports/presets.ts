import type { BarSize } from '../../../core/tables/bars.js';
import type { ImportDataset, ImportLayout } from '../../../core/import-layout.js';

/** The files of one vendor. */
export interface ImportPreset {
  /** The layouts of each table that the files can fill; the first whose columns a file has is used. */
  readonly layouts: Readonly<Partial<Record<ImportDataset, readonly ImportLayout[]>>>;
  readonly defaultDataset: ImportDataset;
  /** Null for files of any bar size, which the step then has to name. */
  readonly barSize: BarSize | null;
}

const csv: Omit<ImportLayout, 'columns'> = {
  format: null,
  delimiter: ',',
  header: null,
  filters: [],
  timeFormat: 'auto',
  expiryFormat: 'auto',
  timeZone: null,
  barTime: 'start',
  marksUntraded: false,
};

const ohlc = { open: 'open', high: 'high', low: 'low', close: 'close' } as const;

/** Columns of the common format of Indian exchanges since July 2024. */
const udiff = {
  symbol: 'TckrSymb',
  date: 'TradDt',
  open: 'OpnPric',
  high: 'HghPric',
  low: 'LwPric',
  close: 'ClsPric',
  volume: 'TtlTradgVol',
} as const;

const nseOhlc = {
  symbol: 'SYMBOL',
  date: 'TIMESTAMP',
  open: 'OPEN',
  high: 'HIGH',
  low: 'LOW',
  close: 'CLOSE',
} as const;

const nseDates = { timeFormat: 'DD-MMM-YYYY', expiryFormat: 'DD-MMM-YYYY', marksUntraded: true } as const;

/** The layouts of common vendors, by the name of the preset. */
export const importPresets = {
  /** Cash market of the National Stock Exchange of India: bhavcopy, full bhavcopy with deliveries, and the format since July 2024. */
  'nse-cm': {
    defaultDataset: 'equity_bars',
    barSize: '1 day',
    layouts: {
      equity_bars: [
        {
          ...csv,
          marksUntraded: true,
          columns: { ...udiff, bar_count: 'TtlNbOfTxsExctd' },
          filters: [
            { column: 'FinInstrmTp', values: ['STK'] },
            { column: 'SctySrs', values: ['EQ'] },
          ],
        },
        {
          ...csv,
          ...nseDates,
          columns: {
            symbol: 'SYMBOL',
            date: 'DATE1',
            open: 'OPEN_PRICE',
            high: 'HIGH_PRICE',
            low: 'LOW_PRICE',
            close: 'CLOSE_PRICE',
            wap: 'AVG_PRICE',
            volume: 'TTL_TRD_QNTY',
            bar_count: 'NO_OF_TRADES',
          },
          filters: [{ column: 'SERIES', values: ['EQ'] }],
        },
        {
          ...csv,
          ...nseDates,
          columns: { ...nseOhlc, volume: 'TOTTRDQTY', bar_count: 'TOTALTRADES' },
          filters: [{ column: 'SERIES', values: ['EQ'] }],
        },
      ],
    },
  },
  /** Options of the National Stock Exchange of India: bhavcopy before and since July 2024. */
  'nse-fo': {
    defaultDataset: 'option_bars',
    barSize: '1 day',
    layouts: {
      option_bars: [
        {
          ...csv,
          marksUntraded: true,
          columns: {
            ...udiff,
            expiry: 'XpryDt',
            strike: 'StrkPric',
            right: 'OptnTp',
            open_interest: 'OpnIntrst',
            bar_count: 'TtlNbOfTxsExctd',
          },
          filters: [{ column: 'FinInstrmTp', values: ['IDO', 'STO'] }],
        },
        {
          ...csv,
          ...nseDates,
          columns: {
            ...nseOhlc,
            expiry: 'EXPIRY_DT',
            strike: 'STRIKE_PR',
            right: 'OPTION_TYP',
            volume: 'CONTRACTS',
            open_interest: 'OPEN_INT',
          },
          filters: [{ column: 'INSTRUMENT', values: ['OPTIDX', 'OPTSTK'] }],
        },
      ],
    },
  },
  /** Daily history as Yahoo Finance and its libraries save it: prices adjusted for splits, one symbol a file. */
  yahoo: {
    defaultDataset: 'equity_bars',
    barSize: '1 day',
    layouts: { equity_bars: [{ ...csv, columns: { date: 'Date', ...ohlc, volume: 'Volume' } }] },
  },
  /** Daily history of Stooq, one symbol a file. */
  stooq: {
    defaultDataset: 'equity_bars',
    barSize: '1 day',
    layouts: {
      equity_bars: [
        {
          ...csv,
          columns: {
            date: '<DATE>',
            open: '<OPEN>',
            high: '<HIGH>',
            low: '<LOW>',
            close: '<CLOSE>',
            volume: '<VOL>',
          },
          filters: [{ column: '<PER>', values: ['D'] }],
        },
        { ...csv, columns: { date: 'Date', ...ohlc, volume: 'Volume' } },
      ],
    },
  },
  /** Intraday history of FirstRate Data: no header, New York time, one symbol a file. */
  firstrate: {
    defaultDataset: 'equity_bars',
    barSize: null,
    layouts: {
      equity_bars: [
        {
          ...csv,
          format: 'csv',
          header: ['time', 'open', 'high', 'low', 'close', 'volume'],
          timeZone: 'America/New_York',
          columns: { time: 'time', ...ohlc, volume: 'volume' },
        },
      ],
    },
  },
  /** Aggregates of Polygon (Massive) flat files: nanoseconds since 1970, options by their OCC symbol. */
  polygon: {
    defaultDataset: 'equity_bars',
    barSize: null,
    layouts: {
      equity_bars: [polygonLayout({ symbol: 'ticker' })],
      option_bars: [polygonLayout({ contract: 'ticker' })],
    },
  },
} as const satisfies Readonly<Record<string, ImportPreset>>;

function polygonLayout(identity: ImportLayout['columns']): ImportLayout {
  return {
    ...csv,
    timeFormat: 'epoch_ns',
    timeZone: 'America/New_York',
    columns: { ...identity, time: 'window_start', ...ohlc, volume: 'volume', bar_count: 'transactions' },
  };
}

export type ImportPresetName = keyof typeof importPresets;

/** Returns a preset as one type for all. */
export function getImportPreset(name: ImportPresetName): ImportPreset {
  return importPresets[name];
}
