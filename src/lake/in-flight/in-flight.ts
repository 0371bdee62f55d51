import type { FetchResult } from '../../core/fetch-result.js';
import type { RunId } from '../../core/request.js';
import { formatSeriesName } from '../../core/series.js';
import type { Series } from '../../core/series.js';
import { startBackgroundInterval } from '../../core/time/clock.js';
import type { Clock } from '../../core/time/clock.js';
import { minute, second } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { makeFolder } from '../../platform/files/make-folder.js';
import type { SharedAnswer, SharedRequests } from '../api.js';
import { readFileSystemTime, touchHeartbeat } from '../locks/heartbeat.js';
import { acquireLock } from '../locks/lock.js';
import { getProcessIdentity, heartbeatInterval } from '../locks/process-identity.js';
import {
  appendAnswer,
  claimsPath,
  createAnswerFollower,
  createFlightReader,
  inFlightFolder,
  removeFlight,
  writeClaims,
} from './flight-files.js';
import type { AnswerFollower, Flight } from './flight-files.js';

export interface InFlightOptions {
  /** The lake's folder. */
  readonly folder: string;
  readonly runId: RunId;
  readonly command: string;
  readonly clock: Clock;
}

/** The requests of one run, shared with the runs of other pipelines on the same lake. */
export interface InFlight extends SharedRequests {
  /** Ends the waiting of other runs; the answers stay readable for a while. */
  close(): Promise<void>;
}

/** Files of ended runs are kept this long for runs that planned before the answers were committed. */
const retention: Duration = 10 * minute;

/** A run that published no answer for this long is not waited for: its provider may be down, or its budget spent. */
export const maxIdle: Duration = 2 * minute;

const pollInterval: Duration = second / 4;

/** The maximum wait for other runs that claim series at the same moment. */
const maxLockWait: Duration = 10 * second;

/** The answers of another run, as far as this run wants them. */
interface Followed {
  readonly follower: AnswerFollower;
  readonly answers: Map<string, FetchResult>;
  progressAt: Instant;
}

/**
 * Lets runs share requests: the first run to claim a series requests it, others wait for its answer. Every failure of the
 * files only means that a series is requested twice.
 */
export function openInFlight({ folder: lake, runId, command, clock }: InFlightOptions): InFlight {
  const folder = inFlightFolder(lake);
  const owner = getProcessIdentity();
  const readFlights = createFlightReader(folder, runId);
  /** The series that this run requests. */
  const led = new Set<string>();
  /** Led series that another run claimed too, now or a while ago. */
  const contested = new Set<string>();
  const wanted = new Set<string>();
  /** Wanted series without an answer so far. */
  const open = new Set<string>();
  const followed = new Map<RunId, Followed>();
  /**
   * Runs that ended before this one: what they stored is in the lake that this run plans from. If it is not there any more,
   * their answers do not bring it back.
   */
  const endedBefore: Promise<ReadonlySet<RunId>> = readFlights().then(
    (flights) => new Set(flights.filter(({ isActive }) => !isActive).map(({ runId: other }) => other)),
    () => new Set(),
  );
  let claiming: Promise<void> = Promise.resolve();
  let publishing: Promise<void> = Promise.resolve();
  let stopHeartbeat: (() => void) | null = null;

  /** Claims series that no other active run has claimed, apart from those that are not waited for any more. */
  const claimKeys = async (
    keys: readonly string[],
    ignored: ReadonlySet<RunId>,
    signal?: AbortSignal,
  ): Promise<void> => {
    const takeAll = (): void => keys.forEach((key) => led.add(key));
    try {
      await endedBefore;
      await makeFolder(folder);
      const holder = { runId, command };
      const wait = { wait: maxLockWait, ...(signal === undefined ? {} : { signal }) };
      const lock = await acquireLock({ folder: lake, target: { kind: 'requests' }, clock, holder, ...wait });
      if (!lock.ok) {
        takeAll();
        return;
      }
      try {
        const flights = await readFlights();
        for (const key of keys) {
          const others = flights.filter(({ claims }) => claims.has(key));
          if (others.length > 0) contested.add(key);
          if (!others.some((flight) => flight.isActive && !ignored.has(flight.runId))) led.add(key);
        }
        await writeClaims(folder, runId, { owner, claims: led, hasEnded: false });
        stopHeartbeat ??= startBackgroundInterval(heartbeatInterval, () => {
          touchHeartbeat(claimsPath(folder, runId)).catch(() => undefined);
        });
        await removeOld(flights);
      } finally {
        await lock.value.release();
      }
    } catch {
      takeAll();
    }
  };

  /** Takes over a series, and with it the others that no active run has claimed: one after the other would take the lock for each. */
  const takeOver = (key: string, ignored: ReadonlySet<RunId>, signal: AbortSignal): Promise<void> => {
    claiming = claiming.then(async () => {
      if (led.has(key)) return;
      await claimKeys([key], ignored, signal);
      const others = [...open].filter((other) => !led.has(other));
      if (others.length > 0) await claimKeys(others, new Set(), signal);
    });
    return claiming;
  };

  const removeOld = async (flights: readonly Flight[]): Promise<void> => {
    // File times are compared with file times only: the clock of the file system may differ from that of this machine.
    if (flights.every(({ isActive }) => isActive)) return;
    const now = await readFileSystemTime(folder);
    for (const { runId: other, isActive, touchedAt } of flights)
      if (!isActive && now - touchedAt > retention) await removeFlight(folder, other);
  };

  const readAnswer = async (other: RunId, key: string): Promise<FetchResult | undefined> => {
    const found = followed.get(other) ?? {
      follower: createAnswerFollower(folder, other),
      answers: new Map<string, FetchResult>(),
      progressAt: clock.now(),
    };
    followed.set(other, found);
    for (const result of await found.follower.read()) {
      found.progressAt = clock.now();
      const name = getKey(result.series);
      if (wanted.has(name)) found.answers.set(name, result);
    }
    return found.answers.get(key);
  };

  const isIdle = (other: RunId): boolean => clock.now() - (followed.get(other)?.progressAt ?? 0) > maxIdle;

  const findAnswer = async (key: string, maxAge: Duration, signal: AbortSignal): Promise<SharedAnswer | null> => {
    /** Runs that have no answer for this one. */
    const ignored = new Set<RunId>(await endedBefore);
    for (;;) {
      const flights = (await readFlights()).filter(
        ({ runId: other, claims }) => claims.has(key) && !ignored.has(other),
      );
      for (const { runId: other, isActive } of flights) {
        const result = await readAnswer(other, key);
        if (result !== undefined && isUsable(result, clock.now(), maxAge)) return { run: other, result };
        if (result !== undefined || !isActive || isIdle(other)) ignored.add(other);
      }
      if (led.has(key)) return null;
      if (flights.every(({ runId: other }) => ignored.has(other))) await takeOver(key, ignored, signal);
      else await clock.sleepUntil(clock.now() + pollInterval, signal);
    }
  };

  return {
    async claim(series) {
      const keys = series.map(getKey).filter((key) => !led.has(key));
      for (const key of keys) {
        wanted.add(key);
        open.add(key);
      }
      if (keys.length > 0) await claimKeys(keys, new Set());
    },

    async join(series, maxAge, signal) {
      const key = getKey(series);
      if (!wanted.has(key) || (led.has(key) && !contested.has(key))) return null;
      try {
        return await findAnswer(key, maxAge, signal);
      } catch {
        // The run stops, or the files cannot be read: the request itself finds out.
        return null;
      } finally {
        open.delete(key);
      }
    },

    publish(series, result) {
      if (!led.has(getKey(series)) || stopHeartbeat === null) return Promise.resolve();
      publishing = publishing
        .then(() => appendAnswer(folder, runId, result ?? createNoAnswer(series, runId, clock.now())))
        .catch(() => undefined);
      return publishing;
    },

    async close() {
      if (stopHeartbeat === null) return;
      stopHeartbeat();
      await publishing;
      // On a full disk the end cannot be written; without its files, other runs do not wait for this one either.
      await writeClaims(folder, runId, { owner, claims: led, hasEnded: true })
        .catch(() => removeFlight(folder, runId))
        .catch(() => undefined);
    },
  };
}

/** Pipelines of one lake share series by provider and name, as its coverage does. */
function getKey(series: Series): string {
  return `${series.provider} ${formatSeriesName(series)}`;
}

function isUsable({ closedWindows, answeredAt }: FetchResult, now: Instant, maxAge: Duration): boolean {
  const isComplete =
    closedWindows.length > 0 && closedWindows.every(({ state }) => state === 'data' || state === 'empty');
  return isComplete && answeredAt <= now && now - answeredAt <= maxAge;
}

/** Builds the result with which other runs learn that a request ended without an answer. */
function createNoAnswer(series: Series, runId: RunId, now: Instant): FetchResult {
  const times = { requestedAt: now, answeredAt: now };
  return { requestId: `${runId}/0`, series, step: 'none', ...times, upstream: [], closedWindows: [], rows: null };
}
