import type { Instant } from '../core/time.js';
import { readTableCoverage } from '../lake/coverage/state.js';
import { tableFolder } from '../lake/delta/table-log.js';
import { readLocks } from '../lake/lock.js';
import { diskFiles } from '../lineage/files.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { alertStore, judgedSince } from '../tell/alert-store.js';
import { judgeCheck } from '../tell/judge-check.js';
import type { CheckedLake } from '../tell/judge-check.js';
import { judgeNow } from '../tell/judge-now.js';
import { alertTurns } from './alert-turns.js';
import { dueTimesOf } from './missed-runs.js';
import { redactorFor } from './secrets.js';
import type { Surroundings } from './surroundings.js';

/** What is judged from, and who hears of what could not be told. */
export interface Judgement {
  readonly command: string;
  readonly lastStart: Instant | null;
  readonly warn: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** Takes in for a pipeline what a check of the lake has found, and tells those who are to hear of it. */
export async function judgeCheckAlerts(pipeline: Pipeline, checked: CheckedLake, at: Surroundings): Promise<void> {
  const warn = (message: string): void => {
    at.complain(at.notePaint('warn', message));
  };
  await judgeCheck(pipeline, checked, await tellingParts(pipeline, 'pipe check', warn, at));
}

/** Judges a pipeline without a run, beside one that may be going, and tells those who are to hear of it. */
export async function judgeAlerts(pipeline: Pipeline, judgement: Judgement, at: Surroundings): Promise<void> {
  const { dataFolder } = at;
  const { command, warn, ...rest } = judgement;
  const parts = await tellingParts(pipeline, command, warn, at);
  const schedule = dueTimesOf(pipeline);
  await judgeNow(pipeline, {
    ...rest,
    ...parts,
    schedule,
    judgedSince: schedule === null ? null : await judgedSince(pipeline.name, parts),
    running: async () => (await readLocks(dataFolder)).find(({ name }) => name === pipeline.name)?.since ?? null,
    chains: () => readTableCoverage(tableFolder(dataFolder, 'chains'), 'chains'),
  });
}

/** What telling without a run takes. */
async function tellingParts(pipeline: Pipeline, command: string, warn: (message: string) => void, at: Surroundings) {
  const redact = await redactorFor(pipeline, at);
  return {
    clock: at.clock,
    store: alertStore(at.dataFolder, diskFiles),
    exclusively: alertTurns(at, command),
    warn: (message: string) => {
      warn(redact(message));
    },
  };
}
