import type { Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import type { FeedPosition, FeedStream, LakeFeed } from '../../lake/feed/feed.js';
import { openLakeFeed } from '../../lake/feed/lake-feed.js';
import { orderSql } from '../../sinks/csv/stage-files.js';
import { symbolCondition } from '../../sinks/selection.js';
import { CliError } from '../cli-error.js';
import type { Folders } from '../context.js';
import { exitCode } from '../exit-code.js';

/** Where to begin: with a version, with the commits of a moment and later, or without one with the last commit or the next one. */
export type TailStart =
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'moment'; readonly instant: Instant }
  | { readonly kind: 'end' };

export interface TailRequest {
  readonly dataset: Dataset;
  readonly start: TailStart;
  /** Null for all symbols. */
  readonly symbols: readonly string[] | null;
  /** True to wait for further commits. */
  readonly follows: boolean;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/** The rows that some commits changed. */
export interface TailedChanges extends FeedStream {
  readonly version: number;
  /** True if a commit does not say which rows it changed, and all rows of the table follow. */
  readonly isWholeTable: boolean;
}

/** Passes on the rows that commits changed, in the order of the commits, until `take` is false. */
export async function tailTable(
  request: TailRequest,
  { dataFolder }: Pick<Folders, 'dataFolder'>,
  take: (changes: TailedChanges) => Promise<boolean>,
): Promise<void> {
  const { dataset, symbols, follows, signal } = request;
  const feed = openLakeFeed(dataFolder, []);
  try {
    let since = await findStart(feed, request);
    const order = `ORDER BY r.symbol, ${orderSql(dataset, 'r.')}`;
    while (!signal.aborted) {
      const changes = await feed.stage(dataset, since);
      if (changes !== null) {
        const { position, scope, windows } = changes;
        if (windows > 0) {
          const condition = symbolCondition({ symbols }, 'r.symbol');
          const stream = await feed.stream(`SELECT r.* FROM changed_rows AS r WHERE ${condition} ${order}`);
          const isWholeTable = scope === 'table' && since !== null;
          if (!(await take({ ...stream, version: position.version, isWholeTable }))) return;
        }
        since = position;
      }
      if (!follows) return;
      await feed.waitForCommit(dataset, since, signal);
    }
  } finally {
    await feed.close();
  }
}

async function findStart(feed: LakeFeed, { dataset, start, follows }: TailRequest): Promise<FeedPosition | null> {
  const head = await feed.head(dataset);
  if (head === null) {
    if (follows) return null;
    throw new CliError(
      exitCode.usage,
      `the lake has no table ${dataset} yet`,
      'fetch it with pipe run, or wait for it with --follow',
    );
  }
  switch (start.kind) {
    case 'end':
      return follows ? head : before(head, head.version);
    case 'version':
      if (start.version <= head.version + 1) return before(head, start.version);
      throw new CliError(
        exitCode.usage,
        `--from ${String(start.version)} is later than the version of ${dataset}, which is ${String(head.version)}`,
        'name an earlier version, or omit --from',
      );
    case 'moment':
      return feed.positionBefore(dataset, start.instant);
  }
}

function before(head: FeedPosition, version: number): FeedPosition | null {
  return version === 0 ? null : { ...head, version: version - 1 };
}
