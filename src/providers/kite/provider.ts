import type { Calendar } from '../../core/calendar.js';
import type { Clock } from '../../core/clock.js';
import type { Failure } from '../../core/failure.js';
import type { Outcome, Request } from '../../core/request.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { second } from '../../core/time.js';
import type { Duration } from '../../core/time.js';
import type { Window } from '../../core/window.js';
import { computedNotAsked } from '../computed-not-asked.js';
import type { Provider } from '../contract.js';
import { kiteApi } from './api.js';
import type { KiteApi } from './api.js';
import type { BarSeries } from './bar-series.js';
import type { CredentialProblem } from './credential-problem.js';
import type { KiteCredentials } from './credentials.js';
import { failureFor, stopped } from './failures.js';
import { history } from './history.js';
import type { History } from './history.js';
import { indianDate } from './indian-time.js';
import { instrumentBook } from './instruments/book.js';
import type { InstrumentBook } from './instruments/book.js';
import { listCache } from './instruments/cache.js';
import type { InstrumentTable } from './instruments/table.js';
import { chainRows, contractRows } from './listing-rows.js';
import { findListed } from './listed.js';
import type { Listed } from './listed.js';
import type { KiteNotice } from './notice.js';
import { optionsOf } from './option-list.js';
import { quoteOf, snapshotOf } from './snapshots.js';

/** What the Kite provider is made of. */
export interface KiteParts {
  readonly settings: {
    readonly root: string;
    /** How old the list of instruments may become. */
    readonly instrumentsMaxAge: Duration;
  };
  /** Asked at every opening, so that a login between two runs counts. */
  readonly credentials: () => Promise<Result<KiteCredentials, CredentialProblem>>;
  /** Where the list of instruments is kept for later processes. */
  readonly cacheFolder: string;
  readonly calendarOf: (calendar: string) => Calendar | undefined;
  readonly clock: Clock;
  readonly notices: (notice: KiteNotice) => void;
}

/** What there is between opening and closing. */
interface Session {
  readonly api: KiteApi;
  readonly book: InstrumentBook;
  readonly history: History;
}

/** How often the profile is asked for before Kite counts as out of reach, and the pause between. */
const openings = 3;
const pause: Duration = second;

/** Zerodha Kite through Kite Connect: quotes, candles, and chains out of the list of instruments. */
export function kiteProvider(parts: KiteParts): Provider {
  const { settings, clock, notices } = parts;
  let session: Session | null = null;
  const close = (): void => {
    session?.api.close();
    session = null;
  };
  return {
    name: 'kite',

    async open(signal) {
      close();
      const credentials = await parts.credentials();
      if (!credentials.ok)
        return {
          kind: 'fatal',
          message: credentials.error.message,
          remedy: credentials.error.remedy,
          code: 'credentials',
        };
      const { root } = settings;
      const api = kiteApi({ ...credentials.value, root });
      const failure = await greet(api, credentials.value, parts, signal);
      if (failure !== null) {
        api.close();
        return failure;
      }
      const book = instrumentBook({
        download: (stop) => download(api, stop),
        cache: listCache(parts.cacheFolder, root),
        maxAge: settings.instrumentsMaxAge,
        clock,
        notices,
      });
      session = { api, book, history: history({ api, clock, notices }) };
      return null;
    },

    async fetch(request, signal) {
      if (signal.aborted) return failed(stopped);
      if (session === null) return failed({ kind: 'fatal', message: 'Kite has not been opened' });
      const table = await session.book.table(signal);
      if (!table.ok) return failed(table.error);
      const listed = findListed(table.value, request.series.instrument);
      if (!listed.ok) return failed(listed.error);
      return answer(session, parts, table.value, listed.value, request, signal);
    },

    async close() {
      close();
    },
  };
}

/** Asks who we are: the one way to learn whether the token still counts. */
async function greet(
  api: KiteApi,
  { source }: KiteCredentials,
  { settings: { root }, clock }: KiteParts,
  signal: AbortSignal,
): Promise<Failure | null> {
  for (let opening = 1; ; opening++) {
    const profile = await api.profile(signal);
    if (signal.aborted) return stopped;
    if (profile.ok) return null;
    const failure = failureFor(profile.error);
    const { kind, message, code } = failure;
    const mayPass = kind === 'retryable' || kind === 'pacing';
    if (mayPass && opening < openings) {
      await clock.sleepUntil(clock.now() + pause, signal).catch(() => undefined);
      continue;
    }
    const words = mayPass
      ? `Kite cannot be reached at ${root}: ${message}`
      : `Kite does not accept the access token from ${source}: ${message}`;
    const remedy = failure.kind === 'fatal' ? failure.remedy : undefined;
    return {
      kind: 'fatal',
      message: words,
      ...(code === undefined ? {} : { code }),
      ...(remedy === undefined ? {} : { remedy }),
    };
  }
}

async function download(api: KiteApi, signal: AbortSignal): Promise<Result<string, Failure>> {
  const list = await api.instruments(signal);
  if (signal.aborted) return err(stopped);
  if (!list.ok) return err(failureFor(list.error));
  if (typeof list.value === 'string') return ok(list.value);
  return err({ kind: 'retryable', message: 'an answer to instruments that is no list of instruments' });
}

async function answer(
  { api, history: bars }: Session,
  { calendarOf, clock }: KiteParts,
  table: InstrumentTable,
  listed: Listed,
  { series, window }: Request,
  signal: AbortSignal,
): Promise<Outcome> {
  const { symbol, calendar: calendarName } = series.instrument;
  const barsOf = async (asked: BarSeries, token: number): Promise<Outcome> => {
    const calendar = calendarOf(calendarName);
    if (calendar === undefined)
      return failed({ kind: 'invalid', message: `${symbol} follows the calendar ${calendarName}, which is not known` });
    if (window === null) return failed({ kind: 'invalid', message: 'bars are asked for by window' });
    return bars.bars({ series: asked, token, window, calendar }, signal);
  };
  switch (series.dataset) {
    case 'contracts':
      return { kind: 'rows', rows: contractRows(table, listed), answered: null };
    case 'chains': {
      const today = indianDate(clock.now());
      const options = optionsOf(table, listed).options.filter(({ expiry }) => expiry >= today);
      if (options.length === 0) return { kind: 'empty' };
      return { kind: 'rows', rows: chainRows(table, listed, options), answered: null };
    }
    case 'equity_bars':
      return barsOf(series, listed.token);
    case 'option_bars': {
      const { contract } = series;
      const option = optionsOf(table, listed).find(contract);
      const hasExpired = contract.expiry < indianDate(clock.now()) || isAfter(window, contract.expiry);
      if (hasExpired)
        return failed({
          kind: 'lost',
          message: `Kite forgets options that have expired: ${symbol} ${contract.expiry}`,
        });
      if (option === undefined) return { kind: 'empty', unlisted: [contract] };
      return barsOf(series, option.conId);
    }
    case 'history_starts':
      return failed({
        kind: 'invalid',
        message: 'Kite does not tell since when it has bars of an instrument: leave the step out',
      });
    case 'quotes':
      return quoteOf(api, listed, signal);
    case 'option_snapshots':
      return snapshotOf(api, series, listed, optionsOf(table, listed), clock.now(), signal);
    case 'overviews':
      return failed(computedNotAsked);
  }
}

/** Whether a window lies behind a day altogether. */
function isAfter(window: Window | null, date: string): boolean {
  return window !== null && indianDate(window.start) > date;
}

function failed(failure: Failure): Outcome {
  return { kind: 'failure', failure };
}
