import type { Clock } from '../../core/time/clock.js';
import type { RunEventBody } from '../../core/events.js';
import type { ProviderName } from '../../core/series.js';
import type { Instant } from '../../core/time/time.js';
import { isExpired } from '../../providers/resilience/breaker-store.js';
import type { BreakerStore, PersistedBreaker } from '../../providers/resilience/breaker-store.js';
import { createBreakers } from '../../providers/resilience/circuit-breakers.js';
import type { BreakerOptions, Breakers, BreakerSnapshot } from '../../providers/resilience/circuit-breakers.js';

/** The breakers of one run, which go on where those of the run before ended. */
export interface RunBreakers {
  /** Those around a source; `onPause` hears until when the source is left alone. */
  open(source: ProviderName, onPause: (until: Instant) => void): Promise<Breakers>;
  /** Remembers what the next run should know. */
  close(): Promise<void>;
}

export interface RunBreakersOptions {
  readonly rules: BreakerOptions;
  /** How often in a row a source may be left alone before it is given up. */
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
    const own = [...opened].flatMap(([source, around]) =>
      around.snapshots().map((state) => ({ source, ...state, at: now })),
    );
    await store.write([...others.filter((one) => !isExpired(one, now)), ...own]);
  };

  const saveSoon = (): void => {
    saving = saving.then(save).catch((error: unknown) => {
      if (hasFailed) return;
      hasFailed = true;
      const why = error instanceof Error ? error.message : String(error);
      emit({ type: 'warning', message: `which sources are left alone cannot be remembered: ${why}` });
    });
  };

  return {
    async open(source, onPause) {
      const known = (await readSaved()).filter((one) => one.provider === source);
      const now = clock.now();
      for (const one of known) if (one.openUntil !== null) emit(inherited(source, one, isExpired(one, now)));
      const states = known
        .filter((one) => !isExpired(one, now))
        // A source that was given up is tried once: after the pause in which it is, if that is not over.
        .map((one): BreakerSnapshot => ({ ...one, openCount: Math.min(one.openCount, maxSourcePauses) }));
      const own = createBreakers(rules, states, clock, (symbol, state, until) => {
        if (symbol === null && until !== null) onPause(until);
        emit({
          type: 'breaker-changed',
          provider: source,
          state,
          ...(symbol === null ? {} : { symbol }),
          ...(until === null ? {} : { until }),
        });
        if (state !== 'half-open') saveSoon();
      });
      opened.set(source, own);
      return own;
    },
    async close() {
      if (opened.size > 0) saveSoon();
      await saving;
    },
  };
}

/** What an earlier run left open is open still, or so long ago that nobody is left alone for it any more. */
function inherited(provider: ProviderName, { symbol, openUntil }: BreakerSnapshot, expired: boolean): RunEventBody {
  return {
    type: 'breaker-changed',
    provider,
    state: expired ? 'closed' : 'open',
    ...(symbol === null ? {} : { symbol }),
    ...(openUntil === null || expired ? {} : { until: openUntil }),
    carriedOver: true,
  };
}
