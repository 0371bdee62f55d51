import type { Calendar } from '../../core/time/calendar.js';
import type { Clock } from '../../core/time/clock.js';
import type { Duration, Instant } from '../../core/time/time.js';
import type { Market } from '../../market/market.js';
import type { ScenarioEngine } from '../../config/scenario/scenario.js';
import type { SimulatorEvent } from '../simulator-event.js';
import type { IsListed } from './contracts/listings.js';
import type { DurationRule } from './history/request-duration.js';

/** Requests that historical pacing counts: all, as a careful client assumes, or those for short bars, as documented. */
export type PacingMode = 'strict' | 'documented' | 'off';

export interface TwsSimulatorOptions {
  readonly host: string;
  /** 0 selects any free port. */
  readonly port: number;
  /** Newest protocol version, 176 to 193; older clients negotiate their own. */
  readonly serverVersion: number;
  readonly account: string;
  readonly market: Market;
  readonly calendarOf: (name: string) => Calendar | undefined;
  /** Wall clock of pacing and delays. */
  readonly clock: Clock;
  /** Time of the simulated market. */
  readonly marketTime: () => Instant;
  readonly scenarioEngine: ScenarioEngine;
  readonly pacing: PacingMode;
  /** Default: `lenient`. */
  readonly durationRule?: DurationRule;
  /** Symbols and security types without a live data subscription. Default: none. */
  readonly withoutLiveData?: { readonly symbols: readonly string[]; readonly secTypes: readonly string[] };
  /** Whether any market has a contract of a name. Default: every name is listed. */
  readonly isListed?: IsListed;
  /** How long messages that are read now may have waited for this process. Default: measured. */
  readonly measureStall?: () => Duration;
  readonly emit: (event: SimulatorEvent) => void;
}
