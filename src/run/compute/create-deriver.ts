import {
  getDividendYield,
  getExpiryInstant,
  yearsBetween,
  getPricingInstant,
  getVolatilityIndex,
} from '../../analytics/conventions.js';
import type { Calendar } from '../../core/time/calendar.js';
import type { SeriesOf } from '../../core/series.js';
import { addDays, fromDayNumber, hour } from '../../core/time/time.js';
import type { Instant, LocalDate } from '../../core/time/time.js';
import type { DailyValue } from '../../queries/daily-values.js';
import type { LakeHistory } from './lake-history.js';
import type { Derivation, Deriver } from './deriver.js';
import { evaluateAnswer } from './evaluate-answer.js';
import type { EvaluationDeps } from './evaluate-answer.js';
import { createRunAnswers } from './run-answers.js';
import type { RunAnswers } from './run-answers.js';
import { overviewRows } from './overview-rows.js';
import { mergeChain } from './merge-chain.js';
import type { MergedChain } from './merge-chain.js';

/** What a run computes with. */
export interface DeriverDeps extends EvaluationDeps {
  readonly history: LakeHistory;
  /** Whether anything will be computed from answers; if not, they need not be kept. */
  readonly recordsAnswers: boolean;
}

/** What a run computes: the model's columns of its answers, and overviews from them. */
export function createDeriver(deps: DeriverDeps): Deriver {
  const runAnswers = createRunAnswers();
  return {
    evaluate: (series, rows, at) => evaluateAnswer(series, rows, at, deps),
    record(result) {
      if (deps.recordsAnswers) runAnswers.record(result);
    },
    async compute(series, at) {
      if (series.dataset === 'overviews') return computeOverview(series, at, deps, runAnswers);
      const message = `${series.dataset} are asked for, not computed`;
      return { outcome: { kind: 'failure', failure: { kind: 'invalid', message } }, upstream: [] };
    },
  };
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

/** What this run was answered, and of other expected expiries what the lake has seen within the hour. */
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
  // Beside answers of now, older ones are of the same moment only if they are not an hour old.
  const isRecent = (ts: Instant): boolean => answers.length === 0 || ts > at - hour;
  return mergeChain(
    answers,
    stored.filter(({ expiry, ts }) => !answered.has(expiry) && isRecent(ts)),
  );
}

/** The closes of finished sessions, the oldest first; this run's answers go before what the lake holds. */
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

/** The market's volatility as last known, if that was in this session or the one before. */
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
