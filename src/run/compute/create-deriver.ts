import {
  getDividendYield,
  getExerciseStyle,
  getExpiryInstant,
  yearsBetween,
  getPricingInstant,
  getVolatilityIndex,
} from '../../analytics/conventions.js';
import { evaluateSnapshot } from '../../analytics/evaluate-snapshot.js';
import type { AnalyticsSettings } from '../../core/analytics-settings.js';
import type { Rows } from '../../core/tables/rows.js';
import type { Calendar } from '../../core/time/calendar.js';
import type { Series, SeriesOf } from '../../core/series.js';
import { addDays, fromDayNumber, hour } from '../../core/time/time.js';
import type { Instant, LocalDate } from '../../core/time/time.js';
import type { KnownState } from '../../plan/known-state.js';
import type { DailyValue } from '../../queries/daily-values.js';
import type { LakeHistory } from './lake-history.js';
import type { Derivation, Deriver } from './deriver.js';
import { createRunAnswers } from './run-answers.js';
import type { RunAnswers } from './run-answers.js';
import { overviewRows } from './overview-rows.js';
import { mergeChain } from './merge-chain.js';
import type { MergedChain } from './merge-chain.js';

export interface DeriverDeps {
  readonly settings: AnalyticsSettings;
  readonly knownState: Pick<KnownState, 'price'>;
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
  const { instrument, provider, expiry } = series;
  const { settings, knownState } = deps;
  const calendar = deps.calendar(instrument.calendar);
  return evaluateSnapshot(rows, {
    style: getExerciseStyle(instrument, settings),
    rate: settings.rate,
    dividendYield: getDividendYield(instrument, settings),
    years: yearsBetween(getPricingInstant(at, calendar), getExpiryInstant(expiry, calendar)),
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
  if (columns.length === 0) return { outcome: { kind: 'empty' }, upstream: [] };
  const expiryDays = [...new Set(columns.expiry)];
  const beforeSession = (values: readonly DailyValue[]): readonly DailyValue[] =>
    values.filter((value) => value.session < session);
  const rows = overviewRows({
    chain: columns,
    expiries: expiryDays.map((expiry) => ({
      expiry,
      years: yearsBetween(pricingTime, getExpiryInstant(fromDayNumber(expiry), calendar)),
    })),
    spot: chain.spot > 0 ? chain.spot : (knownState.price(provider, symbol)?.price ?? NaN),
    rate: settings.rate,
    dividendYield: getDividendYield(instrument, settings),
    session,
    priorVolatilities: beforeSession(await history.volatilities(provider, symbol)).map(({ value }) => value),
    rankDays: settings.rankDays,
    closes: mergeCloses(await history.closes(provider, symbol), runAnswers.closes(provider, symbol), session),
    volatilityIndex: findVolatilityIndex(series, session, calendar, deps),
    expected,
  });
  return { outcome: { kind: 'rows', rows, answeredWindow: null }, upstream: chain.requestIds };
}

/** Joins the answers of this run with options of other expected expiries that are in the lake. */
async function readChain(
  { provider, instrument, expected }: SeriesOf<'overviews'>,
  at: Instant,
  history: LakeHistory,
  runAnswers: RunAnswers,
): Promise<MergedChain> {
  const answers = runAnswers.drainOptions(provider, instrument.symbol);
  const answered = new Set(answers.map(({ expiry }) => expiry));
  const isComplete = answers.length > 0 && expected.every(({ expiry }) => answered.has(expiry));
  if (isComplete) return mergeChain(answers, []);
  const stored = await history.options(provider, instrument.symbol, at);
  // Answers of this run and stored options belong to one chain only within an hour.
  const isRecent = (ts: Instant): boolean => answers.length === 0 || ts > at - hour;
  return mergeChain(
    answers,
    stored.filter(({ expiry, ts }) => !answered.has(expiry) && isRecent(ts)),
  );
}

/** Returns the closes up to the session, oldest first; answers of this run replace those in the lake. */
function mergeCloses(
  stored: readonly DailyValue[],
  answered: ReadonlyMap<LocalDate, number>,
  session: LocalDate,
): readonly number[] {
  const closes = new Map([...stored.map(({ session: date, value }) => [date, value] as const), ...answered]);
  return [...closes]
    .filter(([date]) => date <= session)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, close]) => close);
}

/** Returns the volatility index if its latest value is of this session or the one before; otherwise NaN. */
function findVolatilityIndex(
  { provider, instrument }: SeriesOf<'overviews'>,
  session: LocalDate,
  calendar: Calendar,
  { settings, knownState }: DeriverDeps,
): number {
  const known = knownState.price(provider, getVolatilityIndex(instrument, settings));
  const beforeSession = calendar.sessions(addDays(session, -15), session).at(-1)?.date ?? session;
  return known !== undefined && known.date >= beforeSession ? known.price : NaN;
}
