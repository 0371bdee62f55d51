import type { Instant } from '../core/time/time.js';

/**
 * What happens at a simulated source, told as it happens. `connection` numbers the connections of one simulator from 1;
 * `request` is a word of the scenario language (`src/scenario/words.ts`).
 */
export type SimulatorEvent =
  /** A client came in. */
  | { readonly kind: 'connected'; readonly at: Instant; readonly connection: number; readonly from: string }
  | { readonly kind: 'disconnected'; readonly at: Instant; readonly connection: number }
  /** A request arrived; `about` says in a few words what is asked for. */
  | {
      readonly kind: 'request';
      readonly at: Instant;
      readonly connection: number;
      readonly request: string;
      readonly description: string;
    }
  /** It was answered, with so many rows where the answer has rows. */
  | {
      readonly kind: 'answered';
      readonly at: Instant;
      readonly connection: number;
      readonly request: string;
      readonly rows: number;
    }
  /** It was answered with an error of the source. */
  | {
      readonly kind: 'refused';
      readonly at: Instant;
      readonly connection: number;
      readonly request: string;
      readonly code: string;
      readonly message: string;
    }
  /** The client broke a rule of the source: asked too fast, spoke what is not of the protocol. */
  | {
      readonly kind: 'violation';
      readonly at: Instant;
      readonly connection: number;
      readonly rule: string;
      readonly message: string;
    }
  /** The scenario did something; no connection when it happened to the whole source. */
  | {
      readonly kind: 'action';
      readonly at: Instant;
      readonly connection: number | null;
      readonly action: string;
      readonly request: string | null;
    };

/** Why a simulator cannot listen where it was told to. */
export interface PortProblem {
  readonly kind: 'in-use' | 'not-allowed' | 'no-such-host' | 'other';
  readonly host: string;
  readonly port: number;
  readonly message: string;
}
