import { formatDuration } from '../core/time/duration.js';
import { parseSeriesName } from '../core/series.js';
import { formatInstantSeconds } from '../core/time/time.js';
import type { CommittedFact, LakeReader } from '../lake/api.js';
import { openLakeReader } from '../lake/reader/lake-reader.js';
import { nodeFiles } from '../platform/file-store.js';
import { closestMatch } from '../platform/suggest.js';
import { readRun } from '../lineage/records/read-runs.js';
import { findRemovalRule } from '../lineage/records/retention-state.js';
import { exitCode } from '../app/exit-code.js';
import { CliError } from '../app/cli-error.js';
import type { Folders } from '../app/context.js';
import type { Console } from './cli-context.js';

/** Explains why a run has no record. The lake keeps the origin of its data longer than the record is kept. */
export async function createNoRunError(id: string, folders: Folders): Promise<CliError> {
  const fact = await readFirstFact(id, folders);
  const removal = await findRemovalRule(folders.lineageFolder, nodeFiles, id, fact?.author.pipeline.name);
  if (fact !== null) {
    const { symbol } = parseSeriesName(fact.series);
    const run = `run ${id} (${fact.author.pipeline.name}, ${formatInstantSeconds(fact.requestedAt)})`;
    const lineageCommand = `pipe lineage ${/^[\w.-]+$/.test(symbol) ? symbol : `'${symbol}'`} --run ${id}`;
    return new CliError(
      exitCode.usage,
      removal === null
        ? `the record of ${run} is missing`
        : `the record of ${run} was removed after ${formatDuration(removal.retention)}`,
      `the lake still has the origin of its data: ${lineageCommand}`,
    );
  }
  return new CliError(
    exitCode.usage,
    `no run matches ${id}, or the id is ambiguous`,
    removal === null
      ? 'pipe status lists the last runs'
      : `records of ${removal.pipeline} are removed after ${formatDuration(removal.retention)}`,
  );
}

/** Prints that the record of a run was removed, when only the lake still knows the run. */
export async function warnRecordRemoved(
  id: string,
  pipeline: string | undefined,
  ctx: Pick<Folders, 'lineageFolder'> & Pick<Console, 'info'>,
): Promise<void> {
  const removal = await findRemovalRule(ctx.lineageFolder, nodeFiles, id, pipeline);
  if (removal === null || (await readRun(ctx.lineageFolder, id, { files: nodeFiles })) !== null) return;
  ctx.info(`the record of this run was removed after ${formatDuration(removal.retention)}; this is from the lake`);
}

/** Explains that the lake has no data of a kind for a symbol, with the likely reason. */
export async function createNoDataError(
  kind: string,
  step: 'snapshots' | 'overview',
  symbol: string,
  reader: LakeReader,
): Promise<CliError> {
  const table = step === 'snapshots' ? 'option_snapshots' : 'overviews';
  const known = new Set<string>();
  for (const { series } of (await reader.readState()).series()) {
    const { dataset, symbol: storedSymbol } = parseSeriesName(series);
    if (dataset === table) known.add(storedSymbol);
  }
  const suggestion = closestMatch(symbol, known);
  const hint = known.has(symbol)
    ? 'other times or providers have data: omit --at and --provider'
    : suggestion !== null
      ? `did you mean ${suggestion}?`
      : known.size > 0
        ? `known symbols: ${[...known].sort().slice(0, 12).join(', ')}`
        : `add the step \`${step}\` to a pipeline, then: pipe run`;
  return new CliError(exitCode.usage, `no ${kind} for ${symbol} in the lake`, hint);
}

/** The first fact that a run has committed; null when the lake has none. */
async function readFirstFact(runId: string, { dataFolder }: Folders): Promise<CommittedFact | null> {
  const reader = await openLakeReader(dataFolder);
  try {
    for await (const fact of reader.readFacts({ runId })) return fact;
    return null;
  } finally {
    await reader.close();
  }
}
