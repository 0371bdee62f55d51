import type { LakeReader, LakeState, UserTable, TableStatistics } from '../../lake/api.js';
import type { CoveredWindow } from '../../core/coverage.js';
import { isLostWindow, isRefetchable } from '../../core/loss-reasons.js';
import { datasets, tables } from '../../core/tables/tables.js';
import { readLocks } from '../../lake/locks/lock.js';
import type { LockHolder } from '../../lake/locks/lock-file.js';
import { readUserTablesState } from '../../lake/user-tables/user-tables-state.js';
import { listRuns } from '../../lineage/records/read-runs.js';
import type { RecordedRun } from '../../lineage/records/read-runs.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { nodeFiles } from '../../platform/file-store.js';
import { isProcessAlive } from '../../platform/process-alive.js';
import type { AppContext, Folders } from '../context.js';
import { withLakeReader } from '../lake-reader.js';
import { withLineageFolder } from '../lineage-folder.js';
import { readOpenBreakers } from '../providers/open-breakers.js';
import type { OpenBreaker } from '../providers/open-breakers.js';
import type { PipelineStatus } from './collect-pipeline-status.js';
import { readCollectorStatus } from './read-collector-status.js';
import type { CollectorStatus } from './read-collector-status.js';

/** Windows of a table that a run may request, by state; `lost`: rows that no request returns again. */
export type OpenWindows = Readonly<
  Record<'failed' | 'unconfirmed' | 'missing' | 'provisional' | 'denied' | 'rescaled' | 'lost', number>
>;

/** The state of a lake and its runs, and with a pipeline also what it lacks. */
export interface LakeStatus extends PipelineStatus {
  readonly tables: readonly (TableStatistics & { readonly open: OpenWindows })[];
  readonly userTables: readonly UserTable[];
  readonly damage: LakeState['damage'];
  readonly unreadable: LakeState['unreadable'];
  readonly readOnly: LakeState['readOnly'];
  /** The latest runs, newest first. */
  readonly runs: readonly RecordedRun[];
  readonly locks: readonly LockHolder[];
  /** What is outdated about the symbols of the pipeline. */
  readonly warnings: readonly string[];
  /** Null when no collector is running and none was killed. */
  readonly collector: CollectorStatus | null;
  readonly openBreakers: readonly OpenBreaker[];
}

const maxRuns = 5;

/** Collects the state of the lake; with a pipeline also what it lacks. */
export function readStatus(pipeline: Pipeline | null, ctx: Folders & Pick<AppContext, 'clock'>): Promise<LakeStatus> {
  return withLakeReader(ctx, (reader) => collectStatus(pipeline, reader, ctx));
}

async function collectStatus(
  pipeline: Pipeline | null,
  reader: LakeReader,
  ctx: Folders & Pick<AppContext, 'clock'>,
): Promise<LakeStatus> {
  const now = ctx.clock.now();
  const state = await reader.readState();
  const open = countOpenWindows(state);
  const statistics = await reader.readStatistics();
  return {
    tables: statistics.map((table) => ({ ...table, open: open.get(table.dataset) ?? noOpenWindows })),
    userTables: (await readUserTablesState(ctx.dataFolder)).tables,
    damage: state.damage,
    unreadable: state.unreadable,
    readOnly: state.readOnly,
    runs: await withLineageFolder(ctx.lineageFolder, () =>
      listRuns(ctx.lineageFolder, {
        files: nodeFiles,
        limit: maxRuns,
        isAlive: isProcessAlive,
        ...(pipeline === null ? {} : { pipeline: pipeline.name }),
      }),
    ),
    warnings: pipeline?.symbolWarnings ?? [],
    locks: await readLocks(ctx.dataFolder),
    collector: await readCollectorStatus(ctx.dataFolder),
    openBreakers: await readOpenBreakers(ctx.dataFolder, now),
    ...(pipeline === null ? { missed: null, plan: null } : await readPipelineStatus(pipeline, reader, ctx)),
  };
}

/** Loads the planner only here: without a pipeline, that takes longer than the rest. */
async function readPipelineStatus(
  pipeline: Pipeline,
  reader: LakeReader,
  ctx: Folders & Pick<AppContext, 'clock'>,
): Promise<PipelineStatus> {
  const { collectPipelineStatus } = await import('./collect-pipeline-status.js');
  return collectPipelineStatus(pipeline, reader, ctx);
}

const noOpenWindows: OpenWindows = {
  ...{ failed: 0, unconfirmed: 0, missing: 0, provisional: 0, denied: 0 },
  ...{ rescaled: 0, lost: 0 },
};

/** Counts the windows of each table that a run may request, by state. */
export function countOpenWindows(state: LakeState): ReadonlyMap<string, OpenWindows> {
  const open = new Map<string, Record<keyof OpenWindows, number>>();
  for (const { provider, series } of state.series()) {
    const dataset = series.slice(0, series.indexOf('/'));
    const windows = state.coverage(provider, series);
    for (const [position, window] of windows.entries()) {
      const isGone = isLostWindow(window) && !isRefetchable(window);
      if (!isGone && isClosed(window)) continue;
      let counts = open.get(dataset);
      if (counts === undefined) open.set(dataset, (counts = { ...noOpenWindows }));
      const isPast = window.state === 'missing' && position < windows.length - 1 && isPointTable(dataset);
      counts[isGone || isPast ? 'lost' : toOpenState(window)]++;
    }
  }
  return open;
}

function toOpenState({ state, emptyAnswers }: CoveredWindow): keyof OpenWindows {
  if (emptyAnswers !== undefined) return 'unconfirmed';
  return state === 'data' || state === 'empty' || state === 'unavailable' ? 'lost' : state;
}

/** An answer that lacks parts is open until that is confirmed. */
function isClosed({ state, emptyAnswers }: CoveredWindow): boolean {
  return (state === 'data' && emptyAnswers === undefined) || state === 'empty' || state === 'unavailable';
}

function isPointTable(dataset: string): boolean {
  return datasets.some((known) => known === dataset && tables[known].kind === 'point');
}
