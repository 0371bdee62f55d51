import { barSizes } from '../../core/tables/bars.js';
import type { BarSize, PriceType } from '../../core/tables/bars.js';
import { addDays, formatInstant } from '../../core/time/time.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import { queryBars } from '../../queries/bars.js';
import { buildCoverageMap } from '../../queries/coverage-map/coverage-map.js';
import type { CoverageMap } from '../../queries/coverage-map/document.js';
import { filterChain } from '../../queries/filter-chain.js';
import type { QueryableLake } from '../../queries/queryable-lake.js';
import { readText, sqlString } from '../../queries/sql.js';
import type { BarsDocument } from '../../web/server/documents.js';
import { RequestProblem } from '../../web/server/routes.js';
import type { Handler } from '../../web/server/routes.js';
import type { AppContext, Folders } from '../context.js';
import { withLakeReader } from '../lake-reader.js';
import { toChainDocument } from '../queries/chain-documents.js';
import { readChainOrExit } from '../queries/read-chain.js';
import { readVolatilityOrExit } from '../queries/read-volatility.js';
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
      const document: BarsDocument = {
        symbol,
        provider,
        barSize,
        priceType,
        hours,
        timeZone: known.zones.get(symbol) ?? null,
        currency: known.currencies.get(symbol) ?? null,
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
function listGaps({ sessions, patterns, rows, legend }: CoverageMap): BarsDocument['gaps'] {
  const pattern = patterns[rows.patterns[0] ?? 0] ?? '';
  const states = new Map(Object.entries(legend).map(([state, letter]) => [letter, state]));
  const gaps: BarsDocument['gaps'][number][] = [];
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
export function createChainHandler(
  ctx: Pick<AppContext, 'dataFolder' | 'clock'>,
  { lake }: Pick<CoverageContext, 'lake'>,
): Handler {
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
    const currency = (await lake.read()).currencies.get(chain.symbol) ?? null;
    const document = { ...toChainDocument(filterChain(chain, filter)), allExpiries: expiries, currency };
    return { kind: 'json', document };
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
