import type { Failure } from '../../core/failure.js';
import { err } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { meaningOf } from './codes.js';
import type { FarmClass, Meaning } from './codes.js';
import type { Heard, Wire } from './wire.js';

/** Why a question has no answer: the gateway said so, or nobody is there to say anything. */
export type Trouble =
  | { readonly kind: 'gateway'; readonly code: number; readonly message: string; readonly meaning: Meaning }
  | { readonly kind: 'connection'; readonly failure: Failure };

export type Answer<T> = Result<T, Trouble>;

/** One request to the gateway: how to ask, how to listen, how to stop. Each is asked once. */
export interface Question<T> {
  readonly farm: FarmClass;
  /** Asks under a number of its own. `finish` may be called later by whoever asks, when it has heard enough. */
  ask(wire: Wire, id: number, finish: (answer: Answer<T>) => void): void;
  /** Takes what the gateway says about it; an answer ends the request. */
  hear(what: Heard): Answer<T> | null;
  /** Tells the gateway to stop; null where it cannot be told. */
  readonly stop: ((wire: Wire, id: number) => void) | null;
  /** Whether the request lives on at the gateway after the answer, and has to be stopped then too. */
  readonly lingers: boolean;
}

/** What an error of the gateway makes of a question; null for what is only a remark. */
export function troubleIn({ code, message }: Extract<Heard, { kind: 'error' }>): Answer<never> | null {
  const meaning = meaningOf(code, message);
  return meaning.kind === 'notice' ? null : err({ kind: 'gateway', code, message, meaning });
}

/** No answer because of us or of the line: worth another try. */
export function unheard(message: string, code: string): { readonly ok: false; readonly error: Trouble } {
  return err({ kind: 'connection', failure: { kind: 'retryable', code, message } });
}
