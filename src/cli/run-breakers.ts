import type { Clock } from '../core/clock.js';
import type { RunEventBody } from '../core/events.js';
import type { ProviderName } from '../core/series.js';
import type { Instant } from '../core/time.js';
import { isFaded } from '../providers/breaker-memory.js';
import type { BreakerMemory, KeptBreaker } from '../providers/breaker-memory.js';
import { breakers } from '../providers/breakers.js';
import type { BreakerRules, Breakers, BreakerState } from '../providers/breakers.js';

/** The breakers of one run, which go on where those of the run before ended. */
export interface RunBreakers {
  /** Those around a source; `onPause` hears until when the source is left alone. */
  open(source: ProviderName, onPause: (until: Instant) => void): Promise<Breakers>;
  /** Remembers what the next run should know. */
  close(): Promise<void>;
}

export interface RunBreakersOptions {
  readonly rules: BreakerRules;
  /** How often in a row a source may be left alone before it is given up. */
  readonly patience: number;
  readonly memory: BreakerMemory;
  readonly clock: Clock;
  readonly emit: (event: RunEventBody) => void;
}

export function runBreakers({ rules, patience, memory, clock, emit }: RunBreakersOptions): RunBreakers {
  const opened = new Map<ProviderName, Breakers>();
  let reading: Promise<readonly KeptBreaker[]> | null = null;
  let saving: Promise<void> = Promise.resolve();
  let hasFailed = false;
  const kept = (): Promise<readonly KeptBreaker[]> => (reading ??= memory.read().catch(() => []));

  const save = async (): Promise<void> => {
    const now = clock.now();
    const others = (await kept()).filter(({ source }) => ![...opened.keys()].some((name) => name === source));
    const own = [...opened].flatMap(([source, around]) =>
      around.states().map((state) => ({ source, ...state, at: now })),
    );
    await memory.write([...others.filter((one) => !isFaded(one, now)), ...own]);
  };

  const saveSoon = (): void => {
    saving = saving.then(save).catch((error: unknown) => {
      if (hasFailed) return;
      hasFailed = true;
      const why = error instanceof Error ? error.message : String(error);
      emit({ type: 'warned', message: `which sources are left alone cannot be remembered: ${why}` });
    });
  };

  return {
    async open(source, onPause) {
      const known = (await kept()).filter((one) => one.source === source);
      const now = clock.now();
      for (const one of known) if (one.openUntil !== null) emit(inherited(source, one, isFaded(one, now)));
      const states = known
        .filter((one) => !isFaded(one, now))
        // A source that was given up is tried once: after the pause in which it is, if that is not over.
        .map((one): BreakerState => ({ ...one, pauses: Math.min(one.pauses, patience) }));
      const own = breakers(rules, states, clock, (symbol, state, until) => {
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
function inherited(provider: ProviderName, { symbol, openUntil }: BreakerState, faded: boolean): RunEventBody {
  return {
    type: 'breaker-changed',
    provider,
    state: faded ? 'closed' : 'open',
    ...(symbol === null ? {} : { symbol }),
    ...(openUntil === null || faded ? {} : { until: openUntil }),
    inherited: true,
  };
}
