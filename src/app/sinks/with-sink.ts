import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { minute } from '../../core/time/time.js';
import type { LakeFeed } from '../../lake/feed/feed.js';
import { openLakeFeed } from '../../lake/feed/lake-feed.js';
import { acquireLock } from '../../lake/locks/lock.js';
import { makeFolder } from '../../platform/files/make-folder.js';
import type { Sink } from '../../sinks/sink.js';
import { SinkError } from '../../sinks/sink.js';
import type { AppContext } from '../context.js';
import { commandLine } from '../this-program.js';
import { createSink, listSinkFolders } from './create-sink.js';
import type { EnabledSink } from './create-sink.js';

export type SinkContext = Pick<AppContext, 'dataFolder' | 'lineageFolder' | 'environment' | 'clock'>;

/** The run that uses a sink. */
export interface SinkUse {
  readonly runId: string;
  /** Ends what the sink does; absent for a command that its user ends. */
  readonly signal?: AbortSignal;
}

/** Opens a sink and the feed of the lake for the duration of some work, which excludes other deliveries to it. */
export async function withSink<T>(
  settings: EnabledSink,
  pipeline: Pick<Pipeline, 'name' | 'symbols'>,
  { runId, signal = new AbortController().signal }: SinkUse,
  ctx: SinkContext,
  work: (sink: Sink, feed: LakeFeed) => Promise<T>,
): Promise<T> {
  await makeFolder(ctx.dataFolder);
  const lock = await acquireLock({
    folder: ctx.dataFolder,
    target: { kind: 'sink', sink: `${pipeline.name}/${settings.name}` },
    wait: 10 * minute,
    clock: ctx.clock,
    holder: { runId, command: commandLine() },
  });
  if (!lock.ok)
    throw new SinkError('unreachable', 'another process is delivering to the sink', 'wait until it has ended');
  const scratch = await mkdtemp(join(tmpdir(), 'pipe-sink-'));
  const feed = openLakeFeed(ctx.dataFolder, [scratch, ...listSinkFolders(settings)]);
  const sink = createSink(settings, { pipeline, scratch, signal }, ctx);
  try {
    return await work(sink, feed);
  } finally {
    await sink.close();
    await feed.close();
    await rm(scratch, { recursive: true, force: true });
    await lock.value.release();
  }
}
