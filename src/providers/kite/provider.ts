import type { Calendar } from '../../core/time/calendar.js';
import type { Clock } from '../../core/time/clock.js';
import type { Failure } from '../../core/failure.js';
import type { FetchOutcome, Request } from '../../core/request.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import { notFetchable } from '../not-fetchable.js';
import type { FetchContext, Provider } from '../provider.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import { openKiteApi } from './api.js';
import type { KiteApi } from './api.js';
import type { CredentialProblem } from './auth/credential-problem.js';
import type { KiteCredentials } from './auth/credentials.js';
import { toKiteFailure, abortedFailure, loginHint } from './failures.js';
import { isRecord } from '../../platform/json.js';
import type { BarSeries } from './history/candles.js';
import { createBarHistory } from './history/bar-history.js';
import type { BarHistory } from './history/bar-history.js';
import { toIndianDate } from './indian-time.js';
import { createInstrumentCatalog } from './instruments/instrument-catalog.js';
import type { InstrumentCatalog } from './instruments/instrument-catalog.js';
import { createInstrumentListCache } from './instruments/instrument-list-cache.js';
import type { InstrumentTable } from './instruments/instrument-table.js';
import { toChainRows, toContractRows } from './instruments/listing-rows.js';
import { resolveInstrument } from './instruments/resolve-instrument.js';
import type { ListedInstrument } from './instruments/resolve-instrument.js';
import type { KiteNotice } from './notice.js';
import { getOptionList } from './instruments/option-list.js';
import { fetchQuote, fetchSnapshot } from './fetch-quotes.js';
import { createQuoteCalls } from './quote-calls.js';
import type { QuoteCalls } from './quote-calls.js';

export interface KiteProviderDeps {
  readonly settings: {
    readonly baseUrl: string;
    /** The list of instruments is downloaded again after this time. */
    readonly instrumentsMaxAge: Duration;
  };
  /** Called at every opening, so that a login between two runs takes effect. */
  readonly credentials: () => Promise<Result<KiteCredentials, CredentialProblem>>;
  /** Stores the list of instruments for later processes. */
  readonly cacheFolder: string;
  readonly calendarOf: (calendar: string) => Calendar | undefined;
  readonly clock: Clock;
  readonly onNotice: (notice: KiteNotice) => void;
}

interface KiteConnection {
  readonly api: KiteApi;
  readonly catalog: InstrumentCatalog;
  readonly history: BarHistory;
  readonly quoteCalls: QuoteCalls;
}

/** Attempts to fetch the profile before Kite counts as unreachable, and the delay between them. */
const maxOpenAttempts = 3;
const retryDelay: Duration = second;

/** Zerodha Kite through Kite Connect: quotes, candles, and chains from the list of instruments. */
export function createKiteProvider(deps: KiteProviderDeps): Provider {
  const { settings, clock, onNotice } = deps;
  let connection: KiteConnection | null = null;
  const close = async (): Promise<void> => {
    const closing = connection;
    connection = null;
    closing?.api.close();
    await closing?.catalog.close();
  };
  return {
    name: 'kite',

    async open(signal) {
      await close();
      const credentials = await deps.credentials();
      if (!credentials.ok) return err({ ...credentials.error, kind: 'fatal', code: 'credentials' });
      const { baseUrl } = settings;
      const api = openKiteApi({ ...credentials.value, baseUrl });
      const verified = await verifyLogin(api, credentials.value, deps, signal);
      if (!verified.ok) {
        api.close();
        return verified;
      }
      const catalog = createInstrumentCatalog({
        download: (downloadSignal) => downloadInstruments(api, downloadSignal),
        cache: createInstrumentListCache(deps.cacheFolder, baseUrl),
        maxAge: settings.instrumentsMaxAge,
        clock,
        onNotice,
      });
      const history = createBarHistory({ api, clock, onNotice });
      connection = { api, catalog, history, quoteCalls: createQuoteCalls(api, clock) };
      return ok(undefined);
    },

    async fetch(request, context) {
      const { signal } = context;
      if (signal.aborted) return failureOutcome(abortedFailure);
      if (connection === null) return failureOutcome({ kind: 'fatal', message: 'the connection to Kite is not open' });
      const table = await connection.catalog.getTable(signal);
      if (!table.ok) return failureOutcome(table.error);
      const listed = resolveInstrument(table.value, request.series.instrument);
      if (!listed.ok) return failureOutcome(listed.error);
      return fetchSeries(connection, deps, table.value, listed.value, request, context);
    },

    close,
  };
}

/** Fetches the profile, the only call that shows whether the token is valid without using a budget for data. */
async function verifyLogin(
  api: KiteApi,
  credentials: KiteCredentials,
  { settings: { baseUrl }, clock }: KiteProviderDeps,
  signal: AbortSignal,
): Promise<Result<void, Failure>> {
  for (let attempt = 1; ; attempt++) {
    const profile = await api.profile(signal);
    if (signal.aborted) return err(abortedFailure);
    if (profile.ok) return checkUser(profile.value, credentials);
    const failure = toKiteFailure(profile.error);
    const { kind, message, code } = failure;
    const isTransient = kind === 'retryable' || kind === 'pacing';
    if (isTransient && attempt < maxOpenAttempts) {
      await clock.sleepUntil(clock.now() + retryDelay, signal).catch(() => undefined);
      continue;
    }
    const description = isTransient
      ? `cannot reach Kite at ${baseUrl}: ${message}`
      : `Kite rejected the access token from ${credentials.tokenSource}: ${message}`;
    const { tokenVariable = null } = credentials;
    const isStaleVariable = tokenVariable !== null && code === 'TokenException';
    const hint = isStaleVariable ? getVariableHint(tokenVariable) : isTransient ? unreachableHint : failure.hint;
    return err({ kind: 'fatal', message: description, ...omitUndefined({ code, hint }) });
  }
}

const unreachableHint = 'check the network and KITE_BASE_URL, and try again; `pipe doctor kite` checks each step';

/** A login does not help while the variable hides its token. */
function getVariableHint(variable: string): string {
  return `unset ${variable} and log in with \`pipe login kite\`, or set it to a token of today: tokens expire at 06:00 in India`;
}

/** A profile without a user comes from something else than Kite, such as a proxy that answers every request. */
function checkUser(profile: unknown, { tokenSource, userId = null }: KiteCredentials): Result<void, Failure> {
  const found = isRecord(profile) ? profile['user_id'] : undefined;
  if (typeof found !== 'string' || found === '')
    return err({
      kind: 'fatal',
      message: 'the response to a request for the profile names no user',
      hint: 'check KITE_BASE_URL, and whether a proxy answers in place of Kite',
    });
  if (userId === null || userId === found) return ok(undefined);
  return err({
    kind: 'fatal',
    message: `the access token from ${tokenSource} was issued to ${userId}, and Kite says that it belongs to ${found}`,
    hint: loginHint,
  });
}

async function downloadInstruments(api: KiteApi, signal: AbortSignal): Promise<Result<string, Failure>> {
  const list = await api.instruments(signal);
  if (signal.aborted) return err(abortedFailure);
  if (!list.ok) return err(toKiteFailure(list.error));
  if (typeof list.value === 'string') return ok(list.value);
  return err({ kind: 'retryable', message: 'the response to a request for instruments is not a list of instruments' });
}

async function fetchSeries(
  { quoteCalls, history: barHistory }: KiteConnection,
  { calendarOf, clock }: KiteProviderDeps,
  table: InstrumentTable,
  listed: ListedInstrument,
  { series, window }: Request,
  context: FetchContext,
): Promise<FetchOutcome> {
  const { symbol, calendar: calendarName } = series.instrument;
  const fetchBars = async (barSeries: BarSeries, token: number): Promise<FetchOutcome> => {
    const calendar = calendarOf(calendarName);
    if (calendar === undefined)
      return failureOutcome({ kind: 'invalid', message: `unknown calendar ${calendarName} of ${symbol}` });
    if (window === null) return failureOutcome({ kind: 'invalid', message: 'a request for bars needs a window' });
    return barHistory.fetchBars({ series: barSeries, token, window, calendar }, context);
  };
  switch (series.dataset) {
    case 'contracts':
      return { kind: 'rows', rows: toContractRows(table, listed), answeredWindow: null };
    case 'chains': {
      const today = toIndianDate(clock.now());
      const options = getOptionList(table, listed).options.filter(({ expiry }) => expiry >= today);
      if (options.length === 0) return { kind: 'empty' };
      return { kind: 'rows', rows: toChainRows(table, listed, options), answeredWindow: null };
    }
    case 'equity_bars':
      return fetchBars(series, listed.token);
    case 'option_bars': {
      const { contract } = series;
      const option = getOptionList(table, listed).find(contract);
      const hasExpired = contract.expiry < toIndianDate(clock.now()) || isWindowAfter(window, contract.expiry);
      if (hasExpired)
        return failureOutcome({
          kind: 'unavailable',
          message: `Kite deletes the history of expired options: ${symbol} ${contract.expiry}`,
        });
      if (option === undefined) return { kind: 'empty', unlisted: [contract] };
      return fetchBars(series, option.conId);
    }
    case 'history_starts':
      return failureOutcome({
        kind: 'invalid',
        message: 'Kite does not report the beginning of history: remove the step',
      });
    case 'quotes':
      return fetchQuote(quoteCalls, listed, context);
    case 'option_snapshots':
      return fetchSnapshot(quoteCalls, series, listed, getOptionList(table, listed), clock.now(), context);
    case 'overviews':
    case 'corporate_actions':
      return failureOutcome(notFetchable);
  }
}

function isWindowAfter(window: Window | null, date: string): boolean {
  return window !== null && toIndianDate(window.start) > date;
}

function failureOutcome(failure: Failure): FetchOutcome {
  return { kind: 'failure', failure };
}
