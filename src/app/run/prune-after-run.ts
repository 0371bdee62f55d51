import { errorMessage } from '../../platform/error-message.js';
import { nodePruneFiles } from '../../lineage/records/prune-file-store.js';
import { pruneRecords } from '../../lineage/records/prune-records.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { isProcessAlive } from '../../platform/process-alive.js';
import type { AppContext } from '../context.js';

/** Compresses and removes a few old run records. A failure is a warning and does not fail the run. */
export async function pruneAfterRun(
  { name, lineage }: Pipeline,
  runId: string,
  warn: (message: string) => void,
  ctx: Pick<AppContext, 'clock' | 'dataFolder' | 'lineageFolder'>,
): Promise<void> {
  try {
    await pruneRecords({
      lineageFolder: ctx.lineageFolder,
      files: nodePruneFiles,
      isAlive: isProcessAlive,
      now: ctx.clock.now(),
      owner: runId,
      afterRun: { pipeline: name, lake: ctx.dataFolder, retention: lineage.retention },
    });
  } catch (error) {
    const reason = errorMessage(error);
    warn(`cannot prune old run records: ${reason}`);
  }
}
