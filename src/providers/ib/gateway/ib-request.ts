import type { Failure } from '../../../core/failure.js';
import { err } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { interpretCode } from './codes.js';
import type { FarmClass, CodeMeaning } from './codes.js';
import type { GatewayMessage, Wire } from './wire.js';

/** Why a question has no answer: the gateway said so, or nobody is there to say anything. */
export type RequestError =
  | { readonly kind: 'gateway'; readonly code: number; readonly message: string; readonly meaning: CodeMeaning }
  | { readonly kind: 'connection'; readonly failure: Failure };

export type IbReply<T> = Result<T, RequestError>;

/** One request to the gateway: how to ask, how to listen, how to stop. Each is asked once. */
export interface IbRequest<T> {
  readonly farm: FarmClass;
  /** Asks under a number of its own. `finish` may be called later by whoever asks, when it has heard enough. */
  send(wire: Wire, id: number, finish: (reply: IbReply<T>) => void): void;
  /** Takes what the gateway says about it; an answer ends the request. */
  onMessage(message: GatewayMessage): IbReply<T> | null;
  /** Tells the gateway to stop; null where it cannot be told. */
  readonly cancel: ((wire: Wire, id: number) => void) | null;
  /** Whether the request lives on at the gateway after the answer, and has to be stopped then too. */
  readonly needsCancel: boolean;
}

/** What an error of the gateway makes of a question; null for what is only a remark. */
export function errorFrom({ code, message }: Extract<GatewayMessage, { kind: 'error' }>): IbReply<never> | null {
  const meaning = interpretCode(code, message);
  return meaning.kind === 'notice' ? null : err({ kind: 'gateway', code, message, meaning });
}

/** No answer because of us or of the line: worth another try. */
export function noReply(message: string, code: string): { readonly ok: false; readonly error: RequestError } {
  return err({ kind: 'connection', failure: { kind: 'retryable', code, message } });
}
