import type { Clock } from '../../../core/time/clock.js';
import type { Duration, Instant } from '../../../core/time/time.js';
import type { FarmClass } from './codes.js';

/** What keeps requests from going out: the link upstream, and the farms of each kind of request. */
export interface RequestGate {
  markUpstreamLost(): void;
  markUpstreamRestored(): void;
  markFarmDown(farm: FarmClass, name: string): void;
  /** True when the farm was down before. */
  markFarmUp(farm: FarmClass, name: string): boolean;
  /** Nothing goes for so long: the gateway hears too much. */
  pause(duration: Duration): void;
  /** A new connection begins without holds: the gateway says again what is down. */
  clear(): void;
  /** Why a request of this kind has to wait; null when it may go. */
  getBlockedReason(farm: FarmClass): string | null;
  /** Resolves when such requests may go, at the latest after a while; with what still holds them, or null. */
  waitUntilOpen(farm: FarmClass, maxWait: Duration, signal: AbortSignal): Promise<string | null>;
}

const serviceNames: Readonly<Record<FarmClass, string>> = {
  historical: 'historical data',
  market: 'market data',
  definitions: 'contract definitions',
};

/** A farm whose name its message did not tell: any that comes back may be it. */
const unnamedFarm = '';

export function createRequestGate(clock: Clock): RequestGate {
  let isUpstreamLost = false;
  let pausedUntil: Instant = -Infinity;
  const downFarms: Readonly<Record<FarmClass, Set<string>>> = {
    historical: new Set(),
    market: new Set(),
    definitions: new Set(),
  };
  const waiters = new Set<() => void>();
  const notifyWaiters = (): void => {
    for (const wake of [...waiters]) wake();
  };
  const getBlockedReason = (farm: FarmClass): string | null => {
    if (isUpstreamLost) return 'the gateway has lost its link to IB';
    if (clock.now() < pausedUntil) return 'the gateway has complained of too many messages';
    return downFarms[farm].size === 0
      ? null
      : `the farm for ${serviceNames[farm]} is down (${[...downFarms[farm]].sort().join(', ')})`;
  };
  const clear = (): void => {
    isUpstreamLost = false;
    for (const farms of Object.values(downFarms)) farms.clear();
    notifyWaiters();
  };
  return {
    markUpstreamLost() {
      isUpstreamLost = true;
    },
    markUpstreamRestored: clear,
    markFarmDown(farm, name) {
      downFarms[farm].add(name);
    },
    markFarmUp(farm, name) {
      const wasDown = downFarms[farm].has(name) || downFarms[farm].has(unnamedFarm);
      downFarms[farm].delete(name);
      downFarms[farm].delete(unnamedFarm);
      notifyWaiters();
      return wasDown;
    },
    pause(duration) {
      pausedUntil = Math.max(pausedUntil, clock.now() + duration);
    },
    clear,
    getBlockedReason,
    async waitUntilOpen(farm, maxWait, signal) {
      const until = clock.now() + maxWait;
      for (;;) {
        const now = clock.now();
        if (getBlockedReason(farm) === null || signal.aborted || now >= until) return getBlockedReason(farm);
        const opened = new AbortController();
        const stop = AbortSignal.any([signal, opened.signal]);
        const check = (): void => {
          if (getBlockedReason(farm) === null) opened.abort();
        };
        waiters.add(check);
        const next = pausedUntil > now ? Math.min(pausedUntil, until) : until;
        await clock.sleepUntil(next, stop).catch(() => undefined);
        waiters.delete(check);
      }
    },
  };
}
