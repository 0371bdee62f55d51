import type { Failure } from '../../../core/failure.js';
import { err } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { interpretCode } from './codes.js';
import type { FarmClass, CodeMeaning } from './codes.js';
import type { GatewayMessage, Wire } from './wire.js';

/** The reason why a request failed: an error of the gateway, or no connection to it. */
export type RequestError =
  | { readonly kind: 'gateway'; readonly code: number; readonly message: string; readonly meaning: CodeMeaning }
  | { readonly kind: 'connection'; readonly failure: Failure };

export type IbReply<T> = Result<T, RequestError>;

/** One request to the gateway, sent once. */
export interface IbRequest<T> {
  readonly farm: FarmClass;
  /** Sends the request under a unique id. It may end itself later by calling `finish`. */
  send(wire: Wire, id: number, finish: (reply: IbReply<T>) => void): void;
  /** Handles a message of the gateway; a reply ends the request. */
  onMessage(message: GatewayMessage): IbReply<T> | null;
  /** Cancels the request at the gateway; null if the protocol has no cancellation for it. */
  readonly cancel: ((wire: Wire, id: number) => void) | null;
  /** True if the gateway keeps the request open after the reply, so that it must be cancelled then too. */
  readonly needsCancel: boolean;
}

/** The reply that an error of the gateway gives a request; null for information only. */
export function errorFrom({ code, message }: Extract<GatewayMessage, { kind: 'error' }>): IbReply<never> | null {
  const meaning = interpretCode(code, message);
  return meaning.kind === 'notice' ? null : err({ kind: 'gateway', code, message, meaning });
}

/** A retryable failure of the connection or a cancellation. */
export function noReply(message: string, code: string): { readonly ok: false; readonly error: RequestError } {
  return err({ kind: 'connection', failure: { kind: 'retryable', code, message } });
}
