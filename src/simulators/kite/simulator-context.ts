import type { Clock } from '../../core/time/clock.js';
import type { SourceAction } from '../../config/scenario/engine/plan-faults.js';
import type { Instant } from '../../core/time/time.js';
import type { Action, ScenarioEvent } from '../../config/scenario/scenario.js';
import type { SimulatorEvent } from '../simulator-event.js';
import type { HandleRoute } from './http/route-handler.js';
import type { HttpConnection, OpenConnections } from './open-connections.js';
import type { GetDump } from './instruments/instrument-dump.js';
import type { Logins } from './login/logins.js';
import type { TryAcquire } from './http/rate-limiter.js';
import type { KiteCounters } from './statistics.js';
import type { TickerServer } from './ticker/ticker-server.js';
import type { SerializeContent } from './http/http-response.js';

/** Everything that whoever serves a client needs of the simulator as a whole. */
export interface SimulatorContext {
  readonly pacing: 'strict' | 'off';
  readonly clock: Clock;
  readonly marketTime: () => Instant;
  readonly emit: (event: SimulatorEvent) => void;
  readonly openConnections: OpenConnections;
  readonly counters: KiteCounters;
  readonly logins: Logins;
  readonly getDump: GetDump;
  readonly tickerServer: TickerServer;
  readonly handleRoute: HandleRoute;
  readonly serialize: SerializeContent;
  readonly tryAcquire: TryAcquire;
  /** Aborted when the simulator is closed. */
  readonly closing: AbortSignal;
  /** What the scenario does on an occasion that happens now. */
  actionsFor(scenarioEvent: ScenarioEvent): readonly Action[];
  /** Tells that the scenario did something. */
  recordAction(action: Action, connection: HttpConnection | null, request: string | null): void;
  /** Applies what happens to the whole source; during a restart nothing is answered. */
  applySourceActions(actions: readonly SourceAction[]): 'running' | 'restarting';
}
