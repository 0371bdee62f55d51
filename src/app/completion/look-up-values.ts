import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { supportedExchanges } from '../../calendar/calendars.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { parseSeriesName } from '../../core/series.js';
import { datasets } from '../../core/tables/tables.js';
import { listRuns } from '../../lineage/records/read-runs.js';
import { nodeFiles } from '../../platform/file-store.js';
import type { AppContext } from '../context.js';
import { readUserTablesState } from '../../lake/user-tables/user-tables-state.js';
import { withLakeReader } from '../lake-reader.js';
import { expandPipelinePaths } from '../pipeline/find-pipeline-files.js';
import { loadPipelineFile } from '../pipeline/load-pipeline.js';

/** A value with what a shell shows beside it. */
export interface KnownValue {
  readonly value: string;
  readonly description: string;
}

export type LookUpContext = Pick<AppContext, 'dataFolder' | 'lineageFolder' | 'environment' | 'definition' | 'clock'>;

/** A shell shows that many runs. */
const maxRuns = 50;

const describeNothing = (value: string): KnownValue => ({ value, description: '' });

/** The symbols of the lake, and of the pipelines that a command line names or the project has. */
export async function lookUpSymbols(files: readonly string[], ctx: LookUpContext): Promise<readonly KnownValue[]> {
  const found = new Set<string>();
  for (const { symbols } of await loadPipelines(files, ctx))
    for (const { instrument } of symbols) found.add(instrument.symbol);
  const inLake = await withLakeReader(ctx, async (reader) => (await reader.readState()).series()).catch(() => []);
  for (const { series } of inLake) found.add(parseSeriesName(series).symbol);
  return [...found].sort().map(describeNothing);
}

export async function lookUpSteps(files: readonly string[], ctx: LookUpContext): Promise<readonly KnownValue[]> {
  const found = new Map<string, string>();
  for (const { steps, customSteps } of await loadPipelines(files, ctx))
    for (const { name, uses } of [...steps, ...customSteps]) found.set(name, uses);
  return [...found].map(([value, description]) => ({ value, description }));
}

/** The tables of this product, and those that custom steps have written. */
export async function lookUpTables(ctx: LookUpContext): Promise<readonly KnownValue[]> {
  const own = await readUserTablesState(ctx.dataFolder)
    .then(({ tables }) => tables)
    .catch(() => []);
  return [...datasets, ...own.map(({ dataset }) => dataset)].map(describeNothing);
}

export async function lookUpRuns({ lineageFolder }: LookUpContext): Promise<readonly KnownValue[]> {
  const runs = await listRuns(lineageFolder, { files: nodeFiles, limit: maxRuns });
  return runs.map(({ runId, pipeline, status }) => ({ value: runId, description: `${pipeline.name} ${status}` }));
}

export function lookUpExchanges(): readonly KnownValue[] {
  return supportedExchanges.map(describeNothing);
}

/** The files and folders that a path begins with; folders end in a slash. Names that begin with a dot are left out unless asked for. */
export async function lookUpFiles(
  prefix: string,
  isWanted: (name: string, isFolder: boolean) => boolean,
): Promise<readonly KnownValue[]> {
  const folder = prefix.endsWith('/') ? prefix : dirname(prefix);
  const shown = prefix.includes('/') ? prefix.slice(0, prefix.lastIndexOf('/') + 1) : '';
  const start = prefix.slice(shown.length);
  const entries = await readdir(folder === '' ? '.' : folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter(({ name }) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')))
    .filter((entry) => isWanted(entry.name, entry.isDirectory()))
    .map((entry) => describeNothing(`${shown}${entry.name}${entry.isDirectory() ? '/' : ''}`))
    .sort((a, b) => (a.value < b.value ? -1 : 1));
}

async function loadPipelines(files: readonly string[], ctx: LookUpContext): Promise<readonly Pipeline[]> {
  const named = files.length > 0 ? files : await expandPipelinePaths([]).catch(() => []);
  const loaded = await Promise.all(
    named.map((file) => loadPipelineFile(join('.', file), ctx, 'lint').catch(() => null)),
  );
  return loaded.flatMap((one) => (one?.ok === true ? [one.pipeline] : []));
}
