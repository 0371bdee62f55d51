import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { isLocalDate } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { nodeFiles } from '../../platform/file-store.js';
import type { FileStore } from '../../platform/file-store.js';
import { summaryFile } from '../../lineage/records/run-folder.js';
import { parseSummary } from '../../lineage/records/run-summary.js';
import { readLastStart, readLatestRuns } from '../alerts/missed-runs.js';
import type { CliContext } from '../cli-context.js';

/** When each pipeline was last begun, by whomever: a run by hand is no less a run. */
export interface RunStarts {
  /** Looks at the runs that are new since the last look; each record is read once. */
  refresh(): Promise<void>;
  /** Null when no run of the pipeline is on record. */
  last(pipeline: string): Promise<Instant | null>;
}

/** The disk, read without holding up what else a collector does: to find no run at all, every record is read. */
const nonBlockingFiles: FileStore = {
  ...nodeFiles,
  read: (path) => readFile(path, 'utf8').catch(() => nodeFiles.read(path)),
};

/** A run that began before midnight may be written down after it. */
const daysToScan = 2;

export function createRunStarts(ctx: CliContext): RunStarts {
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

  /** For a run that is older than the latest of all. */
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
          // Not written yet: it is looked for again.
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
