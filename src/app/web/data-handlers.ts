import { barSizes } from '../../core/tables/bars.js';
import type { BarSize, PriceType } from '../../core/tables/bars.js';
import { addDays, formatInstant } from '../../core/time/time.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import { createCsvFormat } from '../../outputs/rows/csv.js';
import { createJsonFormat } from '../../outputs/rows/json.js';
import type { RowFormat } from '../../outputs/rows/row-format.js';
import { queryBars } from '../../queries/bars.js';
import { buildCoverageMap } from '../../queries/coverage-map.js';
import { filterChain } from '../../queries/filter-chain.js';
import type { QueryableLake } from '../../queries/queryable-lake.js';
import { readText, sqlString } from '../../queries/sql.js';
import type { QueryResult, QueryStream } from '../../lake/api.js';
import { RequestProblem } from '../../web/server/routes.js';
import type { Answer, Handler } from '../../web/server/routes.js';
import type { AppContext, Folders } from '../context.js';
import { withLakeReader } from '../lake-reader.js';
import { toChainDocument } from '../queries/chain-documents.js';
import { readChainOrExit } from '../queries/read-chain.js';
import { readVolatilityOrExit } from '../queries/read-volatility.js';
import { runSql } from '../queries/run-sql.js';
import { toVolatilityDocument } from '../queries/volatility-document.js';
import { createCalendarLookup } from './coverage-handler.js';
import type { CoverageContext } from './coverage-handler.js';

/** Sessions between bars whose state is listed, at most. */
const maxGaps = 5_000;

/** Answers with the latest bars of a symbol, and with the sessions between them that have none. */
export function createBarsHandler(folders: Folders, context: CoverageContext): Handler {
  return async (values) => {
    const symbol = values.text('symbol') ?? '';
    const barSize = parseChoice<BarSize>('bar', values.text('bar') ?? '1 day', barSizes);
    const priceType = parseChoice<PriceType>('price', values.text('price') ?? 'TRADES', priceTypes);
    const hours = values.text('hours') === 'all' ? 'all' : 'rth';
    const from = values.text('from') ?? undefined;
    const last = values.text('to');
    const to = last === null ? undefined : addDays(last, 1);
    const limit = values.count('limit') ?? 5_000;
    return withLakeReader(folders, async (reader) => {
      const stored = await listStoredBars(reader, symbol, priceType, hours === 'rth');
      if (stored.length === 0)
        throw new RequestProblem(404, `no bars of ${symbol} in this lake`, 'GET /api/v1/symbols lists the symbols');
      const named = values.text('provider');
      const provider = named ?? stored.find((one) => one.barSize === barSize)?.provider ?? stored[0]?.provider ?? '';
      const found = await queryBars(reader, {
        symbol,
        barSize,
        priceType,
        hours,
        provider,
        ...omitUndefined({ from, to }),
        limit: limit + 1,
      });
      const bars = found.slice(-limit);
      const known = await context.lake.read();
      const firstSession = bars[0]?.session;
      const lastSession = bars.at(-1)?.session;
      const gaps =
        firstSession === undefined || lastSession === undefined
          ? []
          : listGaps(
              buildCoverageMap(
                known.state,
                {
                  dataset: 'equity_bars',
                  variant: `${barSize}/${priceType}/${hours}`,
                  symbol,
                  provider,
                  from: from ?? firstSession,
                  to: addDays(lastSession, 1),
                  now: context.clock.now(),
                  maxSessions: maxGaps,
                  maxRows: 1,
                },
                await createCalendarLookup(known, context),
              ),
            );
      const document = {
        symbol,
        provider,
        barSize,
        priceType,
        hours,
        timeZone: known.zones.get(symbol) ?? null,
        barSizes: [...new Set(stored.map((one) => one.barSize))],
        truncated: found.length > limit,
        bars: bars.map(({ ts, ...bar }) => ({ ts: formatInstant(ts), ...bar })),
        gaps,
      };
      return { kind: 'json', document };
    });
  };
}

/** The stored bar sizes of a symbol with their providers, the one with the latest bar first. */
async function listStoredBars(
  lake: QueryableLake,
  symbol: string,
  priceType: PriceType,
  useRth: boolean,
): Promise<readonly { readonly barSize: string; readonly provider: string }[]> {
  const { rows } = await lake.query(
    `SELECT bar_size, provider FROM equity_bars
     WHERE symbol = ${sqlString(symbol)} AND what = ${sqlString(priceType)} AND use_rth = ${String(useRth)}
     GROUP BY ALL ORDER BY max(ts) DESC`,
  );
  return rows.map((row) => ({ barSize: readText(row, 'bar_size') ?? '', provider: readText(row, 'provider') ?? '' }));
}

/** The sessions of the only row of a map that have no confirmed data. */
function listGaps({ sessions, patterns, rows, legend }: ReturnType<typeof buildCoverageMap>): readonly object[] {
  const pattern = patterns[rows.patterns[0] ?? 0] ?? '';
  const states = new Map(Object.entries(legend).map(([state, letter]) => [letter as string, state]));
  const gaps: object[] = [];
  let position = 0;
  for (const [, letter = '', length = '0'] of pattern.matchAll(/([a-z])(\d+)/g)) {
    const state = states.get(letter) ?? 'none';
    const end = position + Number(length);
    if (state !== 'data' && state !== 'provisional' && state !== 'closed')
      for (const session of sessions.slice(position, end)) gaps.push({ session, state });
    position = end;
  }
  return gaps;
}

const priceTypes: Readonly<Record<PriceType, true>> = {
  TRADES: true,
  MIDPOINT: true,
  BID: true,
  ASK: true,
  BID_ASK: true,
};

function parseChoice<Choice extends string>(
  name: string,
  text: string,
  choices: Readonly<Record<Choice, unknown>>,
): Choice {
  if (isKeyOf(text, choices)) return text;
  throw new RequestProblem(400, `${name} ${text} is unknown`, `known: ${Object.keys(choices).join(', ')}`);
}

function isKeyOf<Choice extends string>(text: string, choices: Readonly<Record<Choice, unknown>>): text is Choice {
  return Object.hasOwn(choices, text);
}

/** Answers with the chain of a symbol. */
export function createChainHandler(ctx: Pick<AppContext, 'dataFolder' | 'clock'>): Handler {
  return async (values) => {
    const at = values.text('at');
    const chain = await readChainOrExit(
      {
        symbol: values.text('symbol') ?? '',
        at: at === null ? ctx.clock.now() : Date.parse(at),
        ...omitUndefined({ provider: values.text('provider') ?? undefined }),
      },
      at !== null,
      ctx,
    );
    const right = values.text('right');
    const filter = {
      right: right === 'C' || right === 'P' ? right : null,
      expiry: values.text('expiry'),
      delta: null,
      strikes: values.count('strikes'),
    } as const;
    const { expiries } = toChainDocument(chain);
    return { kind: 'json', document: { ...toChainDocument(filterChain(chain, filter)), allExpiries: expiries } };
  };
}

/** Answers with the volatility history of a symbol. */
export function createIvHandler(ctx: Pick<AppContext, 'dataFolder' | 'clock'>): Handler {
  return async (values) => {
    const at = values.text('at');
    const history = await readVolatilityOrExit(
      {
        symbol: values.text('symbol') ?? '',
        at: at === null ? ctx.clock.now() : Date.parse(at),
        days: Math.max(1, values.count('days') ?? 60),
        ...omitUndefined({ provider: values.text('provider') ?? undefined }),
      },
      at !== null,
      ctx,
    );
    return { kind: 'json', document: toVolatilityDocument(history) };
  };
}

/** Answers with the last overview of each session, oldest first. */
export function createOverviewsHandler(folders: Folders): Handler {
  return async (values) => {
    const symbol = values.text('symbol') ?? '';
    const limit = values.count('limit') ?? 252;
    return withLakeReader(folders, async (reader) => {
      const { rows } = await reader.query(
        `SELECT * FROM (
           SELECT session, provider, ts, spot_price, pcr_oi, pcr_volume, atm_iv, atm_iv_days, total_call_oi, total_put_oi, iv_rank, vix, trend
           FROM overviews WHERE symbol = ${sqlString(symbol)}
           QUALIFY row_number() OVER (PARTITION BY session ORDER BY ts DESC) = 1
           ORDER BY session DESC LIMIT ${String(limit)}
         ) ORDER BY session`,
      );
      return { kind: 'json', document: { symbol, rows } };
    });
  };
}

/** A statement that takes longer is ended, in milliseconds. */
const maxQueryTime = 30_000;

/** Answers with the rows of one statement: as they are computed, bounded in number and in time. */
export function createQueryHandler(folders: Folders): Handler {
  return async (values, signal) => {
    const sql = values.text('sql') ?? '';
    const limit = values.count('limit') ?? 1_000;
    const format = values.text('format') ?? 'json';
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(maxQueryTime)]);
    if (format === 'table') return readTable(sql, limit, deadline, folders);
    return openRows(sql, limit, format, deadline, folders);
  };
}

async function readTable(sql: string, limit: number, deadline: AbortSignal, folders: Folders): Promise<Answer> {
  let document: object = {};
  await runSql({ sql, withZones: false, signal: deadline }, folders, async ({ stream }) => {
    const rows: (readonly unknown[])[] = [];
    let isTruncated = false;
    for await (const row of takeRows(stream, limit + 1, deadline)) {
      if (rows.length === limit) isTruncated = true;
      else rows.push(stream.columns.map((column) => row[column]));
    }
    document = { columns: stream.columns, rows, truncated: isTruncated };
  });
  return { kind: 'json', document };
}

/** Starts the statement before it answers, so that a wrong one is an error and not the beginning of a file. */
async function openRows(
  sql: string,
  limit: number,
  format: string,
  deadline: AbortSignal,
  folders: Folders,
): Promise<Answer> {
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let work: Promise<void> = Promise.resolve();
  const stream = await new Promise<QueryStream>((resolve, reject) => {
    work = runSql({ sql, withZones: false, signal: deadline }, folders, async (result) => {
      resolve(result.stream);
      await finished;
    });
    work.catch(reject);
  });
  const layout = format === 'csv' ? createCsvFormat(stream.columns, { isRaw: false }) : createJsonFormat();
  return {
    kind: 'stream',
    contentType: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8',
    fileName: format === 'csv' ? 'query.csv' : null,
    chunks: formatRows(stream, layout, limit, deadline, async () => {
      finish();
      await work;
    }),
  };
}

async function* formatRows(
  stream: QueryStream,
  layout: RowFormat,
  limit: number,
  deadline: AbortSignal,
  close: () => Promise<void>,
): AsyncIterable<string> {
  try {
    let batch: QueryResult['rows'][number][] = [];
    for await (const row of takeRows(stream, limit, deadline)) {
      batch.push(row);
      if (batch.length < 1_000) continue;
      yield layout.rows(batch);
      batch = [];
    }
    yield `${batch.length > 0 ? layout.rows(batch) : ''}${layout.end()}`;
  } finally {
    await close();
  }
}

async function* takeRows(
  { rows }: QueryStream,
  limit: number,
  deadline: AbortSignal,
): AsyncIterable<QueryResult['rows'][number]> {
  let count = 0;
  if (limit === 0) return;
  for await (const batch of rows) {
    for (const row of batch) {
      if (deadline.aborted)
        throw new RequestProblem(503, 'the query took longer than 30 seconds', 'narrow it, or run it with pipe query');
      yield row;
      if (++count >= limit) return;
    }
  }
}
