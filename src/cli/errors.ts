import { formatDuration } from '../core/time/duration.js';
import { parseSeriesName } from '../core/series.js';
import { formatInstantSeconds } from '../core/time/time.js';
import type { CommittedFact } from '../lake/api.js';
import { openLakeReader } from '../lake/reader/lake-reader.js';
import { nodeFiles } from '../platform/file-store.js';
import { readRun } from '../lineage/records/read-runs.js';
import { findRemovalRule } from '../lineage/records/retention-state.js';
import { exitCode } from '../app/exit-code.js';
import { CliError } from '../app/cli-error.js';
import type { CliContext } from '../app/cli-context.js';

/** Why there is no record of a run. The lake remembers what a run brought for longer than the record is kept. */
export async function createNoRunError(id: string, ctx: CliContext): Promise<CliError> {
  const fact = await readFirstFact(id, ctx);
  const removal = await findRemovalRule(ctx.lineageFolder, nodeFiles, id, fact?.author.pipeline.name);
  if (fact !== null) {
    const { symbol } = parseSeriesName(fact.series);
    return new CliError(
      exitCode.usage,
      `the record of run ${id} (${fact.author.pipeline.name}, ${formatInstantSeconds(fact.requestedAt)}) ${
        removal === null ? 'is not there any more' : `was removed after ${formatDuration(removal.retention)}`
      }`,
      `the lake still tells what it brought: pipe lineage ${/^[\w.-]+$/.test(symbol) ? symbol : `'${symbol}'`} --run ${id}`,
    );
  }
  return new CliError(
    exitCode.usage,
    `there is no run ${id}, or more than one begins or ends like that`,
    removal === null
      ? 'pipe status lists the last runs'
      : `if it is older: records of ${removal.pipeline} are removed after ${formatDuration(removal.retention)}`,
  );
}

/** Says that there is more in the lake about a run than in its record, where that was removed. */
export async function warnRecordRemoved(id: string, pipeline: string | undefined, ctx: CliContext): Promise<void> {
  const removal = await findRemovalRule(ctx.lineageFolder, nodeFiles, id, pipeline);
  if (removal === null || (await readRun(ctx.lineageFolder, id, { files: nodeFiles })) !== null) return;
  ctx.info(`the record of this run was removed after ${formatDuration(removal.retention)}; this is from the lake`);
}

/** The first of what a run has settled; null when the lake knows of none. */
async function readFirstFact(runId: string, ctx: CliContext): Promise<CommittedFact | null> {
  const reader = await openLakeReader(ctx.dataFolder);
  try {
    for await (const fact of reader.readFacts({ runId })) return fact;
    return null;
  } finally {
    await reader.close();
  }
}
