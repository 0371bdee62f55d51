import {
  getDividendYield,
  getExerciseStyle,
  getExpiryInstant,
  yearsBetween,
  getPricingInstant,
  getExpiryMoment,
  getVolatilityIndex,
} from '../../analytics/conventions.js';
import { parseExpiryKey } from '../../analytics/chain/chain-columns.js';
import { evaluateSnapshot } from '../../analytics/evaluate-snapshot.js';
import { trendSessions } from '../../analytics/history/trend.js';
import { chainDuration } from '../../core/option-selection.js';
import { rankCloseKind } from '../../core/tables/close-kind.js';
import type { RequestId } from '../../core/request.js';
import type { AnalyticsSettings } from '../../core/analytics-settings.js';
import type { Rows } from '../../core/tables/rows.js';
import type { Calendar } from '../../core/time/calendar.js';
import type { Series, SeriesOf } from '../../core/series.js';
import { addDays, fromDayNumber } from '../../core/time/time.js';
import type { Instant, LocalDate } from '../../core/time/time.js';
import type { KnownPrice, KnownState } from '../../plan/known-state.js';
import type { DailyCloses, DailyValue } from '../../queries/daily-values.js';
import type { LakeHistory } from './lake-history.js';
import type { Derivation, Deriver } from './deriver.js';
import { createRunAnswers } from './run-answers.js';
import type { RunAnswers } from './run-answers.js';
import { overviewRows } from './overview-rows.js';
import { mergeChain } from './merge-chain.js';
import type { MergedChain } from './merge-chain.js';

export interface DeriverDeps {
  readonly settings: AnalyticsSettings;
  readonly knownState: Pick<KnownState, 'price' | 'chain'>;
  calendar(name: string): Calendar;
  readonly history: LakeHistory;
  /** True if overviews will be computed from the answers of the run. */
  readonly recordsAnswers: boolean;
}

/** Creates the deriver of a run: it fills in model columns of answers and computes overviews. */
export function createDeriver(deps: DeriverDeps): Deriver {
  const runAnswers = createRunAnswers();
  return {
    evaluate: (series, rows, at) => evaluateAnswer(series, rows, at, deps),
    record(result) {
      if (deps.recordsAnswers) runAnswers.record(result);
    },
    async compute(series, at) {
      if (series.dataset === 'overviews') return computeOverview(series, at, deps, runAnswers);
      const message = `${series.dataset} is fetched from a provider, not computed`;
      return { outcome: { kind: 'failure', failure: { kind: 'invalid', message } }, upstream: [] };
    },
  };
}

/** Fills in the columns of the volatility model; other tables stay unchanged. */
function evaluateAnswer(series: Series, rows: Rows | null, at: Instant, deps: DeriverDeps): Rows | null {
  if (rows?.dataset !== 'option_snapshots' || series.dataset !== 'option_snapshots') return rows;
  const { instrument, provider, expiry, contracts } = series;
  // The options of one request are of one class.
  const tradingClass = contracts[0]?.tradingClass ?? null;
  const classified =
    tradingClass === null
      ? rows
      : { ...rows, columns: { ...rows.columns, trading_class: new Array<string>(rows.length).fill(tradingClass) } };
  const { settings, knownState } = deps;
  const calendar = deps.calendar(instrument.calendar);
  const moment = getExpiryMoment(instrument, expiry, tradingClass);
  return evaluateSnapshot(classified, {
    style: getExerciseStyle(instrument, settings),
    rate: settings.rate,
    dividendYield: getDividendYield(instrument, settings),
    years: yearsBetween(getPricingInstant(at, calendar), getExpiryInstant(expiry, calendar, moment)),
    fallbackUnderlyingPrice: knownState.price(provider, instrument.symbol)?.price ?? NaN,
  });
}

async function computeOverview(
  series: SeriesOf<'overviews'>,
  at: Instant,
  deps: DeriverDeps,
  runAnswers: RunAnswers,
): Promise<Derivation> {
  const { provider, instrument, expected } = series;
  const { symbol } = instrument;
  const { settings, knownState, history } = deps;
  const calendar = deps.calendar(instrument.calendar);
  const pricingTime = getPricingInstant(at, calendar);
  const session = calendar.dateAt(pricingTime);
  const chain = await readChain(series, at, history, runAnswers);
  const { columns } = chain;
  const expiryKeys = [...new Set(columns.expiry)];
  const lastPrice = chain.spot > 0 ? undefined : knownState.price(provider, symbol);
  const prior = (await history.volatilities(provider, symbol)).filter((value) => value.session < session);
  const ranked = prior.slice(-(settings.rankDays - 1));
  const closes = mergeCloses(await history.closes(provider, symbol), runAnswers.closes(provider, symbol), session);
  const volatilityIndex = findVolatilityIndex(series, session, calendar, deps);
  const rows = overviewRows({
    chain: columns,
    expiries: expiryKeys.map((expiry) => {
      const { day, moment } = parseExpiryKey(expiry);
      const expiresAt = getExpiryInstant(fromDayNumber(day), calendar, moment);
      return { expiry, years: yearsBetween(pricingTime, expiresAt) };
    }),
    spot: chain.spot > 0 ? chain.spot : (lastPrice?.price ?? NaN),
    rate: settings.rate,
    dividendYield: getDividendYield(instrument, settings),
    session,
    priorVolatilities: ranked.map(({ value }) => value),
    rankDays: settings.rankDays,
    atmIvDays: settings.atmIvDays,
    closes: closes.map(({ value }) => value),
    volatilityIndex: volatilityIndex?.price ?? NaN,
    expected,
  });
  const upstream = new Set([
    ...chain.requestIds,
    ...(expected.length === 0 ? [] : listRequestIds(knownState.chain(provider, symbol))),
    ...listRequestIds(lastPrice),
    ...listRequestIds(volatilityIndex),
    ...listEnds(closes.slice(-trendSessions.long)),
    ...listEnds(ranked),
  ]);
  return { outcome: { kind: 'rows', rows, answeredWindow: null }, upstream: [...upstream] };
}

function listRequestIds(known: { readonly requestId: RequestId } | undefined): readonly RequestId[] {
  return known === undefined ? [] : [known.requestId];
}

/** The requests of the first and the last value stand for those between: a year of values has hundreds. */
function listEnds(values: readonly DailyValue[]): readonly RequestId[] {
  return [values[0], values.at(-1)].flatMap((value) => listRequestIds(value)).filter((id) => id !== '');
}

/** Joins the answers of this run with options of other expected expiries that are in the lake. */
async function readChain(
  { provider, instrument, expected, optionsSince = -Infinity }: SeriesOf<'overviews'>,
  at: Instant,
  history: LakeHistory,
  runAnswers: RunAnswers,
): Promise<MergedChain> {
  const answers = runAnswers.drainOptions(provider, instrument.symbol);
  const answered = new Set(answers.map(({ expiry }) => expiry));
  const isComplete = answers.length > 0 && expected.every(({ expiry }) => answered.has(expiry));
  if (isComplete) return mergeChain(instrument, answers, []);
  const stored = await history.options(provider, instrument.symbol, at);
  // Answers of this run and stored options belong to one chain only within an hour.
  const isRecent = (ts: Instant): boolean => ts >= optionsSince && (answers.length === 0 || ts > at - chainDuration);
  return mergeChain(
    instrument,
    answers,
    stored.filter(({ expiry, ts }) => !answered.has(expiry) && isRecent(ts)),
  );
}

/**
 * Returns the closes up to the session, oldest first. Answers of this run replace those in the lake; of closes of two
 * kinds only the preferred ones count.
 */
function mergeCloses(
  stored: DailyCloses | undefined,
  answered: DailyCloses | undefined,
  session: LocalDate,
): readonly DailyValue[] {
  const known = [stored, answered].filter((closes) => closes !== undefined);
  const ranks = known.map(({ kind }) => rankCloseKind(kind) ?? Infinity);
  const best = Math.min(...ranks);
  const bySession = new Map(
    known
      .filter((_, index) => ranks[index] === best)
      .flatMap(({ values }) => values.map((value) => [value.session, value])),
  );
  return [...bySession.values()]
    .filter(({ session: date }) => date <= session)
    .sort((a, b) => (a.session < b.session ? -1 : 1));
}

/** Returns the volatility index if its latest value is of this session or the one before. */
function findVolatilityIndex(
  { provider, instrument }: SeriesOf<'overviews'>,
  session: LocalDate,
  calendar: Calendar,
  { settings, knownState }: DeriverDeps,
): KnownPrice | undefined {
  const known = knownState.price(provider, getVolatilityIndex(instrument, settings));
  const beforeSession = calendar.sessions(addDays(session, -15), session).at(-1)?.date ?? session;
  return known !== undefined && known.date >= beforeSession ? known : undefined;
}
