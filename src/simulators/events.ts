import type { Action } from '../scenario/scenario.js';

/** What happens at a simulated source, for whoever wants to show or count it. */
export type SimulatorEvent =
  | { readonly kind: 'connected'; readonly connection: number }
  | { readonly kind: 'disconnected'; readonly connection: number }
  /** A request has come in, in the source's own words. */
  | {
      readonly kind: 'request';
      readonly connection: number;
      readonly request: string;
      readonly symbol: string | null;
    }
  | {
      readonly kind: 'answered';
      readonly connection: number;
      readonly request: string;
      readonly symbol: string | null;
    }
  /** A request got an error of the source: a number or a name. */
  | {
      readonly kind: 'refused';
      readonly connection: number;
      readonly request: string;
      readonly symbol: string | null;
      readonly code: string;
      readonly message: string;
    }
  /** A client asked faster, or for more at once, than the source allows. */
  | { readonly kind: 'violation'; readonly connection: number; readonly rule: string }
  /** The scenario made something happen; null when it was only waiting for time. */
  | { readonly kind: 'action'; readonly connection: number | null; readonly action: Action['kind'] };
