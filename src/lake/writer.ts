import { join } from 'node:path';
import type { Clock } from '../core/clock.js';
import type { Author, Delivery } from '../core/delivery.js';
import type { RunEventBody } from '../core/events.js';
import { datasets, perDatasetInTurn } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import type { LakeWriter } from './contract.js';
import type { ZoneOf } from './coverage/encoding.js';
import { reachedVersion } from './delta/log-listing.js';
import { tableFolder } from './delta/table-log.js';
import { finishTables } from './maintenance.js';
import { ownTables } from './own/own-tables.js';
import { thisProcess } from './spool/owner.js';
import { openSpool } from './spool/spool.js';
import type { Spool } from './spool/spool.js';
import { takeOverSpools } from './writer-recover.js';
import { repairTables } from './writer-repair.js';
import { openTables } from './writer-tables.js';

export interface LakeWriterOptions {
  readonly folder: string;
  readonly author: Author;
  readonly clock: Clock;
  readonly emit: (event: RunEventBody) => void;
  /** What writes, with its version; goes into every commit. */
  readonly program?: string;
  /** The time zones of calendars: with them a lost file can be told to the day. */
  readonly zoneOf?: ZoneOf;
}

/** When enough has come together for a commit: this much column data, or this many answers. */
const fullAt = { bytes: 80 * 1024 * 1024, deliveries: 100_000 };

/** Opens a lake, new or old, for one run to write. */
export async function openLakeWriter(options: LakeWriterOptions): Promise<LakeWriter> {
  const { author, program = 'pipe' } = options;
  const tables = await openTables({ ...options, runId: author.runId, program });
  const spoolFolder = join(tables.folder, '_spool');
  let opening: Promise<Spool> | null = null;
  const spool = (): Promise<Spool> => (opening ??= newSpool());

  let waiting: Delivery[] = [];
  let waitingBytes = 0;
  let committing: Promise<void> | null = null;
  const known = new Set<Dataset>();
  let failure: { readonly error: unknown } | null = null;
  let ownChanged = false;
  const own = ownTables({ tables, author, program, onChange: () => void (ownChanged = true) });

  async function newSpool(): Promise<Spool> {
    const reached = await perDatasetInTurn((dataset) => reachedVersion(tableFolder(tables.folder, dataset)));
    return openSpool({ folder: spoolFolder, author, owner: thisProcess(), reached });
  }

  function take(delivery: Delivery): void {
    waiting.push(delivery);
    waitingBytes += sizeOf(delivery);
  }

  function isFull(): boolean {
    return waitingBytes >= fullAt.bytes || waiting.length >= fullAt.deliveries;
  }

  /** Only one at a time; a failure is kept for whoever calls next. */
  function commitInBackground(opened: Spool): void {
    committing ??= commitWaiting(opened)
      .catch((error: unknown) => void (failure = { error }))
      .finally(() => (committing = null));
  }

  async function commitWaiting(opened: Spool): Promise<void> {
    let left = waiting;
    waiting = [];
    waitingBytes = 0;
    // In the same turn as the above: what is in `left` is then in these segments, and nothing else is.
    const rotated = opened.rotate();
    try {
      const segments = await rotated;
      for (const dataset of datasets) {
        const deliveries = left.filter(({ series }) => series.dataset === dataset);
        if (deliveries.length === 0) continue;
        await tables.commit(author, dataset, deliveries);
        left = left.filter(({ series }) => series.dataset !== dataset);
      }
      for (const segment of segments) await opened.drop(segment);
    } catch (error) {
      waiting = [...left, ...waiting];
      waitingBytes = waiting.reduce((sum, delivery) => sum + sizeOf(delivery), 0);
      throw error;
    }
  }

  function throwFailure(): void {
    const kept = failure;
    failure = null;
    if (kept !== null) throw kept.error;
  }

  /** Asked with the first answer for a table, which is safe by then: a newer lake must not be noticed hours later. */
  async function expectKnown(dataset: Dataset): Promise<void> {
    if (known.has(dataset)) return;
    known.add(dataset);
    await tables.expectKnown(dataset);
  }

  async function flush(): Promise<void> {
    for (;;) {
      while (committing !== null) await committing;
      throwFailure();
      if (waiting.length === 0) return;
      commitInBackground(await spool());
    }
  }

  return {
    async recover() {
      const takenOver = await takeOverSpools(tables, spoolFolder);
      return { ...takenOver, damage: await repairTables(tables, author) };
    },
    async receive(delivery) {
      const opened = await spool();
      throwFailure();
      // With a full batch waiting behind one that is being committed, whoever brings more has to wait.
      while (committing !== null && isFull()) await committing;
      throwFailure();
      take(delivery);
      try {
        await opened.append(delivery);
      } catch (error) {
        if (waiting.includes(delivery)) {
          waiting = waiting.filter((other) => other !== delivery);
          waitingBytes -= sizeOf(delivery);
        }
        throw error;
      }
      await expectKnown(delivery.series.dataset);
      if (isFull()) commitInBackground(opened);
    },
    flush,
    own,
    async finish() {
      await flush();
      await finishTables(tables, author, ownChanged);
    },
    async close() {
      while (committing !== null) await committing;
      if (opening !== null) await (await opening).close();
      await tables.close();
    },
  };
}

function sizeOf({ rows }: Delivery): number {
  return rows === null ? 0 : rows.length * Object.keys(rows.columns).length * 8;
}
