import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeFolder } from '../../platform/files/make-folder.js';
import { startBackgroundInterval } from '../../core/time/clock.js';
import type { StartInterval } from '../../core/time/clock.js';
import type { CommitInfo, FetchResult } from '../../core/fetch-result.js';
import type { Duration } from '../../core/time/time.js';
import { syncFolder, writeNewFile } from '../delta/durable-files.js';
import { toLakeError } from '../lake-error.js';
import type { LakeError } from '../lake-error.js';
import { ownerFile, releasedFile, segmentName, stagingName } from './layout.js';
import { heartbeatInterval } from '../locks/process-identity.js';
import type { ProcessIdentity } from '../locks/process-identity.js';
import { encodeRecord } from './record.js';
import { createSegmentFile, writeFully } from './segment-file.js';
import type { CreateSegmentFile, SegmentFile } from './segment-file.js';
import { touchHeartbeat } from '../locks/heartbeat.js';

/** The fetch results of one run until they are committed. */
export interface Spool {
  readonly folder: string;

  /**
   * Resolves when the operating system has the bytes: they survive the death of this process at any moment. A power cut may
   * lose the last fraction of a second. Rejects with a `LakeError`; the result is then not in the spool.
   */
  append(fetchResult: FetchResult): Promise<void>;

  /**
   * Ends the current segment. Everything appended before this call is in the returned segments, which include earlier ones that
   * were not dropped; everything appended later is in later segments.
   */
  rotate(): Promise<readonly Segment[]>;

  /** Deletes a segment whose results have been committed. */
  drop(segment: Segment): Promise<void>;

  /** Makes everything durable and releases the spool for the next run; deletes a spool without segments. */
  close(): Promise<void>;
}

/** A finished file of a spool. */
export interface Segment {
  readonly path: string;
  readonly bytes: number;
}

export interface SpoolOptions {
  /** The folder of all spools, `<data>/_spool`. */
  readonly folder: string;
  readonly author: CommitInfo;
  readonly owner: ProcessIdentity;
  /** Versions that tables had reached before this run, null if unknown: what this run commits comes later. */
  readonly startVersions?: Readonly<Record<string, number | null>>;
  readonly tick?: StartInterval;
  readonly createFile?: CreateSegmentFile;
}

/** Written bytes are made durable about this long after their arrival. */
const syncInterval: Duration = 200;

/** A segment ends at this size, so that a reader can load it into memory. */
const maxSegmentBytes = 64 * 1024 * 1024;

/** The maximum size of one write; the system splits larger ones anyway. */
const maxBatchBytes = 16 * 1024 * 1024;
const maxBatchPieces = 1024;

type QueueEntry =
  | {
      readonly kind: 'record';
      readonly pieces: readonly Uint8Array[];
      readonly length: number;
      readonly resolve: () => void;
      readonly reject: (error: LakeError) => void;
    }
  | { readonly kind: 'rotate'; readonly resolve: (finished: readonly Segment[]) => void };

interface OpenSegment {
  readonly path: string;
  readonly file: SegmentFile;
  bytes: number;
}

/** Creates the spool of a run. The folder appears together with its owner file, so that no process considers it abandoned. */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { author, owner, startVersions = {}, tick = startBackgroundInterval, createFile = createSegmentFile } = options;
  const folder = join(options.folder, author.runId);
  await createSpoolFolder(options.folder, folder, { ...owner, author, reached: startVersions });

  const queue: QueueEntry[] = [];
  const finished: Segment[] = [];
  /** Segments that are being closed; none of these promises rejects. */
  const closingSegments = new Set<Promise<void>>();
  let lastNumber = 0;
  let current: OpenSegment | null = null;
  let isDraining = false;
  let backgroundFailure: LakeError | null = null;
  let hasUnsyncedBytes = false;
  let syncing: Promise<void> | null = null;
  let stopSyncing: (() => void) | null = null;

  const ownerPath = join(folder, ownerFile);
  const stopHeartbeat = tick(heartbeatInterval, () => {
    // The run does not depend on the heartbeat.
    touchHeartbeat(ownerPath).catch(() => undefined);
  });

  function scheduleSync(): void {
    hasUnsyncedBytes = true;
    stopSyncing ??= tick(syncInterval, () => {
      if (syncing !== null) return;
      if (!hasUnsyncedBytes || current === null) {
        stopSyncing?.();
        stopSyncing = null;
        return;
      }
      hasUnsyncedBytes = false;
      const { file, path } = current;
      syncing = file
        .sync()
        .catch((error: unknown) => void (backgroundFailure = toLakeError(error, path)))
        .finally(() => (syncing = null));
    });
  }

  async function openCurrentSegment(): Promise<OpenSegment> {
    if (current !== null && current.bytes < maxSegmentBytes) return current;
    closeSegment();
    const path = join(folder, segmentName(lastNumber + 1));
    const file = await createFile(path);
    lastNumber++;
    trackClosing(syncFolder(folder), folder);
    current = { path, file, bytes: 0 };
    return current;
  }

  function closeSegment(): void {
    if (current === null) return;
    const { file, path, bytes } = current;
    current = null;
    if (bytes > 0) finished.push({ path, bytes });
    const waitFor = syncing ?? Promise.resolve();
    const done = waitFor.then(() => file.sync()).finally(() => file.close());
    trackClosing(bytes > 0 ? done : done.then(() => rm(path)), path);
  }

  function trackClosing(work: Promise<void>, path: string): void {
    const tracked = work
      .catch((error: unknown) => void (backgroundFailure = toLakeError(error, path)))
      .finally(() => closingSegments.delete(tracked));
    closingSegments.add(tracked);
  }

  function enqueue(entry: QueueEntry): void {
    queue.push(entry);
    if (!isDraining) void drainQueue();
  }

  /** Processes the queue in order; never rejects. */
  async function drainQueue(): Promise<void> {
    isDraining = true;
    // Results appended in the same turn of the event loop are written together.
    await Promise.resolve();
    for (let entry = queue[0]; entry !== undefined; entry = queue[0]) {
      if (entry.kind === 'rotate') {
        queue.shift();
        closeSegment();
        entry.resolve([...finished]);
        continue;
      }
      await writeBatch(takeBatch(queue));
    }
    isDraining = false;
  }

  async function writeBatch(batch: readonly (QueueEntry & { kind: 'record' })[]): Promise<void> {
    const length = batch.reduce((sum, entry) => sum + entry.length, 0);
    let path = folder;
    try {
      const segment = await openCurrentSegment();
      ({ path } = segment);
      await writeFully(
        segment.file,
        batch.flatMap(({ pieces }) => pieces),
        segment.bytes,
      );
      segment.bytes += length;
      scheduleSync();
      for (const { resolve } of batch) resolve();
    } catch (error) {
      await truncateTail();
      const failure = toLakeError(error, path);
      for (const { reject } of batch) reject(failure);
    }
  }

  /** Removes the rest of a failed write; if that fails too, later records go to a new segment and readers find a torn record here. */
  async function truncateTail(): Promise<void> {
    if (current === null) return;
    try {
      await current.file.truncate(current.bytes);
    } catch {
      closeSegment();
    }
  }

  function throwBackgroundFailure(): void {
    const failure = backgroundFailure;
    backgroundFailure = null;
    if (failure !== null) throw failure;
  }

  async function rotate(): Promise<readonly Segment[]> {
    const segments = await new Promise<readonly Segment[]>((resolve) => enqueue({ kind: 'rotate', resolve }));
    await Promise.all(closingSegments);
    throwBackgroundFailure();
    return segments;
  }

  return {
    folder,
    async append(fetchResult) {
      throwBackgroundFailure();
      const { pieces, length } = encodeRecord(fetchResult);
      return new Promise((resolve, reject) => enqueue({ kind: 'record', pieces, length, resolve, reject }));
    },
    rotate,
    async drop(segment) {
      const index = finished.findIndex(({ path }) => path === segment.path);
      if (index !== -1) finished.splice(index, 1);
      await rm(segment.path, { force: true });
    },
    async close() {
      try {
        await rotate();
      } finally {
        stopSyncing?.();
        stopHeartbeat();
        if (finished.length === 0) await rm(folder, { recursive: true, force: true });
        else await rename(ownerPath, join(folder, releasedFile));
      }
    },
  };
}

function takeBatch(queue: QueueEntry[]): readonly (QueueEntry & { kind: 'record' })[] {
  const batch: (QueueEntry & { kind: 'record' })[] = [];
  let bytes = 0;
  let pieces = 0;
  for (let entry = queue[batch.length]; entry?.kind === 'record'; entry = queue[batch.length]) {
    if (batch.length > 0 && (bytes + entry.length > maxBatchBytes || pieces + entry.pieces.length > maxBatchPieces))
      break;
    batch.push(entry);
    bytes += entry.length;
    pieces += entry.pieces.length;
  }
  queue.splice(0, batch.length);
  return batch;
}

async function createSpoolFolder(parent: string, folder: string, owner: object): Promise<void> {
  const staging = join(parent, stagingName(basename(folder)));
  try {
    await makeFolder(staging);
    await writeNewFile(join(staging, ownerFile), `${JSON.stringify(owner)}\n`);
    await rename(staging, folder);
    await syncFolder(parent);
  } catch (error) {
    throw toLakeError(error, folder);
  }
}
