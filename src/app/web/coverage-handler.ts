import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Calendar } from '../../core/time/calendar.js';
import { addDays, minute, toUtcDate } from '../../core/time/time.js';
import { parseSeriesName } from '../../core/series.js';
import { supportedExchanges } from '../../calendar/calendars.js';
import { buildCoverageMap } from '../../queries/coverage-map/coverage-map.js';
import type { CoverageMapQuery } from '../../queries/coverage-map/coverage-map.js';
import type { CoverageMap } from '../../queries/coverage-map/document.js';
import { closestMatch } from '../../platform/suggest.js';
import type { SymbolsDocument } from '../../web/server/documents.js';
import { RequestProblem } from '../../web/server/routes.js';
import type { Handler } from '../../web/server/routes.js';
import type { AppContext } from '../context.js';
import { getCalendarOrExit } from '../get-calendar.js';
import type { KnownPipelines } from './known-pipelines.js';
import type { KnownLakeState, LakeStateCache } from './lake-state.js';

/** About sixteen years. */
const maxSessions = 4_000;

/** What the map and the bars need: coverage, and the calendars of symbols. */
export interface CoverageContext {
  readonly lake: LakeStateCache;
  readonly pipelines: KnownPipelines;
  readonly clock: AppContext['clock'];
}

/** Answers with the map of a table. The last maps are kept until a commit changes the lake. */
export function createCoverageHandler(context: CoverageContext): Handler {
  const kept = new Map<string, CoverageMap>();
  let keptVersions = '';
  return async (values) => {
    const known = await context.lake.read();
    const to = addDays(values.text('to') ?? toUtcDate(context.clock.now()), 1);
    const query: CoverageMapQuery = {
      dataset: parseDataset(values.text('dataset') ?? ''),
      variant: values.text('variant'),
      symbol: values.text('symbol'),
      provider: values.text('provider'),
      from: values.text('from'),
      to,
      now: context.clock.now(),
      maxSessions,
      maxRows: values.count('rows') ?? 20_000,
    };
    if (query.from !== null && query.from >= to)
      throw new RequestProblem(
        400,
        `from ${query.from} is after to ${values.text('to') ?? toUtcDate(context.clock.now())}`,
      );
    if (known.versions !== keptVersions || kept.size > 16) kept.clear();
    keptVersions = known.versions;
    const key = JSON.stringify({ ...query, now: Math.floor(query.now / minute) });
    const map = kept.get(key) ?? buildCoverageMap(known.state, query, await createCalendarLookup(known, context));
    kept.set(key, map);
    return { kind: 'json', document: map };
  };
}

/** Lists the symbols of the lake with the tables that have coverage of them. */
export function createSymbolsHandler({ lake }: Pick<CoverageContext, 'lake'>): Handler {
  return async () => {
    const found = new Map<string, Set<string>>();
    for (const { series } of (await lake.read()).state.series()) {
      const { dataset, symbol } = parseSeriesName(series);
      const tables = found.get(symbol) ?? new Set();
      found.set(symbol, tables.add(dataset));
    }
    const symbols = [...found]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([symbol, tables]) => ({ symbol, tables: [...tables] }));
    const document: SymbolsDocument = { symbols };
    return { kind: 'json', document };
  };
}

export function parseDataset(text: string): Dataset {
  const dataset = datasets.find((name) => name === text);
  if (dataset !== undefined) return dataset;
  const suggestion = closestMatch(text, datasets);
  throw new RequestProblem(
    400,
    `no table ${text} with coverage`,
    suggestion === null ? `known tables: ${datasets.join(', ')}` : `did you mean ${suggestion}?`,
  );
}

/** The calendar of a symbol: that of its pipeline, else one of the zone of its contract, else that of New York. */
export async function createCalendarLookup(
  { zones }: KnownLakeState,
  { pipelines }: Pick<CoverageContext, 'pipelines'>,
): Promise<(symbol: string) => Calendar> {
  const names = new Map<string, string>();
  for (const known of await pipelines.list()) {
    if (known.kind === 'invalid') continue;
    for (const { instrument } of known.pipeline.symbols) names.set(instrument.symbol, instrument.calendar);
  }
  const byZone = new Map(supportedExchanges.map((exchange) => [getCalendarOrExit(exchange).timeZone, exchange]));
  return (symbol) => getCalendarOrExit(names.get(symbol) ?? byZone.get(zones.get(symbol) ?? '') ?? 'XNYS');
}
