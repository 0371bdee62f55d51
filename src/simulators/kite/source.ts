import type { Clock } from '../../core/clock.js';
import type { Duration, Instant } from '../../core/time.js';
import type { Action, Occasion } from '../../scenario/scenario.js';
import type { SimulatorEvent } from '../events.js';
import type { AnswerTo } from './answers.js';
import type { Connection, Connections } from './connections.js';
import type { DumpAt } from './instruments/dump.js';
import type { Logins } from './logins.js';
import type { TakeTurn } from './rate-limits.js';
import type { Tally } from './statistics.js';
import type { Tickers } from './ticker/tickers.js';
import type { Write } from './written.js';

/** Everything that whoever serves a client needs of the simulator as a whole. */
export interface Source {
  readonly pacing: 'strict' | 'off';
  readonly clock: Clock;
  readonly marketTime: () => Instant;
  readonly emit: (event: SimulatorEvent) => void;
  readonly connections: Connections;
  readonly tally: Tally;
  readonly logins: Logins;
  readonly dumpAt: DumpAt;
  readonly tickers: Tickers;
  readonly answerTo: AnswerTo;
  readonly write: Write;
  readonly takeTurn: TakeTurn;
  /** Aborted when the simulator is closed. */
  readonly closing: AbortSignal;
  /** What the scenario does on an occasion that happens now. */
  direct(occasion: Occasion): readonly Action[];
  /** Tells that the scenario did something. */
  acted(action: Action, connection: Connection | null, request: string | null): void;
  /** Goes away and comes back. */
  restart(pause: Duration): void;
}
