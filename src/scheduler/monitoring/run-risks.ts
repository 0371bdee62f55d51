import { sunday, getWeekday } from '../../core/time/weekday.js';
import { toZonedDate, toZonedInstant } from '../../core/time/time-zone.js';
import { addDays, day } from '../../core/time/time.js';
import type { Instant, LocalDate } from '../../core/time/time.js';
import { formatZonedTime } from '../../core/time/zoned-time.js';
import { formatBytes, pluralize } from '../../platform/format.js';

/** Why the next run cannot succeed, or cannot soon. */
export interface RunRisk {
  readonly kind:
    | 'credentials'
    | 'token-expires'
    | 'weekly-login'
    | 'disk'
    | 'disk-growth'
    | 'permission'
    | 'denied'
    | 'circuit-open';
  /** A provider, a folder, or a step with its symbol. */
  readonly subject: string;
  readonly message: string;
  /** What to do. */
  readonly hint: string;
  /** When it has to be done; null for as soon as possible. */
  readonly until: Instant | null;
}

/** Data that no later request returns, if no run succeeds in time. */
export interface PossibleLoss {
  readonly kind: 'expiring-options' | 'snapshots';
  readonly step: string;
  readonly message: string;
  /** The last moment for a run. */
  readonly until: Instant;
}

/** What is known before a run. */
export interface RiskInput {
  readonly now: Instant;
  /** When the next run starts: its due time, or now for a pipeline without a schedule. */
  readonly nextRun: Instant;
  readonly estimatedEnd: Instant;
  readonly kite:
    | { readonly kind: 'unused' }
    | { readonly kind: 'no-credentials'; readonly message: string; readonly hint: string }
    | { readonly kind: 'token'; readonly expiresAt: Instant };
  readonly ib: {
    readonly isUsed: boolean;
    /** The end of the last run that received rows; null if none did. */
    readonly lastAnswer: Instant | null;
  };
  readonly disk: {
    readonly folder: string;
    /** Null if it cannot be measured. */
    readonly freeBytes: number | null;
    /** The growth of the lake by each of the last runs, in bytes, with their start; newest first. */
    readonly growth: readonly { readonly at: Instant; readonly bytes: number }[];
  };
  /** Folders that the process cannot write to. */
  readonly readOnlyFolders: readonly string[];
  readonly circuits: readonly { readonly provider: string; readonly until: Instant; readonly cause: string | null }[];
  /** Steps and symbols that a provider denied, and that are not accepted. */
  readonly denied: readonly string[];
}

const newYork = 'America/New_York';
const kolkata = 'Asia/Kolkata';

/** A disk that is full within this time is a risk. */
const diskHorizon = 14 * day;

/** Finds what keeps the next run from succeeding. */
export function findRunRisks(input: RiskInput): readonly RunRisk[] {
  return [
    ...findKiteRisks(input),
    ...findWeeklyLogin(input),
    ...findDiskRisks(input),
    ...input.readOnlyFolders.map((folder): RunRisk => ({
      kind: 'permission',
      subject: folder,
      message: `this user cannot write to ${folder}`,
      hint: 'allow it, or choose another folder with --data or --lineage',
      until: input.nextRun,
    })),
    ...input.circuits.flatMap((circuit) => findCircuitRisk(circuit, input)),
    ...findDenied(input),
  ];
}

function findKiteRisks({ kite, now, nextRun, estimatedEnd }: RiskInput): readonly RunRisk[] {
  if (kite.kind === 'unused') return [];
  if (kite.kind === 'no-credentials')
    return [{ kind: 'credentials', subject: 'kite', message: kite.message, hint: kite.hint, until: nextRun }];
  const { expiresAt } = kite;
  if (expiresAt > estimatedEnd) return [];
  const ends = formatZonedTime(expiresAt, kolkata);
  const when =
    expiresAt <= now
      ? `ended ${ends}`
      : expiresAt <= nextRun
        ? `ends ${ends}, before the run`
        : `ends ${ends}, during the run`;
  return [
    {
      kind: 'token-expires',
      subject: 'kite',
      message: `the access token of Kite ${when} (next run ${formatZonedTime(nextRun, kolkata)})`,
      hint: `log in with pipe login kite ${expiresAt <= now ? '' : 'after that and '}before the run`,
      until: nextRun,
    },
  ];
}

/** TWS and IB Gateway ask for the password and the second factor once a week: on Sunday after 01:00 in New York. */
const weeklyLoginMinute = 60;

/** The last weekly login at or before an instant. */
export function findWeeklyLoginBefore(instant: Instant): Instant {
  let date: LocalDate = toZonedDate(newYork, instant);
  for (;;) {
    if (getWeekday(date) === sunday) {
      const login = toZonedInstant(newYork, date, weeklyLoginMinute);
      if (login <= instant) return login;
    }
    date = addDays(date, -1);
  }
}

function findWeeklyLogin({ ib, now, nextRun }: RiskInput): readonly RunRisk[] {
  if (!ib.isUsed || ib.lastAnswer === null) return [];
  const login = findWeeklyLoginBefore(nextRun);
  if (ib.lastAnswer >= login) return [];
  const at = formatZonedTime(login, newYork);
  return [
    {
      kind: 'weekly-login',
      subject: 'ib',
      message: `TWS or IB Gateway asks for the weekly login ${at}, and no run has received data since ${now < login ? 'then' : 'it'}`,
      hint: 'log in with the second factor before the run; pipe doctor ib checks it',
      until: nextRun,
    },
  ];
}

function findDiskRisks({ disk, now, nextRun }: RiskInput): readonly RunRisk[] {
  const { freeBytes, growth, folder } = disk;
  if (freeBytes === null || growth.length === 0) return [];
  const largest = Math.max(...growth.map(({ bytes }) => bytes));
  if (largest > freeBytes)
    return [
      {
        kind: 'disk',
        subject: folder,
        message: `${formatBytes(freeBytes)} are free, and a run has written ${formatBytes(largest)}`,
        hint: 'free some space, or move months away with pipe archive',
        until: nextRun,
      },
    ];
  const perDay = computeDailyGrowth(growth, now);
  const days = perDay <= 0 ? Infinity : freeBytes / perDay;
  if (days * day > diskHorizon) return [];
  const whole = Math.max(1, Math.floor(days));
  return [
    {
      kind: 'disk-growth',
      subject: folder,
      message: `the disk is full in ${pluralize(whole, 'day')}: ${formatBytes(freeBytes)} are free, and runs write ${formatBytes(perDay)} a day`,
      hint: 'free some space, or move months away with pipe archive',
      until: now + whole * day,
    },
  ];
}

/** Bytes a day over the last runs; a single run counts as that of one day. */
export function computeDailyGrowth(growth: RiskInput['disk']['growth'], now: Instant): number {
  const total = growth.reduce((sum, { bytes }) => sum + bytes, 0);
  const first = Math.min(...growth.map(({ at }) => at));
  return total / Math.max(1, (now - first) / day);
}

function findCircuitRisk(
  { provider, until, cause }: RiskInput['circuits'][number],
  { nextRun }: RiskInput,
): readonly RunRisk[] {
  if (until <= nextRun) return [];
  return [
    {
      kind: 'circuit-open',
      subject: provider,
      message: `the circuit of ${provider} is open until ${formatZonedTime(until, 'UTC')}${cause === null ? '' : `: ${cause}`}`,
      hint: `check it with pipe doctor ${provider}`,
      until: nextRun,
    },
  ];
}

const maxNamed = 3;

function findDenied({ denied }: RiskInput): readonly RunRisk[] {
  const [first] = denied;
  if (first === undefined) return [];
  const more = denied.length - maxNamed;
  const named = `${denied.slice(0, maxNamed).join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
  return [
    {
      kind: 'denied',
      subject: first,
      message: `the provider denies ${named} for lack of permission`,
      hint: 'subscribe to the data, then retry with pipe run --retry-denied; or accept it with accept: { denied: … }',
      until: null,
    },
  ];
}
