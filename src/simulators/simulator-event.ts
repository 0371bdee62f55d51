import type { Instant } from '../core/time/time.js';

/**
 * Events of a simulator. `connection` numbers the connections of one simulator from 1; `request` is a request name of
 * scenarios (`src/config/scenario/capabilities.ts`).
 */
export type SimulatorEvent =
  | { readonly kind: 'connected'; readonly at: Instant; readonly connection: number; readonly from: string }
  | { readonly kind: 'disconnected'; readonly at: Instant; readonly connection: number }
  /** A request arrived; `description` summarizes it. */
  | {
      readonly kind: 'request';
      readonly at: Instant;
      readonly connection: number;
      readonly request: string;
      readonly description: string;
    }
  /** A request names an instrument that the simulator does not list. */
  | { readonly kind: 'unlisted'; readonly at: Instant; readonly connection: number; readonly symbol: string }
  /** A request was answered; `rows` is 0 for responses without rows. */
  | {
      readonly kind: 'answered';
      readonly at: Instant;
      readonly connection: number;
      readonly request: string;
      readonly rows: number;
    }
  /** A request was answered with an error of the source. */
  | {
      readonly kind: 'rejected';
      readonly at: Instant;
      readonly connection: number;
      readonly request: string;
      readonly code: string;
      readonly message: string;
    }
  /** A client violated a rule of the source: a rate limit or the protocol. */
  | {
      readonly kind: 'violation';
      readonly at: Instant;
      readonly connection: number;
      readonly rule: string;
      readonly message: string;
    }
  /** The scenario performed an action; `connection` is null if it affected the whole source. */
  | {
      readonly kind: 'action';
      readonly at: Instant;
      readonly connection: number | null;
      readonly action: string;
      readonly request: string | null;
    };

/** Why a simulator cannot listen at the configured address. */
export interface PortProblem {
  readonly kind: 'in-use' | 'not-allowed' | 'no-such-host' | 'other';
  readonly host: string;
  readonly port: number;
  readonly message: string;
}
