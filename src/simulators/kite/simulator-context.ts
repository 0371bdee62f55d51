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

/** State and services of the simulator that request and ticker handlers share. */
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
  /** Returns the scenario's actions for an event that happens now. */
  actionsFor(scenarioEvent: ScenarioEvent): readonly Action[];
  /** Emits and counts an action of the scenario. */
  recordAction(action: Action, connection: HttpConnection | null, request: string | null): void;
  /** Applies actions on the whole source; returns `restarting` if requests must not be answered. */
  applySourceActions(actions: readonly SourceAction[]): 'running' | 'restarting';
}
