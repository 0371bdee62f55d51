import type { Instant } from '../../core/time/time.js';

/** Something about the gateway that a user may want to know and that answers no request. */
export interface IbNotice {
  readonly at: Instant;
  readonly kind:
    | 'connected'
    | 'connection-lost'
    | 'client-id-taken'
    | 'link-lost'
    | 'link-restored'
    | 'farm-down'
    | 'farm-up'
    | 'port-changed'
    | 'competing-session'
    | 'delayed-data'
    | 'pacing-violation'
    | 'no-answer'
    /** What must never happen, such as a message about an order. */
    | 'alarm'
    | 'message';
  /** The gateway's own number for it; null for what we found out ourselves. */
  readonly code: number | null;
  readonly message: string;
}

/** Account numbers of IB in a text, with their middle hidden: `DU1234567` becomes `DU***67`. */
export function maskAccounts(text: string): string {
  return text.replace(/\b(DU|DF|DI|U|F|I)(\d{3,})(\d{2})\b/g, '$1***$3');
}
