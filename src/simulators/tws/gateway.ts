import type { Duration } from '../../core/time.js';
import type { TwsRequest as RequestWord } from '../../scenario/words.js';
import type { ContractBook } from './contracts/book.js';
import type { GatewayAction } from './course.js';
import type { Outages } from './outages.js';
import type { HistoricalPacing } from './pacing/historical-pacing.js';
import type { PlacesTaken } from './pacing/places-taken.js';
import type { TwsSimulatorParts } from './parts.js';
import type { Tally } from './statistics.js';

/** What all connections of one gateway share. */
export interface Gateway {
  readonly parts: TwsSimulatorParts;
  readonly book: ContractBook;
  readonly outages: Outages;
  readonly pacing: HistoricalPacing;
  readonly openHistorical: PlacesTaken;
  readonly lines: PlacesTaken;
  readonly tally: Tally;
  /** How long the gateway has been there: scenarios count from its start. */
  elapsed(): Duration;
  /** Does something to the gateway as a whole. */
  perform(action: GatewayAction, connection: number | null, request: RequestWord | null): void;
}
