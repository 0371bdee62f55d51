import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { getImportPreset, importPresets } from '../../src/config/pipeline/imports/presets.js';
import type { ImportPresetName } from '../../src/config/pipeline/imports/presets.js';
import type { ImportLayout } from '../../src/core/import-layout.js';
import type { Instrument } from '../../src/core/series.js';
import { formatInstant } from '../../src/core/time/time.js';
import { readImportFile } from '../../src/imports/read-file.js';
import type { ReadFile } from '../../src/imports/read-file.js';
import type { ImportSettings } from '../../src/imports/rows/import-settings.js';
import { requireCalendar } from '../fixtures/require-calendar.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipe-import-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function symbol(name: string, calendar = 'XNYS'): ImportSettings['symbols'] {
  const instrument: Instrument = { symbol: name, kind: 'stock', exchange: 'SMART', currency: 'USD', calendar };
  return new Map([[name, { instrument, calendar: requireCalendar(calendar) }]]);
}

const daily: ImportLayout = {
  format: null,
  delimiter: ',',
  header: null,
  columns: { date: 'Date', open: 'Open', high: 'High', low: 'Low', close: 'Close', volume: 'Volume' },
  filters: [],
  timeFormat: 'auto',
  expiryFormat: 'auto',
  timeZone: null,
  barTime: 'start',
  marksUntraded: false,
};

const base: ImportSettings = {
  source: 'import:files',
  dataset: 'equity_bars',
  layouts: [daily],
  barSize: '1 day',
  priceType: 'TRADES',
  hours: 'rth',
  symbol: null,
  aliases: {},
  symbols: symbol('AAPL'),
  now: Date.parse('2026-12-01T00:00:00Z'),
};

function presetSettings(name: ImportPresetName, more: Partial<ImportSettings> = {}): ImportSettings {
  const preset = getImportPreset(name);
  const dataset = more.dataset ?? preset.defaultDataset;
  const layouts = preset.layouts[dataset] ?? [];
  return { ...base, source: `import:${name}`, dataset, layouts, barSize: preset.barSize ?? '1 min', ...more };
}

async function read(name: string, content: string | Buffer, settings = base): Promise<ReadFile> {
  const path = join(folder, name);
  writeFileSync(path, content);
  const result = await readImportFile(
    path,
    settings,
    () => Promise.reject(new Error('no Parquet')),
    new AbortController().signal,
  );
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

async function readError(name: string, content: string | Buffer, settings = base): Promise<string> {
  return read(name, content, settings).then(
    () => 'no error',
    (error: unknown) => String(error),
  );
}

/** `series: time open/high/low/close/volume @line`, and windows. */
function describeFile({ series }: ReadFile): readonly string[] {
  return series.map(({ name, rows: { columns }, lines, held, untraded }) => {
    const bars = [...columns.ts].map(
      (ts, index) =>
        `${formatInstant(ts)} ${[columns.open, columns.high, columns.low, columns.close, columns.volume].map((column) => String(column[index])).join('/')} @${String(lines[index])}`,
    );
    const windows = held.map(({ start, end }) => `${formatInstant(start)}..${formatInstant(end)}`);
    const quiet = untraded.map(({ start, end }) => `untraded ${formatInstant(start)}..${formatInstant(end)}`);
    return [name, ...bars, ...windows, ...quiet].join(' | ');
  });
}

const header = 'Date,Open,High,Low,Close,Volume\n';

describe('readImportFile', () => {
  it('reads daily bars at the open of their sessions and claims only these sessions', async () => {
    const file = await read('AAPL.csv', `${header}2024-01-02,1,3,1,2,10\n2024-01-04,2,3,2,3,20\n`);
    expect(describeFile(file)).toEqual([
      'equity_bars/AAPL/1 day/TRADES/rth | 2024-01-02T14:30:00Z 1/3/1/2/10 @2 | 2024-01-04T14:30:00Z 2/3/2/3/20 @3 | 2024-01-02T05:00:00Z..2024-01-03T05:00:00Z | 2024-01-04T05:00:00Z..2024-01-05T05:00:00Z',
    ]);
  });

  it('rejects impossible rows with their lines and reasons', async () => {
    const rows = [
      '2024-01-02,1,3,1,2,10',
      '2024-01-03,x,3,1,2,10',
      '2024-01-04,"1,000",3,1,2,10',
      '2024-01-05,2,1.5,1,2,10',
      '2024-01-06,1,3,1,2,10',
      '2024-01-08,1,3,1,2',
      '2024-01-09,1,3,1,,10',
      '2024-01-10,0,3,0,2,10',
      '2024-01-11,1,3,1,2,-1',
      '2024-01-02,1,3,1,2.5,10',
      '2024-01-02,1,3,1,2,10',
      '2024-01-12,"1,3,1,2,10',
      '2027-01-04,1,3,1,2,10',
      '1969-01-02,1,3,1,2,10',
    ];
    const file = await read('AAPL.csv', `${header}${rows.join('\n')}\n`);
    expect(file.rejected.map(({ line, problem }) => `${String(line)}: ${problem}`)).toEqual([
      '3: open: "x" is not a number',
      '4: open: "1,000" is not a number; write 1234.5 without separators',
      '5: the high 1.5 is below the open or the close',
      '6: XNYS has no session on 2024-01-06',
      '7: 5 cells instead of 6',
      '8: no close',
      '9: the open is 0',
      '10: the volume is -1',
      '11: other values than line 2 for the same time',
      '13: a quote is not closed on its line',
      '14: the session of 2027-01-04 has not finished',
      expect.stringMatching(/^15: (the calendar XNYS begins|XNYS has no session)/),
    ]);
    expect(file).toMatchObject({ rows: 14, leftOut: { duplicates: 1 } });
    expect(file.series[0]?.rows.length).toBe(1);
  });

  it('reads a byte order mark, carriage returns and gzip like plain lines', async () => {
    const text = `\uFEFF${header.replace('\n', '\r\n')}2024-01-02,1,3,1,2,10\r\n`;
    const plain = await read('AAPL.csv', text);
    const packed = await read('AAPL.csv.gz', gzipSync(text));
    expect(describeFile(packed)).toEqual(describeFile(plain));
    expect(packed.hash).not.toBe(plain.hash);
  });

  it.each([
    [
      'cut gzip',
      'AAPL.csv.gz',
      gzipSync(`${header}2024-01-02,1,3,1,2,10\n`.repeat(50)).subarray(0, -9),
      /unexpected end of file/,
    ],
    ['wrong columns', 'AAPL.csv', 'Date,Opn,High,Low,Close,Volume\n', /no column Open; did you mean Opn\?/],
    ['an empty file', 'AAPL.csv', '', /no line of column names/],
    ['a name without a symbol', 'MSFT.csv', header, /its name begins with no symbol/],
  ])('refuses %s as a whole', async (_, name, content, message) => {
    expect(await readError(name, content)).toMatch(message);
  });

  it('converts local times by their zone and rejects those that clocks skip or repeat', async () => {
    const layout: ImportLayout = {
      ...daily,
      columns: { ...daily.columns, time: 'Date' },
      timeZone: 'America/New_York',
    };
    const { date: _date, ...columns } = layout.columns;
    const settings: ImportSettings = { ...base, layouts: [{ ...layout, columns }], barSize: '1 min', hours: 'all' };
    const rows = ['2024-03-08 09:30:00', '2024-03-11 09:30:00', '2024-03-10 02:30:00', '2024-11-03 01:30:00'];
    const file = await read('AAPL.csv', `${header}${rows.map((time) => `${time},1,1,1,1,1`).join('\n')}\n`, settings);
    expect([...(file.series[0]?.rows.columns.ts ?? [])].map(formatInstant)).toEqual([
      '2024-03-08T14:30:00Z',
      '2024-03-11T13:30:00Z',
    ]);
    expect(file.rejected.map(({ problem }) => problem)).toEqual([
      'the time does not exist in America/New_York: clocks went forward',
      'the time occurs twice in America/New_York: clocks went back',
    ]);
  });

  it('claims the part of a session that intraday bars cover', async () => {
    const layout: ImportLayout = { ...daily, columns: { ...daily.columns, date: 'Date' }, timeZone: 'exchange' };
    const settings: ImportSettings = { ...base, layouts: [layout], barSize: '5 mins' };
    const at = (minutes: number): string =>
      `2024-01-02 ${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}:00,1,1,1,1,1`;
    const full = Array.from({ length: 78 }, (_, index) => at(570 + 5 * index));
    const describeWindows = async (lines: readonly string[]): Promise<readonly string[]> => {
      const { series } = await read('AAPL.csv', `${header}${lines.join('\n')}\n`, settings);
      return (series[0]?.held ?? []).map(({ start, end }) => `${formatInstant(start)}..${formatInstant(end)}`);
    };
    expect(await describeWindows(full)).toEqual(['2024-01-02T05:00:00Z..2024-01-03T05:00:00Z']);
    expect(await describeWindows(full.slice(0, 12))).toEqual(['2024-01-02T05:00:00Z..2024-01-02T15:30:00Z']);
    expect(await describeWindows([...full.slice(0, 12), ...full.slice(30)])).toEqual([
      '2024-01-02T05:00:00Z..2024-01-02T15:30:00Z',
      '2024-01-02T17:00:00Z..2024-01-03T05:00:00Z',
    ]);
    expect(await describeWindows([at(600).replace('10:00', '10:02')])).toEqual([]);
  });

  it('counts every row exactly once, whatever the bytes are', async () => {
    const line = fc.oneof(
      fc.constantFrom(
        '2024-01-02,1,3,1,2,10',
        '2024-01-03,1,3,1,2,10',
        '2024-01-06,1,3,1,2,10',
        '2024-01-02,9,9,9,9,9',
      ),
      fc.string({ maxLength: 40 }),
      fc
        .array(fc.constantFrom('2024-01-04', '1', '2', '-1', '', 'NaN', '1e9', '"', '1e400', '٣'), { maxLength: 9 })
        .map((cells) => cells.join(',')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 30 }), async (lines) => {
        const text = `${header}${lines.join('\n')}\n`;
        const file = await read('AAPL.csv', text);
        const expected = text
          .split('\n')
          .slice(1)
          .filter((one) => one.trim() !== '').length;
        const stored = file.series.reduce((sum, { rows }) => sum + rows.length, 0);
        const { otherSymbols, otherKinds, outside, untraded, duplicates } = file.leftOut;
        expect(file.rows).toBe(expected);
        expect(stored + file.rejected.length + otherSymbols + otherKinds + outside + untraded + duplicates).toBe(
          expected,
        );
        for (const { rows, held } of file.series)
          for (const ts of rows.columns.ts) expect(held.some(({ start, end }) => start <= ts && ts < end)).toBe(true);
      }),
    );
  });
});

const nse = symbol('NIFTY', 'XNSE');

describe('presets', () => {
  it.each<[ImportPresetName, string, string, Partial<ImportSettings>, string]>([
    [
      'nse-fo',
      'fo01JAN2024bhav.csv',
      'INSTRUMENT,SYMBOL,EXPIRY_DT,STRIKE_PR,OPTION_TYP,OPEN,HIGH,LOW,CLOSE,SETTLE_PR,CONTRACTS,VAL_INLAKH,OPEN_INT,CHG_IN_OI,TIMESTAMP,\n' +
        'FUTIDX,NIFTY,25-JAN-2024,0,XX,1,1,1,1,1,1,1,1,1,01-JAN-2024,\n' +
        'OPTIDX,NIFTY,04-JAN-2024,21700,CE,130,150.5,90,120,120,500,1,70000,5,01-JAN-2024,\n' +
        'OPTIDX,NIFTY,04-JAN-2024,21700,PE,0,0,0,88.5,88.5,0,0,0,0,01-JAN-2024,\n',
      { symbols: nse },
      'option_bars/NIFTY/2024-01-04/21700/C/1 day/TRADES/rth | 2024-01-01T03:45:00Z 130/150.5/90/120/500 @3 | 2023-12-31T18:30:00Z..2024-01-01T18:30:00Z\n' +
        'option_bars/NIFTY/2024-01-04/21700/P/1 day/TRADES/rth | untraded 2023-12-31T18:30:00Z..2024-01-01T18:30:00Z',
    ],
    [
      'nse-fo',
      'BhavCopy_NSE_FO_0_0_0_20240708_F_0000.csv',
      'TradDt,BizDt,Sgmt,Src,FinInstrmTp,FinInstrmId,ISIN,TckrSymb,SctySrs,XpryDt,FininstrmActlXpryDt,StrkPric,OptnTp,FinInstrmNm,OpnPric,HghPric,LwPric,ClsPric,LastPric,PrvsClsgPric,UndrlygPric,SttlmPric,OpnIntrst,ChngInOpnIntrst,TtlTradgVol,TtlTrfVal,TtlNbOfTxsExctd,SsnId,NewBrdLotQty,Rmks,Rsvd1,Rsvd2,Rsvd3,Rsvd4\n' +
        '2024-07-08,2024-07-08,FO,NSE,IDO,43207,,NIFTY,,2024-07-11,2024-07-11,24300.00,CE,NIFTY2471124300CE,110.00,140.00,80.00,105.00,105.00,120.00,24320.55,105.00,900000,100,5000,1.00,250,F1,25,,,,,\n',
      { symbols: nse },
      'option_bars/NIFTY/2024-07-11/24300/C/1 day/TRADES/rth | 2024-07-08T03:45:00Z 110/140/80/105/5000 @2 | 2024-07-07T18:30:00Z..2024-07-08T18:30:00Z',
    ],
    [
      'nse-cm',
      'cm01JAN2024bhav.csv',
      'SYMBOL,SERIES,OPEN,HIGH,LOW,CLOSE,LAST,PREVCLOSE,TOTTRDQTY,TOTTRDVAL,TIMESTAMP,TOTALTRADES,ISIN,\n' +
        'RELIANCE,EQ,2580,2606.85,2573.15,2590.25,2590,2584.95,2041452,1,01-JAN-2024,80000,INE002A01018,\n' +
        'RELIANCE,BL,2580,2606.85,2573.15,2590.25,2590,2584.95,2,1,01-JAN-2024,1,INE002A01018,\n',
      { symbols: symbol('RELIANCE', 'XNSE') },
      'equity_bars/RELIANCE/1 day/TRADES/rth | 2024-01-01T03:45:00Z 2580/2606.85/2573.15/2590.25/2041452 @2 | 2023-12-31T18:30:00Z..2024-01-01T18:30:00Z',
    ],
    [
      'yahoo',
      'AAPL.csv',
      'Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-02,187.15,188.44,183.89,185.64,184.94,82488700\n',
      {},
      'equity_bars/AAPL/1 day/TRADES/rth | 2024-01-02T14:30:00Z 187.15/188.44/183.89/185.64/82488700 @2 | 2024-01-02T05:00:00Z..2024-01-03T05:00:00Z',
    ],
    [
      'stooq',
      'aapl.us.txt',
      '<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\nAAPL.US,D,20240102,000000,187.15,188.44,183.89,185.64,82488700,0\n',
      {},
      'equity_bars/AAPL/1 day/TRADES/rth | 2024-01-02T14:30:00Z 187.15/188.44/183.89/185.64/82488700 @2 | 2024-01-02T05:00:00Z..2024-01-03T05:00:00Z',
    ],
    [
      'firstrate',
      'AAPL_1min.txt',
      '2024-01-02 04:00:00,1,1,1,1,1\n2024-01-02 09:30:00,187.15,187.2,187,187.1,1000\n',
      {},
      'equity_bars/AAPL/1 min/TRADES/rth | 2024-01-02T14:30:00Z 187.15/187.2/187/187.1/1000 @2 | 2024-01-02T05:00:00Z..2024-01-02T14:31:00Z',
    ],
    [
      'polygon',
      '2024-01-02.csv',
      'ticker,volume,open,close,high,low,window_start,transactions\nO:AAPL240119C00190000,12,1.5,1.6,1.7,1.4,1704171600000000000,3\n',
      { dataset: 'option_bars', barSize: '1 day' },
      'option_bars/AAPL/2024-01-19/190/C/1 day/TRADES/rth | 2024-01-02T14:30:00Z 1.5/1.7/1.4/1.6/12 @2 | 2024-01-02T05:00:00Z..2024-01-03T05:00:00Z',
    ],
  ])('%s reads %s', async (preset, name, text, more, expected) => {
    expect(describeFile(await read(name, text, presetSettings(preset, more))).join('\n')).toBe(expected);
  });

  it('have a layout for their table', () => {
    for (const name of Object.keys(importPresets) as ImportPresetName[]) {
      const { defaultDataset, layouts } = getImportPreset(name);
      expect(layouts[defaultDataset]?.length, name).toBeGreaterThan(0);
    }
  });
});
