import type { Clock } from '../../core/clock.js';
import type { Duration, Instant } from '../../core/time.js';
import type { FarmClass } from './codes.js';

/** What keeps requests from going out: the link upstream, and the farms of each kind of request. */
export interface Holds {
  linkLost(): void;
  linkRestored(): void;
  farmDown(farm: FarmClass, name: string): void;
  /** True when the farm was down before. */
  farmUp(farm: FarmClass, name: string): boolean;
  /** Nothing goes for so long: the gateway hears too much. */
  pause(duration: Duration): void;
  /** A new connection begins without holds: the gateway says again what is down. */
  clear(): void;
  /** Why a request of this kind has to wait; null when it may go. */
  reason(farm: FarmClass): string | null;
  /** Resolves when such requests may go, at the latest after a while; with what still holds them, or null. */
  wait(farm: FarmClass, atMost: Duration, signal: AbortSignal): Promise<string | null>;
}

const services: Readonly<Record<FarmClass, string>> = {
  historical: 'historical data',
  market: 'market data',
  definitions: 'contract definitions',
};

/** A farm whose name its message did not tell: any that comes back may be it. */
const unnamed = '';

export function createHolds(clock: Clock): Holds {
  let isLinkLost = false;
  let pausedUntil: Instant = -Infinity;
  const down: Readonly<Record<FarmClass, Set<string>>> = {
    historical: new Set(),
    market: new Set(),
    definitions: new Set(),
  };
  const waiting = new Set<() => void>();
  const changed = (): void => {
    for (const wake of [...waiting]) wake();
  };
  const reason = (farm: FarmClass): string | null => {
    if (isLinkLost) return 'the gateway has lost its link to IB';
    if (clock.now() < pausedUntil) return 'the gateway has complained of too many messages';
    return down[farm].size === 0
      ? null
      : `the farm for ${services[farm]} is down (${[...down[farm]].sort().join(', ')})`;
  };
  const clear = (): void => {
    isLinkLost = false;
    for (const farms of Object.values(down)) farms.clear();
    changed();
  };
  return {
    linkLost() {
      isLinkLost = true;
    },
    linkRestored: clear,
    farmDown(farm, name) {
      down[farm].add(name);
    },
    farmUp(farm, name) {
      const wasDown = down[farm].has(name) || down[farm].has(unnamed);
      down[farm].delete(name);
      down[farm].delete(unnamed);
      changed();
      return wasDown;
    },
    pause(duration) {
      pausedUntil = Math.max(pausedUntil, clock.now() + duration);
    },
    clear,
    reason,
    async wait(farm, atMost, signal) {
      const until = clock.now() + atMost;
      for (;;) {
        const now = clock.now();
        if (reason(farm) === null || signal.aborted || now >= until) return reason(farm);
        const over = new AbortController();
        const stop = AbortSignal.any([signal, over.signal]);
        const check = (): void => {
          if (reason(farm) === null) over.abort();
        };
        waiting.add(check);
        const next = pausedUntil > now ? Math.min(pausedUntil, until) : until;
        await clock.sleepUntil(next, stop).catch(() => undefined);
        waiting.delete(check);
      }
    },
  };
}
