import { diskTidyFiles } from '../lineage/tidy-files.js';
import { tidyRecords } from '../lineage/tidy-records.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { isProcessAlive } from './process-alive.js';
import type { Surroundings } from './surroundings.js';

/** Packs and removes a few old records of runs. What keeps it from that is said and fails no run. */
export async function tidyAfterRun({ name, lineage }: Pipeline, runId: string, at: Surroundings): Promise<void> {
  try {
    await tidyRecords({
      lineage: at.lineageFolder,
      files: diskTidyFiles,
      isAlive: isProcessAlive,
      now: at.clock.now(),
      tidier: runId,
      after: { pipeline: name, lake: at.dataFolder, keep: lineage.keep },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    at.note(at.notePaint('warn', `older records of runs could not be tidied up: ${reason}`));
  }
}
