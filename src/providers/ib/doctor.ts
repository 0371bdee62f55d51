import type { Calendar } from '../../core/time/calendar.js';
import type { Clock } from '../../core/time/clock.js';
import type { Instrument } from '../../core/series.js';
import { addDays, second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import type { QuoteInput } from '../../core/tables/quote-rows.js';
import { formatCount, humanizeDuration, pluralize } from '../../platform/format.js';
import { toWireContract } from './mapping/wire-contract.js';
import { competingSessionCode, competingSessionHint, toIbFailure } from './failures.js';
import type { RequestError } from './gateway/ib-request.js';
import { parseBars } from './mapping/parse-bars.js';
import { toHistorySpan, listSessions } from './mapping/history-span.js';
import { createGatewayClient } from './gateway/gateway-client.js';
import type { GatewayClient } from './gateway/gateway-client.js';
import { maskAccounts } from './notice.js';
import type { IbNotice } from './notice.js';
import { buildHistoryRequest, buildMarketDataRequest } from './build-requests.js';
import type { IbConnection } from './gateway/ib-connection.js';
import { defaultTimings } from './settings.js';
import type { IbSettings, IbTimings } from './settings.js';
import { createTickAccumulator } from './mapping/tick-accumulator.js';
import { pass } from '../doctor-check.js';
import type { DoctorCheck } from '../doctor-check.js';

type CheckName =
  'connection' | 'client id' | 'server version' | 'accounts' | 'clock' | 'farms' | 'market data' | 'historical data';

export type IbCheck = DoctorCheck<CheckName>;

/** The checks in the order in which they were made. */
export interface IbDiagnosis {
  readonly checks: readonly IbCheck[];
}

export interface IbDoctorDeps {
  readonly settings: IbSettings;
  /** The instrument whose data is requested; one that is traded all day. */
  readonly probeInstrument: Instrument;
  readonly calendar: Calendar;
  readonly clock: Clock;
  readonly timings?: Partial<IbTimings>;
}

/** With a larger difference between the clocks, a bar that is still growing could count as final. */
const maxClockSkew: Duration = 2 * second;

/** Checks the connection to the gateway and its permissions. Requests one quote and one day of bars; changes nothing. */
export async function diagnose(deps: IbDoctorDeps, signal: AbortSignal): Promise<IbDiagnosis> {
  const { settings, clock } = deps;
  const timings: IbTimings = { ...defaultTimings, maxHold: 2 * second, ...deps.timings };
  const notices: IbNotice[] = [];
  // With delayed data allowed, a missing subscription shows as delayed data instead of an error.
  const doctorSettings = { ...settings, allowDelayed: true };
  const gateway = createGatewayClient({
    settings: doctorSettings,
    timings,
    clock,
    onNotice: (notice) => notices.push(notice),
  });
  try {
    const opened = await gateway.open(signal);
    if (!opened.ok) {
      const { message, hint } = opened.error;
      return { checks: [{ name: 'connection', status: 'failed', message, hint }] };
    }
    const connection = opened.value;
    const address = `${settings.host}:${settings.port}`;
    const checks: IbCheck[] = [
      pass('connection', `IB Gateway at ${address} accepted the connection`),
      checkClientId(settings, notices),
      pass('server version', `server version ${connection.serverVersion}`),
      checkAccounts(connection),
      await checkClock(connection, timings),
      await checkMarketData(gateway, deps, timings, signal),
      await checkHistoricalData(gateway, deps, signal),
      checkFarms(notices),
    ];
    return { checks };
  } finally {
    await gateway.close();
  }
}

function checkClientId({ clientId: requestedId }: IbSettings, notices: readonly IbNotice[]): IbCheck {
  const takenCount = notices.filter(({ kind }) => kind === 'client-id-taken').length;
  if (takenCount === 0) return pass('client id', `client id ${requestedId} is free`);
  return {
    name: 'client id',
    status: 'failed',
    message: `client id ${requestedId} is in use; used ${requestedId + takenCount} instead`,
    hint: 'stop the other program, or set another client id (IB_CLIENT_ID)',
  };
}

function checkAccounts({ accounts: list }: IbConnection): IbCheck {
  const names = maskAccounts(list.join(', '));
  if (list.length === 0) {
    const hint = 'log in again, or restart the gateway';
    return { name: 'accounts', status: 'failed', message: 'IB Gateway reports no account', hint };
  }
  const isPaper = list.every((account) => account.startsWith('D'));
  return pass('accounts', `${names}: ${isPaper ? 'paper trading' : 'live account (pipe reads data only)'}`);
}

async function checkClock(connection: IbConnection, timings: IbTimings): Promise<IbCheck> {
  const clockOffset = await connection.measureClockOffset(timings.probeTimeout);
  if (clockOffset === null) {
    const hint = 'restart the gateway if this persists';
    return { name: 'clock', status: 'unknown', message: 'IB Gateway did not report its time', hint };
  }
  const difference = humanizeDuration(Math.abs(clockOffset));
  if (Math.abs(clockOffset) <= maxClockSkew)
    return pass('clock', `the clocks of IB Gateway and this machine differ by ${difference}`);
  return {
    name: 'clock',
    status: 'failed',
    message: `the clock of IB Gateway is ${difference} ${clockOffset > 0 ? 'ahead of' : 'behind'} this machine`,
    hint: 'synchronize both clocks (NTP): pipe decides by the clock of this machine which bars are final',
  };
}

async function checkMarketData(
  gateway: GatewayClient,
  { probeInstrument, clock }: IbDoctorDeps,
  timings: IbTimings,
  signal: AbortSignal,
): Promise<IbCheck> {
  const name = 'market data';
  const ticks = createTickAccumulator();
  const ended = new AbortController();
  const quietPeriod = { clock, quiet: timings.quietPeriod, maxDuration: timings.snapshotTimeout, ended: ended.signal };
  const request = buildMarketDataRequest(
    toWireContract(probeInstrument),
    '',
    ticks,
    () => ticks.isCompleteQuote(),
    quietPeriod,
  );
  const reply = await gateway.send(request, signal).finally(() => ended.abort());
  const quote = ticks.toQuote();
  const prices = describeQuote(quote);
  if (reply.ok && prices === '') {
    return {
      name,
      status: 'unknown',
      message: `no prices for ${probeInstrument.symbol}: IB Gateway accepted the request and sent none`,
      hint: 'try again in market hours',
    };
  }
  if (reply.ok) {
    if (!quote.delayed) return pass(name, `live quotes for ${probeInstrument.symbol}: ${prices}`);
    return {
      name,
      status: 'failed',
      message: `only delayed quotes for ${probeInstrument.symbol}: ${prices}`,
      hint: 'subscribe to its exchange in the Client Portal of IB, or set providers.ib.allow_delayed',
    };
  }
  const { kind, message, code } = toIbFailure(reply.error);
  if (code === competingSessionCode) return { name, status: 'failed', message, hint: competingSessionHint };
  if (kind === 'denied') {
    const hint = 'subscribe to its exchange in the Client Portal of IB, and accept its agreements';
    return { name, status: 'failed', message: `no quotes for ${probeInstrument.symbol}: ${message}`, hint };
  }
  return {
    name,
    status: 'unknown',
    message: `no quotes for ${probeInstrument.symbol}: ${message}`,
    hint: 'try again in a minute',
  };
}

async function checkHistoricalData(
  gateway: GatewayClient,
  { probeInstrument, calendar, clock }: IbDoctorDeps,
  signal: AbortSignal,
): Promise<IbCheck> {
  const name = 'historical data';
  const now = clock.now();
  const today = calendar.dateAt(now);
  const last = calendar.sessions(addDays(today, -14), today).at(-1);
  if (last === undefined) return { name, status: 'unknown', message: 'no session in the last two weeks', hint: '' };
  const window = { start: last.dayStart, end: last.dayEnd };
  const series = { barSize: '1 day', priceType: 'TRADES', hours: 'rth' } as const;
  const historyRange = { window, calendar, expiry: null, now, ...series };
  const span = toHistorySpan(historyRange, listSessions(historyRange));
  if (span === null) return { name, status: 'unknown', message: 'no session with bars to request', hint: '' };
  const reply = await gateway.send(buildHistoryRequest(toWireContract(probeInstrument), span, series), signal);
  const subject = `${probeInstrument.symbol}, ${last.date}`;
  if (!reply.ok) return describeMissingBars(subject, reply.error);
  const { columns, length, refused, unparsed } = parseBars(reply.value, {
    ...historyRange,
    priceFloor: 'positive',
    kind: 'stock',
    isOption: false,
  });
  const [close, volume] = [columns.close[0], columns.volume[0]];
  if (length === 0 || close === undefined) {
    const sent = pluralize(reply.value.length, 'bar');
    const problem = refused.length + unparsed > 0 ? 'cannot be used' : 'is not of this session';
    return {
      name,
      status: 'failed',
      message: `no bar of ${subject}: IB Gateway sent ${sent}${reply.value.length === 0 ? '' : `, which ${problem}`}`,
      hint: 'try again in a minute; check the subscription of its exchange in the Client Portal of IB if this persists',
    };
  }
  const traded = volume === undefined || Number.isNaN(volume) ? '' : `, volume ${formatCount(volume)}`;
  return pass(name, `bar of ${subject}: close ${close}${traded}`);
}

function describeMissingBars(subject: string, error: RequestError): IbCheck {
  const name = 'historical data';
  const { kind, message, code } = toIbFailure(error);
  if (code === competingSessionCode) return { name, status: 'failed', message, hint: competingSessionHint };
  const isNoData = error.kind === 'gateway' && error.meaning.kind === 'no-data';
  return {
    name,
    status: kind === 'denied' || isNoData ? 'failed' : 'unknown',
    message: `no bars of ${subject}: ${message}`,
    hint:
      kind === 'denied'
        ? 'history needs the same subscription as live data: see the Client Portal of IB'
        : 'try again in a minute',
  };
}

/** The prices that came, such as `last 101.5, bid 101.4`; the previous close if there are no others. */
function describeQuote({ last, bid, ask, close }: QuoteInput): string {
  const current = Object.entries({ last, bid, ask }).filter(([, price]) => price !== null);
  const shown = current.length > 0 || close === null ? current : [['close', close]];
  return shown.map(([label, price]) => `${String(label)} ${String(price)}`).join(', ');
}

function checkFarms(notices: readonly IbNotice[]): IbCheck {
  const changes = notices.filter(({ kind }) =>
    ['farm-down', 'upstream-lost', 'farm-up', 'upstream-restored'].includes(kind),
  );
  const last = changes.at(-1);
  if (last === undefined) return pass('farms', 'IB Gateway reports no data farm as disconnected');
  const isUp = last.kind === 'farm-up' || last.kind === 'upstream-restored';
  return {
    name: 'farms',
    status: isUp ? 'ok' : 'failed',
    message: last.message,
    hint: isUp ? '' : 'wait: IB restores its farms itself, usually after the nightly restart',
  };
}
