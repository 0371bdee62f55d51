import { decodeLacks } from '../../core/answer-lacks.js';
import type { Lack } from '../../core/answer-lacks.js';
import { isWaitingForAnswer } from '../../core/empty-confirmation.js';
import { parseSeriesName } from '../../core/series.js';
import type { ProviderName, SeriesName } from '../../core/series.js';
import type { CoveredWindow } from '../../core/coverage.js';
import type { Instant, LocalDate } from '../../core/time/time.js';
import { addDays } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import type { Calendar } from '../../core/time/calendar.js';
import { toZonedDate } from '../../core/time/time-zone.js';
import type { Pipeline, Step } from '../../config/pipeline/pipeline.js';
import type { LakeState } from '../../lake/api.js';
import { wantedSessions } from '../../plan/gaps/wanted-sessions.js';
import { defaultPlanOptions } from '../../plan/plan-options.js';
import { getStepDataset } from '../../plan/tasks/planned-task.js';
import { querySymbolZones } from '../../queries/symbol-zones.js';
import type { SymbolZones } from '../../queries/symbol-zones.js';
import type { AppContext, Folders } from '../context.js';
import { getCalendarOrExit } from '../get-calendar.js';
import { withLakeReader } from '../lake-reader.js';
import { getProviderLimits } from '../providers/create-provider.js';

/** A window of a series for which the provider has answered without rows, or without some parts that it should have. */
export interface EmptyWindow {
  readonly dataset: string;
  readonly symbol: string;
  readonly provider: ProviderName;
  readonly series: SeriesName;
  /** First and last date: of the sessions with a pipeline, otherwise in the zone of the exchange, or UTC without a contract. */
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** The window itself, in the zone of the exchange, if it is only a part of sessions; null for whole sessions. */
  readonly part: (Window & { readonly timeZone: string }) | null;
  /** Null without a pipeline that has the symbol, and for tables of the current state. */
  readonly sessions: number | null;
  /** True if enough answers confirm it: the window counts as empty and is not requested again. */
  readonly isConfirmed: boolean;
  /** The parts that an answer with rows lacks, such as options of a snapshot; null for an answer without rows. */
  readonly lacks: EmptyParts | null;
  /** Null if an earlier version recorded the window as empty after one answer. */
  readonly answers: number | null;
  readonly lastRequestedAt: Instant;
  /** The instant from which a run requests it again; null if no run does, and without a pipeline. */
  readonly requestedAgainAt: Instant | null;
  /** False if no step of the pipeline wants it, for example because it is older than the lookback; true without a pipeline. */
  readonly isWanted: boolean;
}

/** Parts of an answer by name, of as many as it should have. */
export interface EmptyParts {
  readonly items: readonly string[];
  readonly total: number;
}

/** Lists the empty windows of a lake, or of the symbols of a pipeline. */
export function readEmptyWindows(
  pipeline: Pipeline | null,
  ctx: Folders & Pick<AppContext, 'clock'>,
): Promise<readonly EmptyWindow[]> {
  return withLakeReader(ctx, async (reader) => {
    const state = await reader.readState();
    const list = (zones: SymbolZones): readonly EmptyWindow[] =>
      listEmptyWindows(state, pipeline, ctx.clock.now(), zones);
    const found = list(new Map());
    return found.length === 0 ? found : list(await querySymbolZones(reader));
  });
}

export function listEmptyWindows(
  state: LakeState,
  pipeline: Pipeline | null,
  now: Instant,
  zones: SymbolZones,
): readonly EmptyWindow[] {
  const calendars = new Map(
    pipeline?.symbols.map(({ instrument }) => [instrument.symbol, getCalendarOrExit(instrument.calendar)]),
  );
  const isWanted = createWantedCheck(pipeline, now);
  const found: EmptyWindow[] = [];
  for (const { provider, series } of state.series()) {
    const { dataset, symbol, parameters } = parseSeriesName(series);
    const calendar = calendars.get(symbol);
    const zone = calendar?.timeZone ?? zones.get(symbol) ?? 'UTC';
    // An option that is listed and does not exist is no gap.
    if ((pipeline !== null && calendar === undefined) || (dataset === 'chains' && parameters !== '')) continue;
    const isSpan = dataset === 'equity_bars' || dataset === 'option_bars';
    for (const window of state.coverage(provider, series)) {
      if (window.lacks !== undefined) {
        const whole = { sessions: null, part: null, isWanted: true };
        const names = { dataset, symbol, provider, series, ...toDates(window, zone), ...whole };
        for (const parts of listIncomplete(window, pipeline, provider, now)) found.push({ ...names, ...parts });
      }
      if (window.state !== 'empty' && (window.state !== 'failed' || window.emptyAnswers === undefined)) continue;
      const dates = isSpan
        ? findDates(window, calendar, zone)
        : { ...toDates(window, zone), sessions: null, part: null };
      if (dates === null) continue;
      const wanted = isWanted(dataset, provider, calendar, dates);
      found.push({
        dataset,
        symbol,
        provider,
        series,
        ...dates,
        isConfirmed: window.state === 'empty',
        lacks: null,
        answers: window.emptyAnswers ?? null,
        lastRequestedAt: window.lastRequestedAt,
        requestedAgainAt:
          pipeline === null || !wanted ? null : findNextRequest(window, isSpan, pipeline, provider, now),
        isWanted: wanted,
      });
    }
  }
  return found;
}

type Incomplete = Pick<EmptyWindow, 'isConfirmed' | 'lacks' | 'answers' | 'lastRequestedAt' | 'requestedAgainAt'>;

/** Lists the parts that an answer with rows lacks: those that are requested again, and those that are confirmed. */
function listIncomplete(
  { lacks: text = '[0]' }: CoveredWindow,
  pipeline: Pipeline | null,
  provider: ProviderName,
  now: Instant,
): readonly Incomplete[] {
  const { total, lacks } = decodeLacks(text);
  const every = pipeline === null ? null : (getProviderLimits(pipeline, provider).confirmEmpty?.every ?? null);
  const toIncomplete = (parts: readonly Lack[], isConfirmed: boolean): readonly Incomplete[] => {
    if (parts.length === 0) return [];
    const since = parts.reduce((latest, part) => Math.max(latest, part.since), -Infinity);
    return [
      {
        isConfirmed,
        lacks: { items: parts.map(({ item }) => item), total },
        answers: parts.reduce((least, { answers }) => Math.min(least, answers), Infinity),
        lastRequestedAt: since,
        requestedAgainAt: isConfirmed || every === null ? null : Math.max(now, since + every),
      },
    ];
  };
  return [
    ...toIncomplete(
      lacks.filter(({ kind }) => kind !== 'confirmed'),
      false,
    ),
    ...toIncomplete(
      lacks.filter(({ kind }) => kind === 'confirmed'),
      true,
    ),
  ];
}

interface Dates {
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly sessions: number | null;
  readonly part: EmptyWindow['part'];
}

function toDates({ start, end }: CoveredWindow, zone: string): Pick<Dates, 'from' | 'to'> {
  return { from: toZonedDate(zone, start), to: toZonedDate(zone, end - 1) };
}

/** Returns the dates of the sessions in a window; null if there is no trading in it. */
function findDates(window: CoveredWindow, calendar: Calendar | undefined, zone: string): Dates | null {
  if (calendar === undefined) return { ...toDates(window, zone), sessions: null, part: null };
  const sessions = calendar
    .sessions(calendar.dateAt(window.start), addDays(calendar.dateAt(window.end - 1), 1))
    .filter(({ open, close }) => open < window.end && close > window.start);
  const [first] = sessions;
  const last = sessions.at(-1);
  if (first === undefined || last === undefined) return null;
  const isWhole = window.start <= first.open && window.end >= last.close;
  const part = isWhole ? null : { start: window.start, end: window.end, timeZone: zone };
  return { from: first.date, to: last.date, sessions: sessions.length, part };
}

type WantedCheck = (
  dataset: string,
  provider: ProviderName,
  calendar: Calendar | undefined,
  dates: Pick<Dates, 'from' | 'to'>,
) => boolean;

/** Creates the function that decides whether a step of the pipeline wants dates of a table; true without a pipeline. */
function createWantedCheck(pipeline: Pipeline | null, now: Instant): WantedCheck {
  const datesByStep = new Map<string, ReadonlySet<LocalDate>>();
  const listWanted = (step: Step, calendar: Calendar): ReadonlySet<LocalDate> => {
    if (step.uses !== 'equity' && step.uses !== 'options') return new Set();
    const key = `${step.name}\n${calendar.exchange}`;
    const known = datesByStep.get(key);
    if (known !== undefined) return known;
    const sessions = wantedSessions(calendar, step.lookback, step.hours, defaultPlanOptions, now);
    const dates = new Set(sessions.map(({ date }) => date));
    datesByStep.set(key, dates);
    return dates;
  };
  return (dataset, provider, calendar, { from, to }) => {
    if (pipeline === null || calendar === undefined) return true;
    return pipeline.steps.some((step) => {
      if (getStepDataset(step) !== dataset || step.provider !== provider) return false;
      if (step.uses !== 'equity' && step.uses !== 'options') return true;
      return [...listWanted(step, calendar)].some((date) => date >= from && date <= to);
    });
  };
}

function findNextRequest(
  window: CoveredWindow,
  isSpan: boolean,
  pipeline: Pipeline,
  provider: ProviderName,
  now: Instant,
): Instant | null {
  const { confirmEmpty } = getProviderLimits(pipeline, provider);
  if (window.state === 'empty' || confirmEmpty === undefined) return null;
  // Every run requests a table of the current state again.
  return isSpan && isWaitingForAnswer(window, confirmEmpty, now) ? window.lastRequestedAt + confirmEmpty.every : now;
}
