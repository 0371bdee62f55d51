import { countInstruments } from '../../core/batch-rule.js';
import type { BatchRule } from '../../core/batch-rule.js';
import type { FetchOutcome, Request } from '../../core/request.js';
import type { Clock } from '../../core/time/clock.js';
import type { Instant } from '../../core/time/time.js';
import { abortedOutcome } from '../aborted-outcome.js';
import type { AcquirePermit, AttemptPermit } from './with-resilience.js';

/** A request that waits for a call. */
interface Member {
  readonly size: number;
  /** Grants the permit, or null if the wait was cancelled. */
  readonly resolve: (permit: AttemptPermit | null) => void;
  readonly reject: (error: unknown) => void;
}

/** A call that is not sent yet; requests may still join it. */
interface Call {
  readonly members: Set<Member>;
  readonly abandoned: AbortController;
  used: number;
  lastJoinedAt: Instant;
}

/**
 * Lets requests that wait at the same time share one permit, because the provider answers them in one call. A call gathers
 * requests for a moment, and then until its permit is granted. All of its requests get their permits in the same turn of the
 * event loop, so that the adapter finds them together.
 */
export function withSharedPermits(
  acquirePermit: AcquirePermit,
  rule: BatchRule | undefined,
  clock: Clock,
): AcquirePermit {
  if (rule === undefined) return acquirePermit;
  const open = new Set<Call>();

  const depart = async (call: Call, leader: Request): Promise<void> => {
    try {
      await gather(call, rule, clock);
      const permit = await acquirePermit(leader, call.abandoned.signal);
      open.delete(call);
      if (call.members.size === 0) permit?.release(abortedOutcome);
      grant([...call.members], permit);
    } catch (error) {
      open.delete(call);
      for (const { reject } of call.members) reject(error);
    }
  };

  return (request, signal) => {
    if (!rule.datasets.includes(request.series.dataset)) return acquirePermit(request, signal);
    if (signal.aborted) return Promise.resolve(null);
    const size = countInstruments(request.series);
    const found = [...open].find(({ used }) => used + size <= rule.maxInstruments);
    const call = found ?? { members: new Set<Member>(), abandoned: new AbortController(), used: 0, lastJoinedAt: 0 };
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        call.members.delete(member);
        call.used -= size;
        resolve(null);
        if (call.members.size > 0) return;
        open.delete(call);
        call.abandoned.abort();
      };
      const member: Member = {
        size,
        resolve(permit) {
          signal.removeEventListener('abort', leave);
          resolve(permit);
        },
        reject(error) {
          signal.removeEventListener('abort', leave);
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      call.members.add(member);
      call.used += size;
      call.lastJoinedAt = clock.now();
      if (found !== undefined) return;
      open.add(call);
      void depart(call, request);
    });
  };
}

/** Waits until no request has joined for a while, the call is full, or its time is up. */
async function gather(call: Call, { quietTime, maxWait, maxInstruments }: BatchRule, clock: Clock): Promise<void> {
  const { signal } = call.abandoned;
  const deadline = clock.now() + maxWait;
  const getEnd = (): Instant => Math.min(call.lastJoinedAt + quietTime, deadline);
  for (let before = -Infinity; clock.now() > before && clock.now() < getEnd() && call.used < maxInstruments;) {
    before = clock.now();
    await clock.sleepUntil(getEnd(), signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (signal.aborted) return;
  }
}

/** Hands one permit to all members; it is released when the last of them has its outcome. */
function grant(members: readonly Member[], permit: AttemptPermit | null): void {
  let inFlight = members.length;
  let failure: FetchOutcome | null = null;
  let isSent = false;
  for (const [index, member] of members.entries()) {
    if (permit === null) {
      member.resolve(null);
      continue;
    }
    let isReleased = false;
    member.resolve({
      ...(members.length === 1 ? {} : { role: index === 0 ? 'leader' : 'follower' }),
      // The adapter reports the call once for each of its requests, and it leaves once.
      sent() {
        if (isSent) return;
        isSent = true;
        permit.sent();
      },
      next: (part, signal) => permit.next(part, signal),
      release(outcome) {
        if (isReleased) return;
        isReleased = true;
        if (outcome.kind === 'failure') failure ??= outcome;
        if (--inFlight === 0) permit.release(failure ?? outcome);
      },
    });
  }
}
