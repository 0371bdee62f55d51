import type { Calendar } from '../../core/calendar.js';
import type { Clock } from '../../core/clock.js';
import type { Instrument } from '../../core/series.js';
import { addDays, second } from '../../core/time.js';
import type { Duration } from '../../core/time.js';
import { durationText } from '../../core/words.js';
import { instrumentContract } from './contract.js';
import { failureOf } from './failures.js';
import { historySpan, sessionsOf } from './history.js';
import { createLink } from './link.js';
import type { Link } from './link.js';
import { masked } from './notice.js';
import type { IbNotice } from './notice.js';
import { historyQuestion, ticksQuestion } from './questions.js';
import type { Session } from './session.js';
import { usualTimings } from './settings.js';
import type { IbSettings, IbTimings } from './settings.js';
import { createTickBook } from './ticks.js';
import { fine } from '../finding.js';
import type { Finding as FindingOf } from '../finding.js';

/** What is looked at. */
type Name =
  'connection' | 'client id' | 'server version' | 'accounts' | 'clock' | 'farms' | 'market data' | 'historical data';

export type Finding = FindingOf<Name>;

/** What the doctor has found, in the order in which it looked. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
}

/** What an examination takes. */
export interface DoctorParts {
  readonly settings: IbSettings;
  /** What data is asked for; something everybody trades. */
  readonly probe: Instrument;
  readonly calendar: Calendar;
  readonly clock: Clock;
  readonly timings?: Partial<IbTimings>;
}

/** How far the clocks may be apart before bars that are still growing are taken for finished ones. */
const clocksMayDiffer: Duration = 2 * second;

/** Examines the way to the gateway and what it may bring. Asks for one quote and one day of bars; changes nothing. */
export async function diagnose(parts: DoctorParts, signal: AbortSignal): Promise<Diagnosis> {
  const { settings, clock } = parts;
  const timings: IbTimings = { ...usualTimings, hold: 2 * second, ...parts.timings };
  const notices: IbNotice[] = [];
  // With delayed data allowed a missing subscription shows as delayed data instead of a refusal.
  const asking = { ...settings, allowDelayed: true };
  const link = createLink({ settings: asking, timings, clock, notices: (notice) => notices.push(notice) });
  try {
    const opened = await link.open(signal);
    if (!opened.ok) {
      const { says, remedy } = opened.error;
      return { findings: [{ name: 'connection', ok: 'no', says, remedy }] };
    }
    const session = opened.value;
    const where = `${settings.host}:${settings.port}`;
    const findings: Finding[] = [
      fine('connection', `the gateway on ${where} answers and shakes hands`),
      clientId(settings, notices),
      fine('server version', `the gateway speaks version ${session.serverVersion}`),
      accounts(session),
      await clockFinding(session, timings),
      await marketData(link, parts, timings, signal),
      await historicalData(link, parts, signal),
      farms(notices),
    ];
    return { findings };
  } finally {
    await link.close();
  }
}

function clientId({ clientId: wanted }: IbSettings, notices: readonly IbNotice[]): Finding {
  const taken = notices.filter(({ kind }) => kind === 'client-id-taken').length;
  if (taken === 0) return fine('client id', `client id ${wanted} is free`);
  return {
    name: 'client id',
    ok: 'no',
    says: `client id ${wanted} is taken; ${wanted + taken} was used instead`,
    remedy: 'end the other program, or set another client id (IB_CLIENT_ID)',
  };
}

function accounts({ accounts: list }: Session): Finding {
  const names = masked(list.join(', '));
  if (list.length === 0) {
    const remedy = 'log in again, or restart the gateway';
    return { name: 'accounts', ok: 'no', says: 'the gateway names no account', remedy };
  }
  const isPaper = list.every((account) => account.startsWith('D'));
  return fine('accounts', `${names}: ${isPaper ? 'paper trading' : 'a live account, of which only data is asked'}`);
}

async function clockFinding(session: Session, timings: IbTimings): Promise<Finding> {
  const ahead = await session.timeAhead(timings.probe);
  if (ahead === null) {
    const remedy = 'restart the gateway when this stays so';
    return { name: 'clock', ok: 'unknown', says: 'the gateway does not say what time it is', remedy };
  }
  const apart = durationText(Math.abs(ahead));
  if (Math.abs(ahead) <= clocksMayDiffer) return fine('clock', `the gateway and this machine agree to ${apart}`);
  return {
    name: 'clock',
    ok: 'no',
    says: `the gateway is ${apart} ${ahead > 0 ? 'ahead of' : 'behind'} this machine`,
    remedy: 'set both clocks by the network (NTP): what has ended is told by the clock of this machine',
  };
}

async function marketData(
  link: Link,
  { probe, clock }: DoctorParts,
  timings: IbTimings,
  signal: AbortSignal,
): Promise<Finding> {
  const name = 'market data';
  const book = createTickBook();
  const over = new AbortController();
  const patience = { clock, quiet: timings.quiet, atMost: timings.snapshot, over: over.signal };
  const question = ticksQuestion(instrumentContract(probe), '', book, () => book.isCompleteQuote(), patience);
  const answer = await link.ask(question, signal).finally(() => over.abort());
  if (answer.ok) {
    if (!book.quote().delayed) return fine(name, `live quotes of ${probe.symbol}`);
    return {
      name,
      ok: 'no',
      says: `only delayed quotes of ${probe.symbol}`,
      remedy: 'subscribe to its exchange in the account management of IB, or allow delayed data in the pipeline',
    };
  }
  const { kind, message, code } = failureOf(answer.error);
  if (code === '10197') {
    const remedy = 'log out of the other TWS, mobile app or client portal that shows market data of the same user';
    return { name, ok: 'no', says: message, remedy };
  }
  if (kind === 'denied') {
    const remedy = 'subscribe to its exchange in the account management of IB, and accept its agreements';
    return { name, ok: 'no', says: `no quotes of ${probe.symbol}: ${message}`, remedy };
  }
  return { name, ok: 'unknown', says: `no quotes of ${probe.symbol}: ${message}`, remedy: 'try again in a minute' };
}

async function historicalData(
  link: Link,
  { probe, calendar, clock }: DoctorParts,
  signal: AbortSignal,
): Promise<Finding> {
  const name = 'historical data';
  const now = clock.now();
  const today = calendar.dateAt(now);
  const last = calendar.sessions(addDays(today, -14), today).at(-1);
  if (last === undefined) return { name, ok: 'unknown', says: 'no session in the last two weeks', remedy: '' };
  const window = { start: last.dayStart, end: last.dayEnd };
  const about = { barSize: '1 day', what: 'TRADES', hours: 'rth' } as const;
  const wanted = { window, calendar, expiry: null, now, ...about };
  const span = historySpan(wanted, sessionsOf(wanted));
  if (span === null) return { name, ok: 'unknown', says: 'nothing to ask for', remedy: '' };
  const answer = await link.ask(historyQuestion(instrumentContract(probe), span, about), signal);
  if (answer.ok) return fine(name, `bars of ${probe.symbol} (${last.date})`);
  const { kind, message } = failureOf(answer.error);
  const remedy =
    kind === 'denied'
      ? 'history needs the same subscription as live data: see the account management of IB'
      : 'try again in a minute';
  return { name, ok: kind === 'denied' ? 'no' : 'unknown', says: `no bars of ${probe.symbol}: ${message}`, remedy };
}

function farms(notices: readonly IbNotice[]): Finding {
  const changes = notices.filter(({ kind }) => ['farm-down', 'link-lost', 'farm-up', 'link-restored'].includes(kind));
  const last = changes.at(-1);
  if (last === undefined) return fine('farms', 'the gateway reports no farm as down');
  const isUp = last.kind === 'farm-up' || last.kind === 'link-restored';
  return {
    name: 'farms',
    ok: isUp ? 'yes' : 'no',
    says: last.message,
    remedy: isUp ? '' : 'wait: IB restores its farms itself; around the nightly restart this is usual',
  };
}
