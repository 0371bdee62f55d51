import { setMaxListeners } from 'node:events';

import type { Calendar } from '../../core/time/calendar.js';
import type { Clock } from '../../core/time/clock.js';
import type { Failure } from '../../core/failure.js';
import { err, ok } from '../../core/result.js';
import type { FetchOutcome, Request } from '../../core/request.js';
import type { SeriesOf } from '../../core/series.js';
import { minute, second } from '../../core/time/time.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Duration } from '../../core/time/time.js';
import { notFetchable } from '../not-fetchable.js';
import { unpacedCalls } from '../provider.js';
import type { Provider, SourceCalls } from '../provider.js';
import { describeContract } from './describe-contract.js';
import { toDetailsContract, toWireContract } from './mapping/wire-contract.js';
import { createContractDefinitions } from './contract-definitions.js';
import { competingSessionCode, competingSessionHint, toIbFailure } from './failures.js';
import { fetchBars } from './fetch-bars.js';
import { fetchQuote, fetchSnapshot } from './fetch-quotes.js';
import { createMarketDataLines } from './market-data-lines.js';
import { createGatewayClient } from './gateway/gateway-client.js';
import type { GatewayClient } from './gateway/gateway-client.js';
import type { IbNotice } from './notice.js';
import { buildHeadTimestampRequest } from './build-requests.js';
import { defaultTimings, getLineSpacing, getUsableLines } from './settings.js';
import type { IbSettings, IbTimings } from './settings.js';
import { parseGatewayTime } from './mapping/gateway-time.js';

export interface IbProviderDeps {
  readonly settings: IbSettings;
  readonly calendarOf: (calendar: string) => Calendar | undefined;
  readonly clock: Clock;
  readonly onNotice: (notice: IbNotice) => void;
  readonly timings?: Partial<IbTimings>;
}

/** The delays after consecutive pacing violations of historical requests. */
const pacingDelays: readonly Duration[] = [15 * second, minute, 3 * minute, 10 * minute];

/** Interactive Brokers through TWS or IB Gateway. */
export function createIbProvider({
  settings,
  calendarOf,
  clock,
  onNotice,
  timings: timingOverrides = {},
}: IbProviderDeps): Provider {
  const timings: IbTimings = { ...defaultTimings, ...timingOverrides };
  const { lineSpacing = getLineSpacing(settings.lines) } = timings;
  const lines = createMarketDataLines(getUsableLines(settings.lines), lineSpacing, clock);
  const gateway = createGatewayClient({
    settings,
    timings,
    clock,
    onNotice,
    onSent: (farm) => {
      if (farm !== 'market') lines.noteMessage();
    },
  });
  let { stopping } = unpacedCalls;
  // Requests share definitions, so none of them waits alone; the signal is the same for all of a run.
  const definitions = createContractDefinitions({
    ...gateway,
    send: (request, signal) => gateway.send(request, signal, { ...unpacedCalls, stopping }),
  });
  const notify = (kind: IbNotice['kind'], message: string, code: number | null = null): void =>
    onNotice({ at: clock.now(), kind, code, message });
  const quoteDeps = { gateway, definitions, lines, clock, settings, timings, notify };
  let consecutiveViolations = 0;
  let hasWarnedDelayed = false;
  let accounts: readonly string[] = [];

  const fetch = async (
    { series: requested, window, closes }: Request,
    signal: AbortSignal,
    calls: SourceCalls,
  ): Promise<FetchOutcome> => {
    const { isin, figi } = requested.instrument.ids ?? {};
    const needsNumber = requested.dataset !== 'contracts' && (isin ?? figi) !== undefined;
    const identified = needsNumber
      ? await definitions.identify(requested.instrument, signal)
      : ok(requested.instrument);
    if (!identified.ok) return { kind: 'failure', failure: identified.error };
    const instrument = identified.value;
    const series = { ...requested, instrument };
    const calendar = calendarOf(instrument.calendar);
    if (calendar === undefined)
      return invalidOutcome(`unknown calendar ${instrument.calendar} of ${instrument.symbol}`);
    switch (series.dataset) {
      case 'contracts':
        calls.describe?.(describeContract(toDetailsContract(instrument)));
        return definitions.fetchContract(instrument, signal);
      case 'chains':
        calls.describe?.({ ...describeContract(toWireContract(instrument)), asked: 'option parameters' });
        return definitions.fetchChain(instrument, calendar, clock.now(), signal);
      case 'equity_bars':
      case 'option_bars':
        if (window === null) return invalidOutcome('a request for bars needs a window');
        return fetchBars(series, { window, closes }, calendar, { gateway, definitions, clock }, { calls, signal });
      case 'history_starts':
        calls.describe?.({
          ...describeContract(toWireContract(instrument)),
          ...{ what: series.priceType, use_rth: series.hours === 'rth' },
        });
        return fetchHistoryStart(series, calendar, withSourceCalls(gateway, calls), signal);
      case 'quotes':
        calls.describe?.({
          ...describeContract(toWireContract(instrument)),
          market_data_type: settings.marketDataType,
        });
        return fetchQuote(instrument, { ...quoteDeps, gateway: withSourceCalls(gateway, calls) }, signal);
      case 'option_snapshots':
        // One call for each option; the rows of the answer name them.
        calls.describe?.({
          ...{ symbol: instrument.symbol, expiry: series.expiry, options: series.contracts.length },
          market_data_type: settings.marketDataType,
        });
        return fetchSnapshot(series, calendar, { ...quoteDeps, gateway: withSourceCalls(gateway, calls) }, signal);
      case 'overviews':
      case 'corporate_actions':
        return { kind: 'failure', failure: notFetchable };
    }
  };

  const fetchHistoryStart = async (
    { instrument, priceType, hours }: SeriesOf<'history_starts'>,
    calendar: Calendar,
    pacedGateway: GatewayClient,
    signal: AbortSignal,
  ): Promise<FetchOutcome> => {
    const reply = await pacedGateway.send(
      buildHeadTimestampRequest(toWireContract(instrument), priceType, hours),
      signal,
    );
    if (!reply.ok) {
      if (reply.error.kind === 'gateway' && reply.error.meaning.kind === 'no-data') return { kind: 'empty' };
      return { kind: 'failure', failure: toIbFailure(reply.error) };
    }
    const instant = parseGatewayTime(reply.value, calendar.timeZone);
    if (instant === null || instant > clock.now()) {
      const message = `cannot parse the beginning of history: ${reply.value}`;
      return { kind: 'failure', failure: { kind: 'retryable', code: 'unreadable', message } };
    }
    const first = Float64Array.of(instant);
    return { kind: 'rows', rows: { dataset: 'history_starts', length: 1, columns: { first } }, answeredWindow: null };
  };

  /** Lengthens the delay with each consecutive pacing violation; a competing session is none. */
  const withHold = (failure: Failure): Failure => {
    if (failure.kind !== 'pacing') return failure;
    if (failure.code === competingSessionCode) {
      notify('competing-session', `${failure.message}; ${competingSessionHint}`);
      return failure;
    }
    if (failure.code !== '162') return failure;
    notify('pacing-violation', failure.message, 162);
    const delay = pacingDelays[Math.min(consecutiveViolations, pacingDelays.length - 1)];
    consecutiveViolations++;
    return delay === undefined ? failure : { ...failure, retryAfter: delay };
  };

  return {
    name: 'ib',
    getAccounts: () => accounts,
    async open(signal) {
      const opened = await gateway.open(signal);
      if (opened.ok) {
        accounts = opened.value.accounts;
        return ok(undefined);
      }
      const { kind, message, hint } = opened.error;
      if (kind === 'cancelled') return err({ kind: 'retryable', code: kind, message });
      return err({ kind: 'fatal', code: kind, message, ...(hint === '' ? {} : { hint }) });
    },
    async fetch(request, { signal, calls }) {
      if (signal.aborted)
        return {
          kind: 'failure',
          failure: { kind: 'retryable', code: 'cancelled', message: 'cancelled before the request was sent' },
        };
      ({ stopping } = calls);
      // A snapshot waits for many lines at once, and each adds a listener.
      const requestSignal = AbortSignal.any([signal]);
      setMaxListeners(0, requestSignal);
      // Requests for history report themselves when they leave: they may wait for the link to IB.
      if (!isHistorical(request.series.dataset)) calls.sent();
      const outcome = await fetch(request, requestSignal, calls);
      if (outcome.kind === 'failure') return { kind: 'failure', failure: withHold(outcome.failure) };
      const { dataset } = request.series;
      if (dataset === 'equity_bars' || dataset === 'option_bars') consecutiveViolations = 0;
      if (outcome.kind === 'rows' && hasDelayedRows(outcome) && !hasWarnedDelayed) {
        hasWarnedDelayed = true;
        notify('delayed-data', 'some market data is delayed; see the column delayed');
      }
      return outcome;
    },
    close: () => gateway.close(),
  };
}

function hasDelayedRows({ rows }: Extract<FetchOutcome, { kind: 'rows' }>): boolean {
  return 'delayed' in rows.columns && rows.columns.delayed.includes(1);
}

function isHistorical(dataset: Dataset): boolean {
  return dataset === 'equity_bars' || dataset === 'option_bars' || dataset === 'history_starts';
}

function withSourceCalls(gateway: GatewayClient, calls: SourceCalls): GatewayClient {
  return { ...gateway, send: (request, signal) => gateway.send(request, signal, calls) };
}

function invalidOutcome(message: string): FetchOutcome {
  return { kind: 'failure', failure: { kind: 'invalid', message } };
}
