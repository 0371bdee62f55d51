import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { isLocalDate } from '../core/time.js';
import type { Instant } from '../core/time.js';
import { diskFiles } from '../lineage/files.js';
import type { RecordFiles } from '../lineage/files.js';
import { runFile } from '../lineage/run-folder.js';
import { readSummary } from '../lineage/run-summary.js';
import { lastStartOf, latestRuns } from './missed-runs.js';
import type { Surroundings } from './surroundings.js';

/** When each pipeline was last begun, by whomever: a run by hand is no less a run. */
export interface RunStarts {
  /** Looks at the runs that are new since the last look; each record is read once. */
  look(): Promise<void>;
  /** Null when no run of the pipeline is on record. */
  last(pipeline: string): Promise<Instant | null>;
}

/** The disk, read without holding up what else a collector does: to find no run at all, every record is read. */
const patientFiles: RecordFiles = {
  ...diskFiles,
  read: (path) => readFile(path, 'utf8').catch(() => diskFiles.read(path)),
};

/** A run that began before midnight may be written down after it. */
const daysLookedAt = 2;

export function runStarts(at: Surroundings): RunStarts {
  const { lineageFolder } = at;
  const starts = new Map<string, Instant>();
  const searched = new Set<string>();
  let seen: ReadonlySet<string> | null = null;
  let looking: Promise<void> | null = null;

  const note = (pipeline: string, startedAt: Instant): void => {
    starts.set(pipeline, Math.max(startedAt, starts.get(pipeline) ?? -Infinity));
  };

  const lookBack = async (): Promise<void> => {
    const runs = await latestRuns(at);
    for (const { pipeline, startedAt } of runs) note(pipeline.name, startedAt);
    seen = new Set(runs.map(({ runId }) => runId));
  };

  /** For a run that is older than the latest of all. */
  const search = async (name: string): Promise<void> => {
    const start = await lastStartOf({ name }, at, patientFiles);
    if (start !== null) note(name, start);
  };

  const lookForNew = async (known: ReadonlySet<string>): Promise<void> => {
    const days = (await diskFiles.list(lineageFolder)).filter(isLocalDate).sort().slice(-daysLookedAt);
    const there = new Set<string>();
    for (const day of days) {
      for (const run of await diskFiles.list(join(lineageFolder, day))) {
        if (!known.has(run)) {
          const text = await diskFiles.read(join(lineageFolder, day, run, runFile));
          const summary = text === null ? null : readSummary(text);
          // Not written yet: it is looked for again.
          if (summary === null) continue;
          note(summary.pipeline.name, summary.startedAt);
        }
        there.add(run);
      }
    }
    seen = there;
  };

  return {
    look() {
      looking ??= (seen === null ? lookBack() : lookForNew(seen)).finally(() => {
        looking = null;
      });
      return looking;
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
