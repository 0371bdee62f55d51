import { join } from 'node:path';
import type { Clock } from '../../core/time/clock.js';
import type { CommitInfo, FetchResult } from '../../core/fetch-result.js';
import type { RunEventBody } from '../../core/events.js';
import { datasets, mapDatasetsSequentially } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { LakeWriter } from '../api.js';
import type { TimeZoneLookup } from '../coverage/fact-encoding.js';
import { readKnownVersion } from '../delta/log-listing.js';
import { tableFolder } from '../delta/table-log.js';
import { finishTables } from '../maintenance/maintain-lake.js';
import { createUserTables } from '../user-tables/user-tables.js';
import { getProcessIdentity } from '../locks/process-identity.js';
import { openSpool } from '../spool/spool.js';
import type { Spool } from '../spool/spool.js';
import { settleAbandoned, withQuarantine } from '../quarantine/with-quarantine.js';
import { quarantineRows } from '../quarantine/quarantine-rows.js';
import { claimSpools } from './claim-spools.js';
import { repairTables } from './repair-tables.js';
import { openWritableTables } from './open-writable-tables.js';

export interface LakeWriterOptions {
  readonly folder: string;
  readonly author: CommitInfo;
  readonly clock: Clock;
  readonly emit: (event: RunEventBody) => void;
  /** The name and version of the program, for every commit. */
  readonly program?: string;
  /** The time zones of calendars: they determine the days that a lost file takes with it. */
  readonly getTimeZone?: TimeZoneLookup;
}

/** A batch is committed at this much column data or this many results: a result of two rows takes 9 kB of memory beside its columns. */
const flushThreshold = { bytes: 80 * 1024 * 1024, results: 10_000 };

/** Opens a lake, new or existing, for one run. */
export async function openLakeWriter(options: LakeWriterOptions): Promise<LakeWriter> {
  const { author, program = 'pipe' } = options;
  const tables = await openWritableTables({ ...options, runId: author.runId, program });
  const spoolFolder = join(tables.folder, '_spool');
  let spoolPromise: Promise<Spool> | null = null;
  const spool = (): Promise<Spool> => (spoolPromise ??= createSpool());

  let pending: FetchResult[] = [];
  let pendingBytes = 0;
  let committing: Promise<void> | null = null;
  const checkedDatasets = new Set<Dataset>();
  let commitFailure: { readonly error: unknown } | null = null;
  let userTablesChanged = false;
  const userTables = createUserTables({ tables, author, program, onChange: () => void (userTablesChanged = true) });

  async function createSpool(): Promise<Spool> {
    const startVersions = await mapDatasetsSequentially((dataset) =>
      readKnownVersion(tableFolder(tables.folder, dataset)),
    );
    return openSpool({ folder: spoolFolder, author, owner: getProcessIdentity(), startVersions });
  }

  function enqueue(fetchResult: FetchResult): void {
    pending.push(fetchResult);
    pendingBytes += estimateBytes(fetchResult);
  }

  function isFull(): boolean {
    return pendingBytes >= flushThreshold.bytes || pending.length >= flushThreshold.results;
  }

  /** Runs one commit at a time; the next call of the writer throws its failure. */
  function commitInBackground(opened: Spool): void {
    committing ??= commitPending(opened)
      .catch((error: unknown) => void (commitFailure = { error }))
      .finally(() => (committing = null));
  }

  async function commitPending(opened: Spool): Promise<void> {
    let remaining = pending;
    pending = [];
    pendingBytes = 0;
    // In the same turn as the lines above: these segments then contain exactly the results of `remaining`.
    const rotated = opened.rotate();
    try {
      const segments = await rotated;
      for (const dataset of datasets) {
        const results = remaining.filter(({ series }) => series.dataset === dataset);
        if (results.length === 0) continue;
        await tables.commit(author, dataset, results);
        remaining = remaining.filter(({ series }) => series.dataset !== dataset);
      }
      for (const segment of segments) await opened.drop(segment);
    } catch (error) {
      pending = [...remaining, ...pending];
      pendingBytes = pending.reduce((sum, fetchResult) => sum + estimateBytes(fetchResult), 0);
      throw error;
    }
  }

  function throwFailure(): void {
    const failureToThrow = commitFailure;
    commitFailure = null;
    if (failureToThrow !== null) throw failureToThrow.error;
  }

  /**
   * Checks the schema with the first result of a table, which is on disk by then, so that a run detects a newer lake
   * early.
   */
  async function expectKnownSchema(dataset: Dataset): Promise<void> {
    if (checkedDatasets.has(dataset)) return;
    checkedDatasets.add(dataset);
    await tables.expectKnownSchema(dataset);
  }

  async function flush(): Promise<void> {
    for (;;) {
      while (committing !== null) await committing;
      throwFailure();
      if (pending.length === 0) return;
      commitInBackground(await spool());
    }
  }

  return {
    async recover() {
      const recovered = await claimSpools(tables, spoolFolder);
      await settleAbandoned(tables.folder, author.runId, options.clock);
      return { ...recovered, damage: await repairTables(tables, author) };
    },
    async prepare() {
      await spool();
    },
    async receive(fetchResult) {
      const opened = await spool();
      throwFailure();
      enqueue(fetchResult);
      try {
        await opened.append(fetchResult);
      } catch (error) {
        if (pending.includes(fetchResult)) {
          pending = pending.filter((other) => other !== fetchResult);
          pendingBytes -= estimateBytes(fetchResult);
        }
        throw error;
      }
      await expectKnownSchema(fetchResult.series.dataset);
      // If a full batch waits behind a commit, the next requests wait; this result is safe.
      while (committing !== null && isFull()) await committing;
      throwFailure();
      if (isFull()) commitInBackground(opened);
    },
    flush,
    async quarantine(request) {
      await flush();
      return withQuarantine(tables.folder, author.runId, options.clock, () => quarantineRows(tables, author, request));
    },
    userTables,
    async finish() {
      await flush();
      await finishTables(tables, author, userTablesChanged);
    },
    async close() {
      while (committing !== null) await committing;
      if (spoolPromise !== null) await (await spoolPromise).close();
      await tables.close();
    },
  };
}

function estimateBytes({ rows }: FetchResult): number {
  return rows === null ? 0 : rows.length * Object.keys(rows.columns).length * 8;
}
