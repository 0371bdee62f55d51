import { join } from 'node:path';

import { isLocalDate } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { nodeFiles, nonBlockingFiles } from '../../platform/file-store.js';
import { summaryFile } from '../../lineage/records/run-folder.js';
import { parseSummary } from '../../lineage/records/run-summary.js';
import { readLastStart, readLatestRuns } from '../alerts/missed-runs.js';
import type { Folders } from '../context.js';

/** The last start of each pipeline, manual runs included. */
export interface RunStarts {
  /** Reads the records of runs that are new since the last call. */
  refresh(): Promise<void>;
  /** Null if no run of the pipeline is recorded. */
  last(pipeline: string): Promise<Instant | null>;
}

/** A run that started before midnight may be recorded after it. */
const daysToScan = 2;

export function createRunStarts(ctx: Pick<Folders, 'lineageFolder'>): RunStarts {
  const { lineageFolder } = ctx;
  const starts = new Map<string, Instant>();
  const searched = new Set<string>();
  let seenRuns: ReadonlySet<string> | null = null;
  let refreshing: Promise<void> | null = null;

  const recordStart = (pipeline: string, startedAt: Instant): void => {
    starts.set(pipeline, Math.max(startedAt, starts.get(pipeline) ?? -Infinity));
  };

  const readLatest = async (): Promise<void> => {
    const runs = await readLatestRuns(ctx);
    for (const { pipeline, startedAt } of runs) recordStart(pipeline.name, startedAt);
    seenRuns = new Set(runs.map(({ runId }) => runId));
  };

  /** Searches older records for the last run of a pipeline. */
  const search = async (name: string): Promise<void> => {
    const start = await readLastStart({ name }, ctx, nonBlockingFiles);
    if (start !== null) recordStart(name, start);
  };

  const readNew = async (known: ReadonlySet<string>): Promise<void> => {
    const days = (await nodeFiles.list(lineageFolder)).filter(isLocalDate).sort().slice(-daysToScan);
    const present = new Set<string>();
    for (const day of days) {
      for (const run of await nodeFiles.list(join(lineageFolder, day))) {
        if (!known.has(run)) {
          const text = await nodeFiles.read(join(lineageFolder, day, run, summaryFile));
          const summary = text === null ? null : parseSummary(text);
          // Not written yet: the next refresh reads it.
          if (summary === null) continue;
          recordStart(summary.pipeline.name, summary.startedAt);
        }
        present.add(run);
      }
    }
    seenRuns = present;
  };

  return {
    refresh() {
      refreshing ??= (seenRuns === null ? readLatest() : readNew(seenRuns)).finally(() => {
        refreshing = null;
      });
      return refreshing;
    },
    async last(pipeline) {
      if (!starts.has(pipeline) && !searched.has(pipeline)) {
        await search(pipeline);
        searched.add(pipeline);
      }
      return starts.get(pipeline) ?? null;
    },
  };
}
