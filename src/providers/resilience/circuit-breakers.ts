import type { Clock } from '../../core/time/clock.js';
import type { Duration, Instant } from '../../core/time/time.js';

/** When somebody who keeps failing is left alone, and for how long. */
export interface BreakerOptions {
  /** Failed attempts in a row … */
  readonly threshold: number;
  /** … after which it is left alone for so long. Then one attempt is let through, and what comes of it decides. */
  readonly cooldown: Duration;
}

/** What is known of one breaker, as far as it outlives a run. */
export interface BreakerSnapshot {
  /** The symbol it is around; null for the source itself. */
  readonly symbol: string | null;
  /** Attempts in a row that failed. */
  readonly failures: number;
  /** Until when it is left alone; null while the breaker is closed. */
  readonly openUntil: Instant | null;
  /** How often in a row it was opened. */
  readonly openCount: number;
  /** Whether the source answered for others since the first of the failures. */
  readonly othersAnswered: boolean;
}

/** What an attempt says about the symbol and its source; `symbol-failed` may be the fault of either. */
export type AttemptResult = 'answered' | 'symbol-failed' | 'source-failed' | 'none';

/** Whether an attempt may be made. */
export type Admission =
  /** It may, and has to be reported in the end. */
  | { readonly kind: 'go'; report(result: AttemptResult): void }
  /** Somebody else is trying whether all is well again; ask anew when that is known. */
  | { readonly kind: 'trial'; readonly done: Promise<void> }
  | { readonly kind: 'open'; readonly state: BreakerSnapshot; readonly until: Instant };

/** The breakers around a source and around every symbol at it. */
export interface Breakers {
  admit(symbol: string): Admission;
  /** The breaker around the source. */
  sourceSnapshot(): BreakerSnapshot;
  /** Everything that the next run should know. */
  snapshots(): readonly BreakerSnapshot[];
}

/** Told when a breaker changes; `symbol` is null for the one around the source. */
export type OnBreakerChange = (
  symbol: string | null,
  state: 'open' | 'half-open' | 'closed',
  until: Instant | null,
) => void;

interface Breaker {
  failures: number;
  openUntil: Instant | null;
  openCount: number;
  /** Resolves when the attempt that was let through has ended. */
  probe: Promise<void> | null;
}

interface SymbolBreaker extends Breaker {
  /** How many answers the source had given, to anybody, when the failures began; more of them since were for others. */
  answersAtFirstFailure: number;
}

interface Attempt {
  readonly symbol: string;
  readonly answered: boolean;
}

/** Opens the breakers in the states that an earlier run left them in. */
export function createBreakers(
  { threshold, cooldown }: BreakerOptions,
  restored: readonly BreakerSnapshot[],
  clock: Clock,
  onChange: OnBreakerChange,
): Breakers {
  const source: Breaker = { failures: 0, openUntil: null, openCount: 0, probe: null };
  const symbols = new Map<string, SymbolBreaker>();
  /** How many of the source's failures in a row were for each symbol. */
  const failuresBySymbol = new Map<string | null, number>();
  let answers = 1;
  /** How the last attempt for any symbol ended, and the last one for any other symbol than that. */
  let lastAttempt: Attempt | null = null;
  let lastAttemptForOther: Attempt | null = null;

  for (const { symbol, failures, openUntil, openCount, othersAnswered } of restored) {
    const state = { failures, openUntil, openCount, probe: null };
    if (symbol !== null) symbols.set(symbol, { ...state, answersAtFirstFailure: othersAnswered ? 0 : answers });
    else {
      Object.assign(source, state);
      failuresBySymbol.set(null, failures);
    }
  }

  const openBreaker = (breaker: Breaker, symbol: string | null): void => {
    breaker.openUntil = clock.now() + cooldown;
    breaker.openCount++;
    onChange(symbol, 'open', breaker.openUntil);
  };

  const closeBreaker = (breaker: Breaker, symbol: string | null): void => {
    const wasOpen = breaker.openUntil !== null;
    Object.assign(breaker, { failures: 0, openUntil: null, pauses: 0 });
    if (wasOpen) onChange(symbol, 'closed', null);
  };

  const recordAttempt = (symbol: string, answered: boolean): void => {
    if (lastAttempt !== null && lastAttempt.symbol !== symbol) lastAttemptForOther = lastAttempt;
    lastAttempt = { symbol, answered };
  };

  const answered = (symbol: string, isSourceProbe: boolean): void => {
    answers++;
    recordAttempt(symbol, true);
    const entry = symbols.get(symbol);
    if (entry !== undefined) {
      closeBreaker(entry, symbol);
      symbols.delete(symbol);
    }
    // An answer to what was asked before the breaker opened does not end the pause.
    if (source.openUntil !== null && !isSourceProbe) return;
    failuresBySymbol.clear();
    closeBreaker(source, null);
  };

  const onSymbolFailed = (symbol: string, isSourceProbe: boolean, isSymbolProbe: boolean): void => {
    recordAttempt(symbol, false);
    const entry = symbols.get(symbol) ?? createSymbolBreaker(answers);
    symbols.set(symbol, entry);
    entry.failures++;
    // When the source answers for others, the symbol is to blame and nobody else has to wait.
    const othersSucceed = answers > entry.answersAtFirstFailure || lastAttemptForOther?.answered === true;
    if (entry.openUntil === null ? entry.failures >= threshold && othersSucceed : isSymbolProbe)
      openBreaker(entry, symbol);
    if (entry.openUntil === null) onSourceFailed(symbol, isSourceProbe);
    else {
      source.failures -= failuresBySymbol.get(symbol) ?? 0;
      failuresBySymbol.delete(symbol);
    }
  };

  const onSourceFailed = (symbol: string | null, isProbe: boolean): void => {
    source.failures++;
    failuresBySymbol.set(symbol, (failuresBySymbol.get(symbol) ?? 0) + 1);
    // What was asked before the breaker opened and fails now is no news.
    if (source.openUntil === null ? source.failures >= threshold : isProbe) openBreaker(source, null);
  };

  const isCoolingDown = ({ openUntil }: Breaker): boolean => openUntil !== null && clock.now() < openUntil;

  return {
    admit(symbol) {
      const entry = symbols.get(symbol);
      if (entry !== undefined && isCoolingDown(entry)) return toOpenAdmission(toSnapshot(symbol, entry, answers));
      const probe = source.probe ?? entry?.probe ?? null;
      if (probe !== null) return { kind: 'trial', done: probe };
      if (isCoolingDown(source)) return toOpenAdmission(toSnapshot(null, source, answers));
      const probed = [source, entry].filter((breaker) => breaker !== undefined).filter(isOpen);
      const isSourceProbe = source.openUntil !== null;
      const isSymbolProbe = entry !== undefined && entry.openUntil !== null;
      const endProbe = beginProbe(probed);
      if (isSourceProbe) onChange(null, 'half-open', null);
      if (isSymbolProbe) onChange(symbol, 'half-open', null);
      return {
        kind: 'go',
        report(result) {
          for (const breaker of probed) breaker.probe = null;
          if (result === 'answered') answered(symbol, isSourceProbe);
          if (result === 'source-failed') onSourceFailed(null, isSourceProbe);
          if (result === 'symbol-failed') onSymbolFailed(symbol, isSourceProbe, isSymbolProbe);
          endProbe();
        },
      };
    },
    sourceSnapshot: () => toSnapshot(null, source, answers),
    snapshots: () =>
      [
        toSnapshot(null, source, answers),
        ...[...symbols].map(([symbol, entry]) => toSnapshot(symbol, entry, answers)),
      ].filter(({ failures }) => failures > 0),
  };
}

function createSymbolBreaker(answersAtFirstFailure: number): SymbolBreaker {
  return { failures: 0, openUntil: null, openCount: 0, probe: null, answersAtFirstFailure };
}

function isOpen({ openUntil }: Breaker): boolean {
  return openUntil !== null;
}

function toOpenAdmission(state: BreakerSnapshot): Admission {
  return { kind: 'open', state, until: state.openUntil ?? 0 };
}

/** Lets everybody else wait for one attempt. */
function beginProbe(probed: readonly Breaker[]): () => void {
  if (probed.length === 0) return () => undefined;
  let resolveDone = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    resolveDone = resolve;
  });
  for (const breaker of probed) breaker.probe = done;
  return resolveDone;
}

function toSnapshot(
  symbol: string | null,
  breaker: Breaker & { answersAtFirstFailure?: number },
  answers: number,
): BreakerSnapshot {
  const { failures, openUntil, openCount, answersAtFirstFailure } = breaker;
  return {
    symbol,
    failures,
    openUntil,
    openCount,
    othersAnswered: answersAtFirstFailure !== undefined && answers > answersAtFirstFailure,
  };
}
