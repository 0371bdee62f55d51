import { formatDuration } from '../core/duration.js';
import { partsOfSeriesName } from '../core/series.js';
import { isoSecond } from '../core/time.js';
import type { CommittedFact } from '../lake/contract.js';
import { openLakeReader } from '../lake/reader.js';
import { diskFiles } from '../lineage/files.js';
import { readRun } from '../lineage/read-runs.js';
import { removedAfter } from '../lineage/tidied.js';
import { exitCode } from './exit-code.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

/** Why there is no record of a run. The lake remembers what a run brought for longer than the record is kept. */
export async function noRecord(id: string, at: Surroundings): Promise<Stop> {
  const fact = await firstOf(id, at);
  const gone = await removedAfter(at.lineageFolder, diskFiles, id, fact?.author.pipeline.name);
  if (fact !== null) {
    const { symbol } = partsOfSeriesName(fact.series);
    return new Stop(
      exitCode.usage,
      `the record of run ${id} (${fact.author.pipeline.name}, ${isoSecond(fact.requestedAt)}) ${
        gone === null ? 'is not there any more' : `was removed after ${formatDuration(gone.keep)}`
      }`,
      `the lake still tells what it brought: pipe lineage ${/^[\w.-]+$/.test(symbol) ? symbol : `'${symbol}'`} --run ${id}`,
    );
  }
  return new Stop(
    exitCode.usage,
    `there is no run ${id}, or more than one begins or ends like that`,
    gone === null
      ? 'pipe status lists the last runs'
      : `if it is older: records of ${gone.pipeline} are removed after ${formatDuration(gone.keep)}`,
  );
}

/** Says that there is more in the lake about a run than in its record, where that was removed. */
export async function noteRemoval(id: string, pipeline: string | undefined, at: Surroundings): Promise<void> {
  const gone = await removedAfter(at.lineageFolder, diskFiles, id, pipeline);
  if (gone === null || (await readRun(at.lineageFolder, id, { files: diskFiles })) !== null) return;
  at.note(`the record of this run was removed after ${formatDuration(gone.keep)}; this is from the lake`);
}

/** The first of what a run has settled; null when the lake knows of none. */
async function firstOf(runId: string, at: Surroundings): Promise<CommittedFact | null> {
  const reader = await openLakeReader(at.dataFolder);
  try {
    for await (const fact of reader.facts({ runId })) return fact;
    return null;
  } finally {
    await reader.close();
  }
}
