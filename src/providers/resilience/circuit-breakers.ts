import type { Clock } from '../../core/time/clock.js';
import type { Duration, Instant } from '../../core/time/time.js';
import {
  beginProbe,
  closedBreaker,
  endProbe,
  forgetFailures,
  openBreaker,
  recordFailure,
  restoreBreaker,
} from './breaker-state.js';
import type { BreakerState } from './breaker-state.js';

/** Conditions under which a circuit opens, and the duration. */
export interface BreakerOptions {
  /** Failed attempts in a row that open the circuit. */
  readonly threshold: number;
  /** The time for which the circuit stays open. Then one attempt probes the provider, and its result decides. */
  readonly cooldown: Duration;
}

/** The state of one breaker for the next run. */
export interface BreakerSnapshot {
  /** The symbol that the breaker guards; null for the breaker of the whole provider. */
  readonly symbol: string | null;
  /** Failed attempts in a row. */
  readonly failures: number;
  /** The message of the first of them; absent if it is unknown. */
  readonly cause?: string;
  /** The end of the cooldown; null if the circuit is closed. */
  readonly openUntil: Instant | null;
  /** Openings since the circuit was last closed; 0 if it is closed. */
  readonly openCount: number;
  /** True if the provider has answered requests for other symbols since the first of the failures. */
  readonly othersAnswered: boolean;
}

/**
 * The result of an attempt for the circuits of the symbol and the provider; either of them may have caused
 * `symbol-failed`.
 */
export type AttemptResult = 'answered' | 'symbol-failed' | 'provider-failed' | 'inconclusive';

/** The decision whether an attempt may be sent. */
export type Admission =
  /** The attempt may be sent; its result must be reported. */
  | {
      readonly kind: 'allowed';
      /** `message` is that of the failure, if the attempt failed. */
      report(result: AttemptResult, message?: string): void;
    }
  /** Another attempt probes the provider; ask again when `done` resolves. */
  | { readonly kind: 'probing'; readonly done: Promise<void> }
  | { readonly kind: 'open'; readonly breaker: BreakerSnapshot; readonly until: Instant };

/** The breaker of a provider and those of its symbols. */
export interface Breakers {
  admit(symbol: string): Admission;
  providerSnapshot(): BreakerSnapshot;
  /** Every breaker that has counted a failure. */
  snapshots(): readonly BreakerSnapshot[];
}

/** Receives changes of state; `symbol` is null for the breaker of the provider, `cause` the first failure of an open one. */
export type OnBreakerChange = (
  symbol: string | null,
  state: BreakerState['state'],
  until: Instant | null,
  cause?: string,
) => void;

/** One breaker of the set; its state changes only by the transitions of breaker-state.ts. */
interface Entry {
  breaker: BreakerState;
}

interface SymbolEntry extends Entry {
  /** Answers that the provider had given for any symbol when the failures began; later ones were for other symbols. */
  readonly answersAtFirstFailure: number;
}

interface LastAttempt {
  readonly symbol: string;
  readonly answered: boolean;
}

/** Creates the breakers of a provider in the states that an earlier run saved. */
export function createBreakers(
  { threshold, cooldown }: BreakerOptions,
  restored: readonly BreakerSnapshot[],
  clock: Clock,
  onChange: OnBreakerChange,
): Breakers {
  const provider: Entry = { breaker: closedBreaker };
  const symbols = new Map<string, SymbolEntry>();
  /** The share of each symbol in the provider's failures in a row. */
  const failuresBySymbol = new Map<string | null, number>();
  let answers = 1;
  let lastAttempt: LastAttempt | null = null;
  /** The last attempt for a symbol other than that of `lastAttempt`. */
  let lastAttemptForOther: LastAttempt | null = null;

  for (const saved of restored) {
    const { symbol, failures, openUntil, openCount, othersAnswered } = saved;
    const breaker = restoreBreaker(saved, openUntil, openCount);
    if (symbol !== null) symbols.set(symbol, { breaker, answersAtFirstFailure: othersAnswered ? 0 : answers });
    else {
      provider.breaker = breaker;
      failuresBySymbol.set(null, failures);
    }
  }

  const open = (entry: Entry, symbol: string | null): void => {
    const until = clock.now() + cooldown;
    entry.breaker = openBreaker(entry.breaker, until);
    onChange(symbol, 'open', until, entry.breaker.cause);
  };

  const close = (entry: Entry, symbol: string | null): void => {
    const wasClosed = entry.breaker.state === 'closed';
    entry.breaker = closedBreaker;
    if (!wasClosed) onChange(symbol, 'closed', null);
  };

  const recordAttempt = (symbol: string, answered: boolean): void => {
    if (lastAttempt !== null && lastAttempt.symbol !== symbol) lastAttemptForOther = lastAttempt;
    lastAttempt = { symbol, answered };
  };

  const onAnswered = (symbol: string, isProviderProbe: boolean): void => {
    answers++;
    recordAttempt(symbol, true);
    const entry = symbols.get(symbol);
    if (entry !== undefined) {
      close(entry, symbol);
      symbols.delete(symbol);
    }
    // An attempt sent before the circuit opened does not end the cooldown.
    if (provider.breaker.state !== 'closed' && !isProviderProbe) return;
    failuresBySymbol.clear();
    close(provider, null);
  };

  const onSymbolFailed = (
    symbol: string,
    message: string | undefined,
    isProviderProbe: boolean,
    isSymbolProbe: boolean,
  ): void => {
    recordAttempt(symbol, false);
    const entry = symbols.get(symbol) ?? { breaker: closedBreaker, answersAtFirstFailure: answers };
    symbols.set(symbol, entry);
    entry.breaker = recordFailure(entry.breaker, message);
    // While the provider answers for other symbols, the failures belong to this symbol and the others need not wait.
    const othersSucceed = answers > entry.answersAtFirstFailure || lastAttemptForOther?.answered === true;
    const shouldOpen =
      entry.breaker.state === 'closed' ? entry.breaker.failures >= threshold && othersSucceed : isSymbolProbe;
    if (shouldOpen) open(entry, symbol);
    if (entry.breaker.state === 'closed') onProviderFailed(symbol, message, isProviderProbe);
    else {
      provider.breaker = forgetFailures(provider.breaker, failuresBySymbol.get(symbol) ?? 0);
      failuresBySymbol.delete(symbol);
    }
  };

  const onProviderFailed = (symbol: string | null, message: string | undefined, isProbe: boolean): void => {
    provider.breaker = recordFailure(provider.breaker, message);
    failuresBySymbol.set(symbol, (failuresBySymbol.get(symbol) ?? 0) + 1);
    // An attempt sent before the circuit opened does not open it again.
    const shouldOpen = provider.breaker.state === 'closed' ? provider.breaker.failures >= threshold : isProbe;
    if (shouldOpen) open(provider, null);
  };

  const getCooldownEnd = ({ breaker }: Entry): Instant | null =>
    breaker.state === 'open' && clock.now() < breaker.until ? breaker.until : null;

  return {
    admit(symbol) {
      const entry = symbols.get(symbol);
      const symbolOpenUntil = entry === undefined ? null : getCooldownEnd(entry);
      if (entry !== undefined && symbolOpenUntil !== null)
        return { kind: 'open', breaker: toSymbolSnapshot(symbol, entry, answers), until: symbolOpenUntil };
      const probeEnded = getProbe(provider) ?? (entry === undefined ? null : getProbe(entry));
      if (probeEnded !== null) return { kind: 'probing', done: probeEnded };
      const openUntil = getCooldownEnd(provider);
      if (openUntil !== null) return { kind: 'open', breaker: toSnapshot(provider.breaker), until: openUntil };

      const isProviderProbe = provider.breaker.state === 'open';
      const isSymbolProbe = entry?.breaker.state === 'open';
      const probed = [provider, ...(entry === undefined ? [] : [entry])].filter(
        ({ breaker }) => breaker.state === 'open',
      );
      const finishProbe = startProbe(probed);
      if (isProviderProbe) onChange(null, 'half-open', null);
      if (isSymbolProbe) onChange(symbol, 'half-open', null);
      return {
        kind: 'allowed',
        report(result, message) {
          const resolveProbe = finishProbe();
          if (result === 'answered') onAnswered(symbol, isProviderProbe);
          if (result === 'provider-failed') onProviderFailed(null, message, isProviderProbe);
          if (result === 'symbol-failed') onSymbolFailed(symbol, message, isProviderProbe, isSymbolProbe);
          resolveProbe();
        },
      };
    },
    providerSnapshot: () => toSnapshot(provider.breaker),
    snapshots: () =>
      [
        toSnapshot(provider.breaker),
        ...[...symbols].map(([symbol, entry]) => toSymbolSnapshot(symbol, entry, answers)),
      ].filter(({ failures }) => failures > 0),
  };
}

function getProbe({ breaker }: Entry): Promise<void> | null {
  return breaker.state === 'half-open' ? breaker.probeEnded : null;
}

/** Makes the other attempts wait for one; the answer ends the probe and gives what wakes them. */
function startProbe(probed: readonly Entry[]): () => () => void {
  let resolveEnded = (): void => undefined;
  const probeEnded = new Promise<void>((resolve) => {
    resolveEnded = resolve;
  });
  for (const entry of probed) entry.breaker = beginProbe(entry.breaker, probeEnded);
  return () => {
    for (const entry of probed) entry.breaker = endProbe(entry.breaker);
    return resolveEnded;
  };
}

function toSymbolSnapshot(
  symbol: string,
  { breaker, answersAtFirstFailure }: SymbolEntry,
  answers: number,
): BreakerSnapshot {
  return { ...toSnapshot(breaker), symbol, othersAnswered: answers > answersAtFirstFailure };
}

function toSnapshot(breaker: BreakerState): BreakerSnapshot {
  const isClosed = breaker.state === 'closed';
  return {
    symbol: null,
    failures: breaker.failures,
    ...(breaker.cause === undefined ? {} : { cause: breaker.cause }),
    openUntil: isClosed ? null : breaker.until,
    openCount: isClosed ? 0 : breaker.openCount,
    othersAnswered: false,
  };
}
