import type { CoveredWindow, SeriesCoverage } from '../core/coverage.js';
import { describeEmptyAnswers } from '../core/empty-confirmation.js';
import type { EmptyConfirmation } from '../core/empty-confirmation.js';
import type { ClosedWindow } from '../core/fetch-result.js';
import type { FetchOutcome } from '../core/request.js';
import type { Series } from '../core/series.js';
import type { Calendar, TradingSession } from '../core/time/calendar.js';
import { addDays } from '../core/time/time.js';
import type { Instant } from '../core/time/time.js';
import { intersect, normalize, subtract } from '../core/time/window.js';
import type { Window } from '../core/time/window.js';
import { hasRowsInLake } from '../plan/quiet-options.js';

/** What decides about windows that an answer leaves without rows. */
export interface EmptyRules {
  readonly calendar: Calendar;
  readonly confirmation: EmptyConfirmation;
  /** The coverage of the series before the answer. */
  readonly earlier: SeriesCoverage;
  readonly answeredAt: Instant;
}

/** After this many confirmed sessions in a row the absence is established: a listing that began or ended. */
const establishedSessions = 10;

/** Weekends and holidays included. */
const establishedDays = 21;

/** The state of a window, with what explains it. */
export type ClosedState = Omit<ClosedWindow, 'window' | 'rows'>;

/** The state of a window without rows whose first answer counts. */
export const emptyAtOnce: ClosedState = { state: 'empty', emptyAnswers: 1 };

/** The state of a window without rows in a session that is not final yet: the answer does not count. */
export const emptyBeforeFinal: ClosedState = { state: 'failed', reason: 'no rows yet', emptyAnswers: 0 };

/** Resolves a window of a session without rows: confirmed by earlier answers, or one answer closer to it. */
export function resolveEmptyWindow(window: Window, session: TradingSession, rules: EmptyRules): ClosedState {
  const [traded = window] = intersect([window], [{ start: session.open, end: session.close }]);
  const earlierAnswers = countEarlierAnswers(traded, rules);
  const isEstablished = earlierAnswers === 0 && isAbsenceEstablished(session, rules);
  return toClosed(earlierAnswers, isEstablished, rules);
}

/**
 * Leaves options that the provider says not to know, although they exist, to the rules for answers without rows: the series has rows in
 * the lake, or the provider listed the option by a number. Definitions of contracts go missing in outages too. A snapshot has many
 * options, so its earlier rows only show that not all of them are unknown.
 */
export function doubtUnlisted(
  outcome: FetchOutcome,
  { dataset }: Pick<Series, 'dataset'>,
  { confirmation, earlier }: Pick<EmptyRules, 'confirmation' | 'earlier'>,
): FetchOutcome {
  if (outcome.kind === 'failure' || outcome.unlisted === undefined || confirmation.answers <= 1) return outcome;
  const hasRows = hasRowsInLake(earlier) && (dataset !== 'option_snapshots' || outcome.kind === 'empty');
  return { ...outcome, unlisted: outcome.unlisted.filter(({ conId }) => conId === null && !hasRows) };
}

/** Resolves a point without rows. */
export function resolveEmptyPoint(rules: EmptyRules): ClosedState {
  const latest = rules.earlier.at(-1);
  const earlierAnswers = latest === undefined ? 0 : countAnswers(latest, rules);
  return toClosed(earlierAnswers, false, rules);
}

function toClosed(earlierAnswers: number, isEstablished: boolean, { confirmation }: EmptyRules): ClosedState {
  const emptyAnswers = earlierAnswers + 1;
  if (emptyAnswers >= confirmation.answers || isEstablished) return { state: 'empty', emptyAnswers };
  return { state: 'failed', reason: describeEmptyAnswers(emptyAnswers, confirmation), emptyAnswers };
}

/** Counts the answers that all of a window has had; an answer too soon after the last one does not add to them. */
function countEarlierAnswers(window: Window, rules: EmptyRules): number {
  const known = rules.earlier.filter(({ start, end }) => start < window.end && end > window.start);
  if (subtract([window], normalize(known)).length > 0) return 0;
  return Math.min(...known.map((one) => countAnswers(one, rules)));
}

/** Returns the count to add the answer to: one less when the answer came too soon to count. */
function countAnswers(
  { state, emptyAnswers, lastRequestedAt }: CoveredWindow,
  { confirmation, answeredAt }: EmptyRules,
): number {
  // Only the user's command asks again for a confirmed window, or for one that an earlier version believed.
  if (state === 'empty') return confirmation.answers - 1;
  if (state !== 'failed' || emptyAnswers === undefined || emptyAnswers === 0) return 0;
  return answeredAt - lastRequestedAt >= confirmation.every ? emptyAnswers : emptyAnswers - 1;
}

/** Returns whether a long run of confirmed sessions precedes or follows a session without a gap. */
function isAbsenceEstablished({ date }: TradingSession, { calendar, earlier }: EmptyRules): boolean {
  const isConfirmed = ({ open, close }: TradingSession): boolean =>
    earlier.some(({ state, start, end }) => state === 'empty' && start <= open && end >= close);
  const before = calendar.sessions(addDays(date, -establishedDays), date).slice(-establishedSessions);
  const after = calendar.sessions(addDays(date, 1), addDays(date, establishedDays)).slice(0, establishedSessions);
  return [before, after].some((run) => run.length === establishedSessions && run.every(isConfirmed));
}
