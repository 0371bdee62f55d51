import type { Duration } from '../../core/time/time.js';
import type { TwsRequest as RequestType } from '../../config/scenario/capabilities.js';
import type { ContractCatalog } from './contracts/contract-catalog.js';
import type { SourceAction } from '../../config/scenario/engine/plan-faults.js';
import type { Outages } from './outages.js';
import type { HistoricalPacing } from './pacing/historical-pacing.js';
import type { SlotPool } from './pacing/slot-pool.js';
import type { TwsSimulatorOptions } from './simulator-options.js';
import type { TwsCounters } from './statistics.js';

/** State that all connections of one gateway share. */
export interface Gateway {
  readonly options: TwsSimulatorOptions;
  readonly catalog: ContractCatalog;
  readonly outages: Outages;
  readonly pacing: HistoricalPacing;
  readonly openHistorical: SlotPool;
  readonly marketDataLines: SlotPool;
  readonly counters: TwsCounters;
  /** Time since the gateway started; scenarios count from its start. */
  elapsed(): Duration;
  /** Performs an action on the gateway as a whole. */
  performAction(action: SourceAction, connection: number | null, request: RequestType | null): void;
}
