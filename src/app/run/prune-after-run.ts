import { nodePruneFiles } from '../../lineage/records/prune-file-store.js';
import { pruneRecords } from '../../lineage/records/prune-records.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { isProcessAlive } from '../../platform/process-alive.js';
import type { CliContext } from '../cli-context.js';

/** Packs and removes a few old records of runs. What keeps it from that is said and fails no run. */
export async function pruneAfterRun({ name, lineage }: Pipeline, runId: string, ctx: CliContext): Promise<void> {
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
    const reason = error instanceof Error ? error.message : String(error);
    ctx.info(ctx.stderrStyle('warn', `older records of runs could not be tidied up: ${reason}`));
  }
}
