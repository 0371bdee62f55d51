import type { Instant } from '../../core/time/time.js';

/** A message about the gateway that belongs to no request. */
export interface IbNotice {
  readonly at: Instant;
  readonly kind:
    | 'connected'
    | 'connection-lost'
    | 'client-id-taken'
    | 'upstream-lost'
    | 'upstream-restored'
    | 'farm-down'
    | 'farm-up'
    | 'port-changed'
    | 'competing-session'
    | 'delayed-data'
    | 'pacing-violation'
    | 'no-answer'
    /** A message that must never occur, such as one about an order. */
    | 'unexpected'
    | 'message';
  /** The gateway's code; null if the adapter found out by itself. */
  readonly code: number | null;
  readonly message: string;
}

/** Masks the middle of account numbers: `DU1234567` becomes `DU***67`. */
export function maskAccounts(text: string): string {
  return text.replace(/\b(DU|DF|DI|U|F|I)(\d{3,})(\d{2})\b/g, '$1***$3');
}
