import type { Schedule } from '../config/pipeline/pipeline.js';
import type { Clock } from '../core/time/clock.js';
import { minute } from '../core/time/time.js';
import type { Duration, Instant } from '../core/time/time.js';

export type Priority = Schedule['priority'];

/** A run that needs a slot. */
export interface SlotRequest {
  readonly priority: Priority;
  readonly due: Instant;
}

/** A request of a run for a slot, and the slot once it is granted. */
export interface SlotTicket {
  isGranted(): boolean;
  /** Resolves when the slot is granted; never for a ticket that was released before. */
  readonly granted: Promise<void>;
  /** Frees the slot, or gives up waiting for it. Further calls have no effect. */
  release(): void;
}

export interface SlotUsage {
  /** Upper bound of runs in progress at once. */
  readonly max: number;
  /** Runs in progress; more than `max` if runs of an earlier collector are among them. */
  readonly running: number;
  readonly queued: number;
}

/** Bounds the runs in progress at once: a hundred pipelines that are due together must not start a hundred processes. */
export interface RunSlots {
  request(request: SlotRequest): SlotTicket;
  /** Counts a run that is in progress already. */
  occupy(): SlotTicket;
  usage(): SlotUsage;
}

/** A run in the queue. */
export interface QueuedRun extends SlotRequest {
  readonly since: Instant;
}

const ranks: Readonly<Record<Priority, number>> = { low: 0, normal: 1, high: 2 };

/** A run in the queue rises by one priority for each of these intervals, so that none waits forever. */
export const agingInterval: Duration = 5 * minute;

/** Orders runs of the queue: by priority, which rises with the time in the queue, then by due time, then by arrival. */
export function compareQueuedRuns(a: QueuedRun, b: QueuedRun, now: Instant): number {
  const byRank = rankAt(b, now) - rankAt(a, now);
  if (byRank !== 0) return byRank;
  return a.due === b.due ? a.since - b.since : a.due - b.due;
}

function rankAt({ priority, since }: QueuedRun, now: Instant): number {
  return ranks[priority] + Math.floor(Math.max(0, now - since) / agingInterval);
}

export function createRunSlots(max: number, clock: Pick<Clock, 'now'>): RunSlots {
  let running = 0;
  /** In order of arrival. */
  const queue = new Map<QueuedRun, () => void>();

  const grantNext = (): void => {
    if (running >= max) return;
    const now = clock.now();
    // A stable sort keeps the order of arrival among equals.
    const [next] = [...queue.keys()].toSorted((a, b) => compareQueuedRuns(a, b, now));
    if (next === undefined) return;
    const grant = queue.get(next);
    queue.delete(next);
    grant?.();
  };

  const createTicket = (queued: QueuedRun | null): SlotTicket => {
    let state: 'queued' | 'granted' | 'released' = 'queued';
    let resolve: () => void = () => undefined;
    const granted = new Promise<void>((resolved) => (resolve = resolved));
    const grant = (): void => {
      state = 'granted';
      running++;
      resolve();
    };
    if (queued === null || running < max) grant();
    else queue.set(queued, grant);
    return {
      granted,
      isGranted: () => state === 'granted',
      release() {
        const before = state;
        state = 'released';
        if (before === 'queued' && queued !== null) queue.delete(queued);
        if (before !== 'granted') return;
        running--;
        grantNext();
      },
    };
  };

  return {
    request: ({ priority, due }) => createTicket({ priority, due, since: clock.now() }),
    occupy: () => createTicket(null),
    usage: () => ({ max, running, queued: queue.size }),
  };
}
