import type { OptionContract, ProviderName, Right } from '../../core/series.js';
import { assignTradingClasses } from '../../core/trading-class.js';
import { tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Instant, LocalDate } from '../../core/time/time.js';
import type { KnownChain, KnownClose, KnownContract, KnownHistoryStart, KnownQuote } from '../api.js';
import type { LiveFile } from '../delta/actions.js';
import { formatInstantLiteral, quoteLiteral, quoteLiterals } from '../parquet/sql.js';
import { getRange } from '../parquet/file-statistics.js';
import type { LakeDatabase } from './lake-database.js';

/** The instant of the latest result with rows, by symbol. Known from coverage, without searching files. */
export type AnswerTimes = ReadonlyMap<string, Instant>;

type Row = Readonly<Record<string, unknown>>;

export async function readLatestChains(
  database: LakeDatabase,
  provider: ProviderName,
  answerTimes: AnswerTimes,
): Promise<ReadonlyMap<string, KnownChain>> {
  const rows = await queryLatestRows(
    database,
    'chains',
    provider,
    answerTimes,
    'expiry, strike, "right", con_id, trading_class',
    'expiry, strike, "right", exchange',
  );
  const chains = new Map<string, { asOf: Instant; requestId: string; contracts: OptionContract[] }>();
  for (const row of rows) {
    const contract = parseContract(row);
    if (contract === null) continue;
    const symbol = getText(row, 'symbol');
    let chain = chains.get(symbol);
    if (chain === undefined) {
      chain = {
        asOf: answerTimes.get(symbol) ?? NaN,
        requestId: getText(row, 'request_id'),
        contracts: [],
      };
      chains.set(symbol, chain);
    }
    chain.contracts.push(contract);
  }
  return new Map(
    [...chains].map(([symbol, { asOf, requestId, contracts }]) => [
      symbol,
      { asOf, requestId, contracts: assignTradingClasses(symbol, contracts) },
    ]),
  );
}

/** Reads the options with the provider's ids, also of those that have expired since. */
export async function readKnownOptions(
  database: LakeDatabase,
  provider: ProviderName,
  symbols: readonly string[],
): Promise<ReadonlyMap<string, readonly OptionContract[]>> {
  const found = new Map<string, Map<string, OptionContract>>();
  for (const dataset of ['chains', 'option_bars'] as const) {
    const rows = await database.queryFiles(
      dataset,
      () => true,
      (source) =>
        `SELECT DISTINCT symbol, expiry, strike, "right", con_id, trading_class FROM ${source} ` +
        `WHERE provider = ${quoteLiteral(provider)} AND con_id IS NOT NULL AND symbol IN (SELECT unnest(${quoteLiterals(symbols)}))`,
    );
    for (const row of rows) {
      const contract = parseContract(row);
      if (contract === null) continue;
      const symbol = getText(row, 'symbol');
      const options = found.get(symbol) ?? new Map<string, OptionContract>();
      found.set(symbol, options);
      const { expiry, strike, right, tradingClass = '' } = contract;
      const key = `${expiry}/${strike}/${right}/${tradingClass}`;
      if (!options.has(key)) options.set(key, contract);
    }
  }
  return new Map([...found].map(([symbol, options]) => [symbol, assignTradingClasses(symbol, [...options.values()])]));
}

export async function readLatestContracts(
  database: LakeDatabase,
  provider: ProviderName,
  answerTimes: AnswerTimes,
): Promise<ReadonlyMap<string, KnownContract>> {
  const rows = await queryLatestRows(database, 'contracts', provider, answerTimes, 'con_id', 'con_id');
  return new Map(
    rows.map((row) => {
      const symbol = getText(row, 'symbol');
      return [
        symbol,
        {
          asOf: answerTimes.get(symbol) ?? NaN,
          requestId: getText(row, 'request_id'),
          conId: numberOrNull(row, 'con_id'),
        },
      ];
    }),
  );
}

export async function readLatestQuotes(
  database: LakeDatabase,
  provider: ProviderName,
  answerTimes: AnswerTimes,
): Promise<ReadonlyMap<string, KnownQuote>> {
  const price = 'coalesce("last", (bid + ask) / 2, "close") AS price';
  const rows = await queryLatestRows(database, 'quotes', provider, answerTimes, price, 'price');
  return new Map(
    rows.flatMap((row) => {
      const symbol = getText(row, 'symbol');
      const found = numberOrNull(row, 'price');
      if (found === null) return [];
      return [[symbol, { at: answerTimes.get(symbol) ?? NaN, price: found, requestId: getText(row, 'request_id') }]];
    }),
  );
}

/** The latest history starts. */
export async function readHistoryStarts(
  database: LakeDatabase,
  provider: ProviderName,
  symbols: readonly string[],
): Promise<readonly KnownHistoryStart[]> {
  const rows = await database.queryFiles(
    'history_starts',
    () => true,
    (source) =>
      `SELECT symbol, what, use_rth, epoch_ms(max_by("first", as_of))::DOUBLE AS first FROM ${source} ` +
      `WHERE provider = ${quoteLiteral(provider)} AND symbol IN (SELECT unnest(${quoteLiterals(symbols)})) GROUP BY symbol, what, use_rth`,
  );
  return rows.flatMap((row) => {
    const first = numberOrNull(row, 'first');
    if (first === null) return [];
    return [
      {
        symbol: getText(row, 'symbol'),
        priceType: getText(row, 'what'),
        hours: row['use_rth'] === true ? 'rth' : 'all',
        first,
      },
    ];
  });
}

async function queryLatestRows(
  database: LakeDatabase,
  dataset: Dataset,
  provider: ProviderName,
  answerTimes: AnswerTimes,
  columns: string,
  order: string,
): Promise<readonly Row[]> {
  if (answerTimes.size === 0) return [];
  const { time } = tables[dataset];
  const wantedValues = [...answerTimes].map(
    ([symbol, asOf]) => `(${quoteLiteral(symbol)}, ${formatInstantLiteral(asOf)})`,
  );
  const instants = Float64Array.from(answerTimes.values()).sort();
  return database.queryFiles(
    dataset,
    (file) => mayHoldAny(file, time, instants),
    (source) =>
      `SELECT symbol, request_id, ${columns} FROM ${source} JOIN (VALUES ${wantedValues.join(', ')}) AS wanted (symbol, ${time}) ` +
      `USING (symbol, ${time}) WHERE provider = ${quoteLiteral(provider)} ORDER BY symbol, ${order}`,
  );
}

function mayHoldAny(file: LiveFile, time: string, instants: Float64Array): boolean {
  const range = getRange(file.stats, time);
  if (range === null) return true;
  const start = Date.parse(String(range.min));
  const end = Date.parse(String(range.max));
  return instants.some((instant) => instant >= start && instant <= end);
}

/** The last close of each symbol at or before a date: of its daily bars, or of any others if it has none. */
export async function readLastCloses(
  database: LakeDatabase,
  provider: ProviderName,
  symbols: readonly string[],
  until: LocalDate,
): Promise<ReadonlyMap<string, KnownClose>> {
  const found = new Map<string, KnownClose>();
  const { files } = await database.snapshotOrDamage('equity_bars');
  const periods = new Set([...files.values()].map(({ partitionValues }) => partitionValues['period'] ?? ''));
  const possible = [...periods].filter((period) => period <= until.slice(0, period.length)).sort();
  const isYear = (period: string): boolean => period.length === 4;
  // Newest first, daily bars before others: the first period nearly always has all symbols.
  for (const period of [
    ...possible.filter(isYear).toReversed(),
    ...possible.filter((one) => !isYear(one)).toReversed(),
  ]) {
    const missing = symbols.filter((symbol) => !found.has(symbol));
    if (missing.length === 0) break;
    const rows = await database.queryFiles(
      'equity_bars',
      ({ partitionValues }) => partitionValues['period'] === period,
      (source) => buildClosesSql(source, provider, missing, until),
    );
    for (const row of rows) {
      const close = numberOrNull(row, 'close');
      if (close !== null)
        found.set(getText(row, 'symbol'), {
          session: getText(row, 'session'),
          close,
          requestId: getText(row, 'request_id'),
        });
    }
  }
  return found;
}

/** On the same day, bars of trades take precedence over bars of quotes, and regular hours over all hours. */
function buildClosesSql(source: string, provider: ProviderName, symbols: readonly string[], until: LocalDate): string {
  return (
    `SELECT symbol, unnest(max_by({session: session, "close": "close", request_id: request_id}, (session, what = 'TRADES', use_rth, ts))) ` +
    `FROM ${source} WHERE provider = ${quoteLiteral(provider)} AND symbol IN (SELECT unnest(${quoteLiterals(symbols)})) ` +
    `AND session <= DATE ${quoteLiteral(until)} AND "close" IS NOT NULL GROUP BY symbol`
  );
}

function parseContract(row: Row): OptionContract | null {
  const right = parseRight(row['right']);
  const strike = numberOrNull(row, 'strike');
  const expiry = row['expiry'];
  if (right === null || strike === null || typeof expiry !== 'string') return null;
  const tradingClass = row['trading_class'];
  return {
    expiry,
    strike,
    right,
    conId: numberOrNull(row, 'con_id'),
    ...(typeof tradingClass === 'string' ? { tradingClass } : {}),
  };
}

function parseRight(value: unknown): Right | null {
  return value === 'C' || value === 'P' ? value : null;
}

function getText(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}

/** DuckDB returns 64-bit numbers as text. */
function numberOrNull(row: Row, column: string): number | null {
  const value = row[column];
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}
