import { dividendYieldOf, expiryInstant, optionYears, pricedAt, volatilityIndexOf } from '../analytics/conventions.js';
import type { Calendar } from '../core/calendar.js';
import type { SeriesOf } from '../core/series.js';
import { addDays, dateOfDayNumber, hour } from '../core/time.js';
import type { Instant, LocalDate } from '../core/time.js';
import type { DailyValue } from '../readings/daily.js';
import type { Background } from './background.js';
import type { Computed, Computing } from './contract.js';
import { evaluateAnswer } from './evaluate-answer.js';
import type { EvaluationParts } from './evaluate-answer.js';
import { growingEvidence } from './evidence.js';
import type { Evidence } from './evidence.js';
import { overviewRows } from './overview-rows.js';
import { seenChain } from './seen-chain.js';
import type { SeenChain } from './seen-chain.js';

/** What a run computes with. */
export interface ComputingParts extends EvaluationParts {
  readonly background: Background;
  /** Whether anything will be computed from answers; if not, they need not be kept. */
  readonly keepsAnswers: boolean;
}

/** What a run computes: the model's columns of its answers, and overviews from them. */
export function computing(parts: ComputingParts): Computing {
  const evidence = growingEvidence();
  return {
    evaluate: (series, rows, at) => evaluateAnswer(series, rows, at, parts),
    learn(delivery) {
      if (parts.keepsAnswers) evidence.learn(delivery);
    },
    async compute(series, at) {
      if (series.dataset === 'overviews') return computeOverview(series, at, parts, evidence);
      const message = `${series.dataset} are asked for, not computed`;
      return { outcome: { kind: 'failure', failure: { kind: 'invalid', message } }, upstream: [] };
    },
  };
}

async function computeOverview(
  series: SeriesOf<'overviews'>,
  at: Instant,
  parts: ComputingParts,
  evidence: Evidence,
): Promise<Computed> {
  const { provider, instrument, expected } = series;
  const { symbol } = instrument;
  const { settings, knowledge, background } = parts;
  const calendar = parts.calendar(instrument.calendar);
  const moment = pricedAt(at, calendar);
  const session = calendar.dateAt(moment);
  const chain = await chainOf(series, at, background, evidence);
  const { columns } = chain;
  if (columns.length === 0) return { outcome: { kind: 'empty' }, upstream: [] };
  const days = [...new Set(columns.expiry)];
  const before = (values: readonly DailyValue[]): readonly DailyValue[] =>
    values.filter((value) => value.session < session);
  const rows = overviewRows({
    chain: columns,
    expiries: days.map((expiry) => ({
      expiry,
      years: optionYears(moment, expiryInstant(dateOfDayNumber(expiry), calendar)),
    })),
    spot: chain.spot > 0 ? chain.spot : (knowledge.price(provider, symbol)?.price ?? NaN),
    rate: settings.rate,
    dividendYield: dividendYieldOf(instrument, settings),
    session,
    earlier: before(await background.volatilities(provider, symbol)).map(({ value }) => value),
    rankDays: settings.rankDays,
    closes: joinedCloses(await background.closes(provider, symbol), evidence.closes(provider, symbol), session),
    volatilityIndex: volatilityIndexAt(series, session, calendar, parts),
    expected,
  });
  return { outcome: { kind: 'rows', rows, answered: null }, upstream: chain.requestIds };
}

/** What this run was answered, and of other expected expiries what the lake has seen within the hour. */
async function chainOf(
  { provider, instrument, expected }: SeriesOf<'overviews'>,
  at: Instant,
  background: Background,
  evidence: Evidence,
): Promise<SeenChain> {
  const answers = evidence.takeOptions(provider, instrument.symbol);
  const answered = new Set(answers.map(({ expiry }) => expiry));
  const isWhole = answers.length > 0 && expected.every(({ expiry }) => answered.has(expiry));
  if (isWhole) return seenChain(answers, []);
  const held = await background.options(provider, instrument.symbol, at);
  // Beside answers of now, older ones are of the same moment only if they are not an hour old.
  const isRecent = (ts: Instant): boolean => answers.length === 0 || ts > at - hour;
  return seenChain(
    answers,
    held.filter(({ expiry, ts }) => !answered.has(expiry) && isRecent(ts)),
  );
}

/** The closes of finished sessions, the oldest first; this run's answers go before what the lake holds. */
function joinedCloses(
  held: readonly DailyValue[],
  answered: ReadonlyMap<LocalDate, number>,
  session: LocalDate,
): readonly number[] {
  const closes = new Map([...held.map(({ session: date, value }) => [date, value] as const), ...answered]);
  return [...closes]
    .filter(([date]) => date <= session)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, close]) => close);
}

/** The market's volatility as last known, if that was in this session or the one before. */
function volatilityIndexAt(
  { provider, instrument }: SeriesOf<'overviews'>,
  session: LocalDate,
  calendar: Calendar,
  { settings, knowledge }: ComputingParts,
): number {
  const known = knowledge.price(provider, volatilityIndexOf(instrument, settings));
  const before = calendar.sessions(addDays(session, -15), session).at(-1)?.date ?? session;
  return known !== undefined && known.on >= before ? known.price : NaN;
}
