import type { Clock } from '../../../core/time/clock.js';
import type { Duration, Instant } from '../../../core/time/time.js';
import type { FarmClass } from './codes.js';

/** Holds requests while the gateway has no link to IB, while their data farm is down, and after too many messages. */
export interface RequestGate {
  markUpstreamLost(): void;
  markUpstreamRestored(): void;
  markFarmDown(farm: FarmClass, name: string): void;
  /** Returns whether the farm was down. */
  markFarmUp(farm: FarmClass, name: string): boolean;
  /** Holds all requests after the gateway reported too many messages. */
  pause(duration: Duration): void;
  /** Opens the gate for a new connection, on which the gateway reports again what is down. */
  clear(): void;
  /** Returns the reason why a request to the farm has to wait; null if it may be sent. */
  getBlockedReason(farm: FarmClass): string | null;
  /**
   * Resolves with null when requests to the farm may be sent, or after `maxWait` with the reason that still holds them.
   */
  waitUntilOpen(farm: FarmClass, maxWait: Duration, signal: AbortSignal): Promise<string | null>;
}

const serviceNames: Readonly<Record<FarmClass, string>> = {
  historical: 'historical data',
  market: 'market data',
  definitions: 'contract definitions',
};

/** Stands for a farm whose message did not name it: any farm that comes back may be this one. */
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
    if (isUpstreamLost) return 'IB Gateway has no connection to IB';
    if (clock.now() < pausedUntil) return 'IB Gateway reported too many messages';
    return downFarms[farm].size === 0
      ? null
      : `the data farm for ${serviceNames[farm]} is down (${[...downFarms[farm]].sort().join(', ')})`;
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
