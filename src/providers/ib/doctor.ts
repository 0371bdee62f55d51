import type { Calendar } from '../../core/time/calendar.js';
import type { Clock } from '../../core/time/clock.js';
import type { Instrument } from '../../core/series.js';
import { addDays, second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { humanizeDuration } from '../../platform/format.js';
import { toWireContract } from './mapping/wire-contract.js';
import { toIbFailure } from './failures.js';
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
import type { DoctorCheck as FindingOf } from '../doctor-check.js';

/** What is looked at. */
type CheckName =
  'connection' | 'client id' | 'server version' | 'accounts' | 'clock' | 'farms' | 'market data' | 'historical data';

export type IbCheck = FindingOf<CheckName>;

/** What the doctor has found, in the order in which it looked. */
export interface IbDiagnosis {
  readonly checks: readonly IbCheck[];
}

/** What an examination takes. */
export interface IbDoctorDeps {
  readonly settings: IbSettings;
  /** What data is asked for; something everybody trades. */
  readonly probeInstrument: Instrument;
  readonly calendar: Calendar;
  readonly clock: Clock;
  readonly timings?: Partial<IbTimings>;
}

/** How far the clocks may be apart before bars that are still growing are taken for finished ones. */
const maxClockSkew: Duration = 2 * second;

/** Examines the way to the gateway and what it may bring. Asks for one quote and one day of bars; changes nothing. */
export async function diagnose(deps: IbDoctorDeps, signal: AbortSignal): Promise<IbDiagnosis> {
  const { settings, clock } = deps;
  const timings: IbTimings = { ...defaultTimings, maxHold: 2 * second, ...deps.timings };
  const notices: IbNotice[] = [];
  // With delayed data allowed a missing subscription shows as delayed data instead of a refusal.
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
      return { checks: [{ name: 'connection', status: 'no', message, hint }] };
    }
    const connection = opened.value;
    const address = `${settings.host}:${settings.port}`;
    const checks: IbCheck[] = [
      pass('connection', `the gateway on ${address} answers and shakes hands`),
      checkClientId(settings, notices),
      pass('server version', `the gateway speaks version ${connection.serverVersion}`),
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
    status: 'no',
    message: `client id ${requestedId} is taken; ${requestedId + takenCount} was used instead`,
    hint: 'end the other program, or set another client id (IB_CLIENT_ID)',
  };
}

function checkAccounts({ accounts: list }: IbConnection): IbCheck {
  const names = maskAccounts(list.join(', '));
  if (list.length === 0) {
    const hint = 'log in again, or restart the gateway';
    return { name: 'accounts', status: 'no', message: 'the gateway names no account', hint };
  }
  const isPaper = list.every((account) => account.startsWith('D'));
  return pass('accounts', `${names}: ${isPaper ? 'paper trading' : 'a live account, of which only data is asked'}`);
}

async function checkClock(connection: IbConnection, timings: IbTimings): Promise<IbCheck> {
  const clockOffset = await connection.measureClockOffset(timings.probeTimeout);
  if (clockOffset === null) {
    const hint = 'restart the gateway when this stays so';
    return { name: 'clock', status: 'unknown', message: 'the gateway does not say what time it is', hint };
  }
  const difference = humanizeDuration(Math.abs(clockOffset));
  if (Math.abs(clockOffset) <= maxClockSkew)
    return pass('clock', `the gateway and this machine agree to ${difference}`);
  return {
    name: 'clock',
    status: 'no',
    message: `the gateway is ${difference} ${clockOffset > 0 ? 'ahead of' : 'behind'} this machine`,
    hint: 'set both clocks by the network (NTP): what has ended is told by the clock of this machine',
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
  const quietPeriod = { clock, quiet: timings.quietPeriod, atMost: timings.snapshotTimeout, ended: ended.signal };
  const request = buildMarketDataRequest(
    toWireContract(probeInstrument),
    '',
    ticks,
    () => ticks.isCompleteQuote(),
    quietPeriod,
  );
  const reply = await gateway.send(request, signal).finally(() => ended.abort());
  if (reply.ok) {
    if (!ticks.toQuote().delayed) return pass(name, `live quotes of ${probeInstrument.symbol}`);
    return {
      name,
      status: 'no',
      message: `only delayed quotes of ${probeInstrument.symbol}`,
      hint: 'subscribe to its exchange in the account management of IB, or allow delayed data in the pipeline',
    };
  }
  const { kind, message, code } = toIbFailure(reply.error);
  if (code === '10197') {
    const hint = 'log out of the other TWS, mobile app or client portal that shows market data of the same user';
    return { name, status: 'no', message, hint };
  }
  if (kind === 'denied') {
    const hint = 'subscribe to its exchange in the account management of IB, and accept its agreements';
    return { name, status: 'no', message: `no quotes of ${probeInstrument.symbol}: ${message}`, hint };
  }
  return {
    name,
    status: 'unknown',
    message: `no quotes of ${probeInstrument.symbol}: ${message}`,
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
  const series = { barSize: '1 day', what: 'TRADES', hours: 'rth' } as const;
  const historyRange = { window, calendar, expiry: null, now, ...series };
  const span = toHistorySpan(historyRange, listSessions(historyRange));
  if (span === null) return { name, status: 'unknown', message: 'nothing to ask for', hint: '' };
  const reply = await gateway.send(buildHistoryRequest(toWireContract(probeInstrument), span, series), signal);
  if (reply.ok) return pass(name, `bars of ${probeInstrument.symbol} (${last.date})`);
  const { kind, message } = toIbFailure(reply.error);
  const hint =
    kind === 'denied'
      ? 'history needs the same subscription as live data: see the account management of IB'
      : 'try again in a minute';
  return {
    name,
    status: kind === 'denied' ? 'no' : 'unknown',
    message: `no bars of ${probeInstrument.symbol}: ${message}`,
    hint,
  };
}

function checkFarms(notices: readonly IbNotice[]): IbCheck {
  const changes = notices.filter(({ kind }) => ['farm-down', 'link-lost', 'farm-up', 'link-restored'].includes(kind));
  const last = changes.at(-1);
  if (last === undefined) return pass('farms', 'the gateway reports no farm as down');
  const isUp = last.kind === 'farm-up' || last.kind === 'link-restored';
  return {
    name: 'farms',
    status: isUp ? 'yes' : 'no',
    message: last.message,
    hint: isUp ? '' : 'wait: IB restores its farms itself; around the nightly restart this is usual',
  };
}
