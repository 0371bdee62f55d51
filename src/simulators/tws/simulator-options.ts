import type { Calendar } from '../../core/time/calendar.js';
import type { Clock } from '../../core/time/clock.js';
import type { Instant } from '../../core/time/time.js';
import type { Market } from '../../market/market.js';
import type { ScenarioEngine } from '../../config/scenario/scenario.js';
import type { SimulatorEvent } from '../simulator-event.js';
import type { DurationRule } from './history/request-duration.js';

/** Which requests the rules of historical pacing count: all, as a careful client does, or those of short bars, as documented. */
export type PacingMode = 'strict' | 'documented' | 'off';

/** What a simulated gateway is made of. */
export interface TwsSimulatorOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** The newest version it speaks, 176 to 193; a client that only knows older ones is met at its own. */
  readonly serverVersion: number;
  readonly account: string;
  readonly market: Market;
  readonly calendarOf: (name: string) => Calendar | undefined;
  /** Wall time: pacing, latencies. */
  readonly clock: Clock;
  /** What time it is in the market shown. */
  readonly marketTime: () => Instant;
  readonly scenarioEngine: ScenarioEngine;
  readonly pacing: PacingMode;
  /** How strictly the table of step sizes is taken; `lenient` when absent. */
  readonly durationRule?: DurationRule;
  /** Of what the account has no live data; nothing when absent. */
  readonly withoutLiveData?: { readonly symbols: readonly string[]; readonly secTypes: readonly string[] };
  readonly emit: (event: SimulatorEvent) => void;
}
