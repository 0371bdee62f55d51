import type { Clock } from '../core/clock.js';
import type { Duration } from '../core/time.js';
import type { LakeReader } from '../lake/contract.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { alarm } from './alarm.js';
import { changesOf } from './alert-change.js';
import type { AlertStore } from './alert-store.js';
import { subjectsOf } from './alert-subjects.js';
import { missedFinding } from './missed-run.js';
import type { MissedRuns } from './missed-run.js';
import { staleChains } from './stale-chains.js';

/** What judging needs that no run is there to give. */
export interface JudgeOptions {
  readonly clock: Clock;
  readonly store: AlertStore;
  readonly reader: Pick<LakeReader, 'state'>;
  /** The due times that passed without a run, with so much patience. */
  readonly missed: (late: Duration) => Promise<MissedRuns | null>;
  readonly warn: (message: string) => void;
}

/** Judges what does not need a run to be seen, a run that is missing above all, and tells what is due. */
export async function judgeNow(pipeline: Pipeline, options: JudgeOptions): Promise<void> {
  const { name, telling } = pipeline;
  const { clock, store, warn, reader } = options;
  if (telling.alerts === null) return;
  const settings = telling.alerts;
  const own = alarm({ pipeline: name, settings, isSubject: subjectsOf(pipeline), run: null, store, clock, warn });
  for (const rule of settings.rules) {
    if (rule.on === 'stale_option_chains') {
      own.note(changesOf(rule, staleChains(pipeline, await reader.state(), rule.olderThan, clock.now())));
    }
    if (rule.on !== 'run_missed') continue;
    const missed = await options.missed(rule.olderThan);
    own.note(changesOf(rule, missed === null ? [] : [missedFinding(name, missed)]));
  }
  await own.tell();
}
