import { errorMessage } from '../../platform/error-message.js';
import type { Clock } from '../../core/time/clock.js';
import type { RunEventBody } from '../../core/events.js';
import type { ProviderName } from '../../core/series.js';
import type { Instant } from '../../core/time/time.js';
import { isExpired } from '../../providers/resilience/breaker-store.js';
import type { BreakerStore, PersistedBreaker } from '../../providers/resilience/breaker-store.js';
import { createBreakers } from '../../providers/resilience/circuit-breakers.js';
import type { BreakerOptions, Breakers, BreakerSnapshot } from '../../providers/resilience/circuit-breakers.js';

/** The circuit breakers of one run, which continue from the state that the previous run saved. */
export interface RunBreakers {
  /** The breakers of a provider; `onPause` gets the end of each cooldown of the provider itself. */
  open(provider: ProviderName, onPause: (until: Instant) => void): Promise<Breakers>;
  /** Saves the state for the next run. */
  close(): Promise<void>;
}

export interface RunBreakersOptions {
  readonly rules: BreakerOptions;
  /** The run gives a provider up when its circuit has opened this often in a row. */
  readonly maxSourcePauses: number;
  readonly store: BreakerStore;
  readonly clock: Clock;
  readonly emit: (event: RunEventBody) => void;
}

export function createRunBreakers({ rules, maxSourcePauses, store, clock, emit }: RunBreakersOptions): RunBreakers {
  const opened = new Map<ProviderName, Breakers>();
  let reading: Promise<readonly PersistedBreaker[]> | null = null;
  let saving: Promise<void> = Promise.resolve();
  let hasFailed = false;
  const readSaved = (): Promise<readonly PersistedBreaker[]> => (reading ??= store.read().catch(() => []));

  const save = async (): Promise<void> => {
    const now = clock.now();
    const others = (await readSaved()).filter(({ provider }) => ![...opened.keys()].some((name) => name === provider));
    const current = [...opened].flatMap(([provider, breakers]) =>
      breakers.snapshots().map((state): PersistedBreaker => ({ provider, ...state, updatedAt: now })),
    );
    await store.write([...others.filter((one) => !isExpired(one, now)), ...current]);
  };

  const saveSoon = (): void => {
    saving = saving.then(save).catch((error: unknown) => {
      if (hasFailed) return;
      hasFailed = true;
      const why = errorMessage(error);
      emit({ type: 'warning', message: `cannot save circuit-breaker state: ${why}` });
    });
  };

  return {
    async open(provider, onPause) {
      const known = (await readSaved()).filter((one) => one.provider === provider);
      const now = clock.now();
      for (const one of known) if (one.openUntil !== null) emit(toCarriedOverEvent(provider, one, isExpired(one, now)));
      const states = known
        .filter((one) => !isExpired(one, now))
        // A provider that was given up is probed once, after its cooldown.
        .map((one): BreakerSnapshot => ({ ...one, openCount: Math.min(one.openCount, maxSourcePauses) }));
      const breakers = createBreakers(rules, states, clock, (symbol, state, until, cause) => {
        if (symbol === null && until !== null) onPause(until);
        emit({
          type: 'breaker-changed',
          provider,
          state,
          ...(symbol === null ? {} : { symbol }),
          ...(until === null ? {} : { until }),
          ...(cause === undefined ? {} : { cause }),
          carriedOver: false,
        });
        if (state !== 'half-open') saveSoon();
      });
      opened.set(provider, breakers);
      return breakers;
    },
    async close() {
      if (opened.size > 0) saveSoon();
      await saving;
    },
  };
}

/**
 * Creates the event of a circuit that an earlier run left open: `open`, or `closed` because the saved state expired.
 */
function toCarriedOverEvent(
  provider: ProviderName,
  { symbol, openUntil, cause }: BreakerSnapshot,
  expired: boolean,
): RunEventBody {
  return {
    type: 'breaker-changed',
    provider,
    state: expired ? 'closed' : 'open',
    ...(symbol === null ? {} : { symbol }),
    ...(openUntil === null || expired ? {} : { until: openUntil }),
    ...(cause === undefined || expired ? {} : { cause }),
    carriedOver: true,
  };
}
