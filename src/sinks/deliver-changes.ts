import type { Dataset } from '../core/tables/tables.js';
import type { FeedPosition, LakeFeed } from '../lake/feed/feed.js';
import type { Sink } from './sink.js';

/** What a sink received. */
export interface SinkDelivery {
  readonly rows: number;
  readonly refused: number;
  /** The tables that changed, with the versions that the copy has now. */
  readonly versions: Readonly<Record<string, number>>;
}

export interface DeliveryOptions {
  /** Where to start, instead of at the position of the copy; null for the whole table. */
  readonly from?: (dataset: Dataset) => Promise<FeedPosition | null>;
  readonly signal: AbortSignal;
  readonly onTable?: (dataset: Dataset, rows: number) => void;
}

/** Delivers what changed since the position of each copy, one table after the other. Rejects with the first failure. */
export async function deliverChanges(sink: Sink, feed: LakeFeed, options: DeliveryOptions): Promise<SinkDelivery> {
  let rows = 0;
  let refused = 0;
  const versions: Record<string, number> = {};
  for (const dataset of sink.tables) {
    if (options.signal.aborted) break;
    const since = await (options.from ?? ((one: Dataset) => sink.position(one)))(dataset);
    const changes = await feed.stage(dataset, since);
    if (changes === null) continue;
    const delivered = await sink.deliver(feed, changes);
    rows += delivered.rows;
    refused += delivered.refused;
    versions[dataset] = changes.position.version;
    options.onTable?.(dataset, delivered.rows);
  }
  return { rows, refused, versions };
}
