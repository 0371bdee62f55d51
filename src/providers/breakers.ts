import type { Clock } from '../core/clock.js';
import type { Duration, Instant } from '../core/time.js';

/** When somebody who keeps failing is left alone, and for how long. */
export interface BreakerRules {
  /** Failed attempts in a row … */
  readonly threshold: number;
  /** … after which it is left alone for so long. Then one attempt is let through, and what comes of it decides. */
  readonly recovery: Duration;
}

/** What is known of one breaker, as far as it outlives a run. */
export interface BreakerState {
  /** The symbol it is around; null for the source itself. */
  readonly symbol: string | null;
  /** Attempts in a row that failed. */
  readonly failures: number;
  /** Until when it is left alone; null while the breaker is closed. */
  readonly openUntil: Instant | null;
  /** How often in a row it was opened. */
  readonly pauses: number;
  /** Whether the source answered for others since the first of the failures. */
  readonly othersAnswered: boolean;
}

/** What an attempt says about the symbol and its source; `symbol-failed` may be the fault of either. */
export type Lesson = 'answered' | 'symbol-failed' | 'source-failed' | 'none';

/** Whether an attempt may be made. */
export type Admission =
  /** It may, and has to be reported in the end. */
  | { readonly kind: 'go'; report(lesson: Lesson): void }
  /** Somebody else is trying whether all is well again; ask anew when that is known. */
  | { readonly kind: 'trial'; readonly over: Promise<void> }
  | { readonly kind: 'open'; readonly state: BreakerState; readonly until: Instant };

/** The breakers around a source and around every symbol at it. */
export interface Breakers {
  admit(symbol: string): Admission;
  /** The breaker around the source. */
  source(): BreakerState;
  /** Everything that the next run should know. */
  states(): readonly BreakerState[];
}

/** Told when a breaker changes; `symbol` is null for the one around the source. */
export type OnBreaker = (symbol: string | null, state: 'open' | 'half-open' | 'closed', until: Instant | null) => void;

interface Breaker {
  failures: number;
  openUntil: Instant | null;
  pauses: number;
  /** Resolves when the attempt that was let through has ended. */
  trial: Promise<void> | null;
}

interface SymbolBreaker extends Breaker {
  /** How many answers the source had given, to anybody, when the failures began; more of them since were for others. */
  answersBefore: number;
}

interface Attempted {
  readonly symbol: string;
  readonly answered: boolean;
}

/** Opens the breakers in the states that an earlier run left them in. */
export function breakers(
  { threshold, recovery }: BreakerRules,
  kept: readonly BreakerState[],
  clock: Clock,
  onChange: OnBreaker,
): Breakers {
  const source: Breaker = { failures: 0, openUntil: null, pauses: 0, trial: null };
  const symbols = new Map<string, SymbolBreaker>();
  /** How many of the source's failures in a row were for each symbol. */
  const streak = new Map<string | null, number>();
  let answers = 1;
  /** How the last attempt for any symbol ended, and the last one for any other symbol than that. */
  let last: Attempted | null = null;
  let lastOfAnother: Attempted | null = null;

  for (const { symbol, failures, openUntil, pauses, othersAnswered } of kept) {
    const state = { failures, openUntil, pauses, trial: null };
    if (symbol !== null) symbols.set(symbol, { ...state, answersBefore: othersAnswered ? 0 : answers });
    else {
      Object.assign(source, state);
      streak.set(null, failures);
    }
  }

  const open = (breaker: Breaker, symbol: string | null): void => {
    breaker.openUntil = clock.now() + recovery;
    breaker.pauses++;
    onChange(symbol, 'open', breaker.openUntil);
  };

  const close = (breaker: Breaker, symbol: string | null): void => {
    const wasOpen = breaker.openUntil !== null;
    Object.assign(breaker, { failures: 0, openUntil: null, pauses: 0 });
    if (wasOpen) onChange(symbol, 'closed', null);
  };

  const note = (symbol: string, answered: boolean): void => {
    if (last !== null && last.symbol !== symbol) lastOfAnother = last;
    last = { symbol, answered };
  };

  const answered = (symbol: string, isSourceTrial: boolean): void => {
    answers++;
    note(symbol, true);
    const own = symbols.get(symbol);
    if (own !== undefined) {
      close(own, symbol);
      symbols.delete(symbol);
    }
    // An answer to what was asked before the breaker opened does not end the pause.
    if (source.openUntil !== null && !isSourceTrial) return;
    streak.clear();
    close(source, null);
  };

  const failedFor = (symbol: string, isSourceTrial: boolean, isSymbolTrial: boolean): void => {
    note(symbol, false);
    const own = symbols.get(symbol) ?? symbolBreaker(answers);
    symbols.set(symbol, own);
    own.failures++;
    // When the source answers for others, the symbol is to blame and nobody else has to wait.
    const areOthersWell = answers > own.answersBefore || lastOfAnother?.answered === true;
    if (own.openUntil === null ? own.failures >= threshold && areOthersWell : isSymbolTrial) open(own, symbol);
    if (own.openUntil === null) failed(symbol, isSourceTrial);
    else {
      source.failures -= streak.get(symbol) ?? 0;
      streak.delete(symbol);
    }
  };

  const failed = (symbol: string | null, isTrial: boolean): void => {
    source.failures++;
    streak.set(symbol, (streak.get(symbol) ?? 0) + 1);
    // What was asked before the breaker opened and fails now is no news.
    if (source.openUntil === null ? source.failures >= threshold : isTrial) open(source, null);
  };

  const isPaused = ({ openUntil }: Breaker): boolean => openUntil !== null && clock.now() < openUntil;

  return {
    admit(symbol) {
      const own = symbols.get(symbol);
      if (own !== undefined && isPaused(own)) return openAs(stateOf(symbol, own, answers));
      const trial = source.trial ?? own?.trial ?? null;
      if (trial !== null) return { kind: 'trial', over: trial };
      if (isPaused(source)) return openAs(stateOf(null, source, answers));
      const tried = [source, own].filter((breaker) => breaker !== undefined).filter(isOpen);
      const isSourceTrial = source.openUntil !== null;
      const isSymbolTrial = own !== undefined && own.openUntil !== null;
      const end = beginTrial(tried);
      if (isSourceTrial) onChange(null, 'half-open', null);
      if (isSymbolTrial) onChange(symbol, 'half-open', null);
      return {
        kind: 'go',
        report(lesson) {
          for (const breaker of tried) breaker.trial = null;
          if (lesson === 'answered') answered(symbol, isSourceTrial);
          if (lesson === 'source-failed') failed(null, isSourceTrial);
          if (lesson === 'symbol-failed') failedFor(symbol, isSourceTrial, isSymbolTrial);
          end();
        },
      };
    },
    source: () => stateOf(null, source, answers),
    states: () =>
      [stateOf(null, source, answers), ...[...symbols].map(([symbol, own]) => stateOf(symbol, own, answers))].filter(
        ({ failures }) => failures > 0,
      ),
  };
}

function symbolBreaker(answersBefore: number): SymbolBreaker {
  return { failures: 0, openUntil: null, pauses: 0, trial: null, answersBefore };
}

function isOpen({ openUntil }: Breaker): boolean {
  return openUntil !== null;
}

function openAs(state: BreakerState): Admission {
  return { kind: 'open', state, until: state.openUntil ?? 0 };
}

/** Lets everybody else wait for one attempt. */
function beginTrial(tried: readonly Breaker[]): () => void {
  if (tried.length === 0) return () => undefined;
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  for (const breaker of tried) breaker.trial = over;
  return end;
}

function stateOf(symbol: string | null, breaker: Breaker & { answersBefore?: number }, answers: number): BreakerState {
  const { failures, openUntil, pauses, answersBefore } = breaker;
  return {
    symbol,
    failures,
    openUntil,
    pauses,
    othersAnswered: answersBefore !== undefined && answers > answersBefore,
  };
}
