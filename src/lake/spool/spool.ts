import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { backgroundTicker } from '../../core/clock.js';
import type { Ticker } from '../../core/clock.js';
import type { Author, Delivery } from '../../core/delivery.js';
import type { Duration } from '../../core/time.js';
import { syncFolder, writeNewFile } from '../delta/durable.js';
import { lakeErrorOf } from '../lake-error.js';
import type { LakeError } from '../lake-error.js';
import { ownerFile, releasedFile, segmentName, stagingName } from './layout.js';
import { heartbeatInterval } from './owner.js';
import type { ProcessIdentity } from './owner.js';
import { encodeRecord } from './record.js';
import { createSegmentFile, writeFully } from './segment-file.js';
import type { CreateSegmentFile, SegmentFile } from './segment-file.js';
import { giveSignOfLife } from './sign-of-life.js';

/** Where one run keeps what it received until it is committed. */
export interface Spool {
  readonly folder: string;

  /**
   * Resolves when the bytes are with the operating system: they survive the death of this process at any moment. A power
   * cut may take the last fraction of a second with it. Rejects with a `LakeError`; the delivery is then not in the spool.
   */
  append(delivery: Delivery): Promise<void>;

  /**
   * Ends the current segment. Everything appended before this call is in the segments it gives (those given earlier and not
   * dropped among them), everything appended after it is in later ones.
   */
  rotate(): Promise<readonly Segment[]>;

  /** Forgets a segment whose deliveries have been committed. */
  drop(segment: Segment): Promise<void>;

  /** Makes everything durable and lets go. A spool without segments disappears; any other is there for the next run. */
  close(): Promise<void>;
}

/** One file of a spool that is written no more. */
export interface Segment {
  readonly path: string;
  readonly bytes: number;
}

export interface SpoolOptions {
  /** The folder of all spools, `<data>/_spool`. */
  readonly folder: string;
  readonly author: Author;
  readonly owner: ProcessIdentity;
  /** Versions that tables had reached before: what this run commits comes later. */
  readonly reached?: Readonly<Record<string, number>>;
  readonly tick?: Ticker;
  readonly createFile?: CreateSegmentFile;
}

/** Written bytes are made durable about this long after they came. */
const syncInterval: Duration = 200;

/** Segments end by themselves here, so that reading one back fits into memory. */
const longestSegment = 64 * 1024 * 1024;

/** One call to the system takes at most this much: pieces beyond it are split by the system anyway. */
const longestBatch = 16 * 1024 * 1024;
const mostPieces = 1024;

type Entry =
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

/** Makes a run's spool. Its folder appears together with the name of its owner, so that nobody takes it for abandoned. */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { author, owner, reached = {}, tick = backgroundTicker, createFile = createSegmentFile } = options;
  const folder = join(options.folder, author.runId);
  await makeSpoolFolder(options.folder, folder, { ...owner, author, reached });

  const queue: Entry[] = [];
  const finished: Segment[] = [];
  /** Segments that are being made durable and closed; none of these promises rejects. */
  const retiring = new Set<Promise<void>>();
  let lastNumber = 0;
  let current: OpenSegment | null = null;
  let pumping = false;
  let backgroundFailure: LakeError | null = null;
  let unsynced = false;
  let syncing: Promise<void> | null = null;
  let stopSyncing: (() => void) | null = null;

  const ownerPath = join(folder, ownerFile);
  const stopHeartbeat = tick(heartbeatInterval, () => {
    // A sign of life that cannot be given is no reason to stop working.
    giveSignOfLife(ownerPath).catch(() => undefined);
  });

  function syncSoon(): void {
    unsynced = true;
    stopSyncing ??= tick(syncInterval, () => {
      if (syncing !== null) return;
      if (!unsynced || current === null) {
        stopSyncing?.();
        stopSyncing = null;
        return;
      }
      unsynced = false;
      const { file, path } = current;
      syncing = file
        .sync()
        .catch((error: unknown) => void (backgroundFailure = lakeErrorOf(error, path)))
        .finally(() => (syncing = null));
    });
  }

  async function segmentToWrite(): Promise<OpenSegment> {
    if (current !== null && current.bytes < longestSegment) return current;
    retire();
    const path = join(folder, segmentName(lastNumber + 1));
    const file = await createFile(path);
    lastNumber++;
    retiringUntil(syncFolder(folder), folder);
    current = { path, file, bytes: 0 };
    return current;
  }

  function retire(): void {
    if (current === null) return;
    const { file, path, bytes } = current;
    current = null;
    if (bytes > 0) finished.push({ path, bytes });
    const waitFor = syncing ?? Promise.resolve();
    const done = waitFor.then(() => file.sync()).finally(() => file.close());
    retiringUntil(bytes > 0 ? done : done.then(() => rm(path)), path);
  }

  function retiringUntil(work: Promise<void>, path: string): void {
    const settled = work
      .catch((error: unknown) => void (backgroundFailure = lakeErrorOf(error, path)))
      .finally(() => retiring.delete(settled));
    retiring.add(settled);
  }

  function enqueue(entry: Entry): void {
    queue.push(entry);
    if (!pumping) void pump();
  }

  /** Works the queue off in order; never rejects. */
  async function pump(): Promise<void> {
    pumping = true;
    // What is appended in the same turn of the event loop is written together.
    await Promise.resolve();
    for (let entry = queue[0]; entry !== undefined; entry = queue[0]) {
      if (entry.kind === 'rotate') {
        queue.shift();
        retire();
        entry.resolve([...finished]);
        continue;
      }
      await writeBatch(takeBatch(queue));
    }
    pumping = false;
  }

  async function writeBatch(batch: readonly (Entry & { kind: 'record' })[]): Promise<void> {
    const length = batch.reduce((sum, entry) => sum + entry.length, 0);
    let path = folder;
    try {
      const segment = await segmentToWrite();
      ({ path } = segment);
      await writeFully(
        segment.file,
        batch.flatMap(({ pieces }) => pieces),
        segment.bytes,
      );
      segment.bytes += length;
      syncSoon();
      for (const { resolve } of batch) resolve();
    } catch (error) {
      await dropTail();
      const failure = lakeErrorOf(error, path);
      for (const { reject } of batch) reject(failure);
    }
  }

  /** Cuts off what a failed write left behind; where that fails too, reading finds it torn and later records go elsewhere. */
  async function dropTail(): Promise<void> {
    if (current === null) return;
    try {
      await current.file.truncate(current.bytes);
    } catch {
      retire();
    }
  }

  function throwBackgroundFailure(): void {
    const failure = backgroundFailure;
    backgroundFailure = null;
    if (failure !== null) throw failure;
  }

  async function rotate(): Promise<readonly Segment[]> {
    const segments = await new Promise<readonly Segment[]>((resolve) => enqueue({ kind: 'rotate', resolve }));
    await Promise.all(retiring);
    throwBackgroundFailure();
    return segments;
  }

  return {
    folder,
    async append(delivery) {
      throwBackgroundFailure();
      const { pieces, length } = encodeRecord(delivery);
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

function takeBatch(queue: Entry[]): readonly (Entry & { kind: 'record' })[] {
  const batch: (Entry & { kind: 'record' })[] = [];
  let bytes = 0;
  let pieces = 0;
  for (let entry = queue[batch.length]; entry?.kind === 'record'; entry = queue[batch.length]) {
    if (batch.length > 0 && (bytes + entry.length > longestBatch || pieces + entry.pieces.length > mostPieces)) break;
    batch.push(entry);
    bytes += entry.length;
    pieces += entry.pieces.length;
  }
  queue.splice(0, batch.length);
  return batch;
}

async function makeSpoolFolder(parent: string, folder: string, owner: object): Promise<void> {
  const staging = join(parent, stagingName(basename(folder)));
  try {
    await mkdir(staging, { recursive: true });
    await writeNewFile(join(staging, ownerFile), `${JSON.stringify(owner)}\n`);
    await rename(staging, folder);
    await syncFolder(parent);
  } catch (error) {
    throw lakeErrorOf(error, folder);
  }
}
