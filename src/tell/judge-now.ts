import type { Clock } from '../core/clock.js';
import type { Instant } from '../core/time.js';
import type { LakeState } from '../lake/contract.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { alarm } from './alarm.js';
import { changesOf } from './alert-change.js';
import type { AlertStore, Exclusively } from './alert-store.js';
import { subjectsOf } from './alert-subjects.js';
import { missedFinding, missedRuns, patienceOf } from './missed-run.js';
import type { DueTimesOf } from './missed-run.js';
import { staleChains } from './stale-chains.js';

/** What judging needs that no run is there to give. */
export interface JudgeOptions {
  readonly clock: Clock;
  readonly store: AlertStore;
  readonly exclusively: Exclusively;
  /** When the pipeline is due; null when it has no schedule. */
  readonly schedule: DueTimesOf | null;
  /** When its last run began; null when there was none. */
  readonly lastStart: Instant | null;
  /** Since when a run of it has been going; null when none is. */
  readonly running: () => Promise<Instant | null>;
  /** What is known of option chains. */
  readonly chains: () => Promise<Pick<LakeState, 'coverage'>>;
  readonly warn: (message: string) => void;
  /** When it aborts, nobody is told anything any more. */
  readonly signal?: AbortSignal;
}

/** Judges what does not need a run to be seen, a run that is missing above all, and tells what is due. */
export async function judgeNow(pipeline: Pipeline, options: JudgeOptions): Promise<void> {
  const { name, telling } = pipeline;
  const { clock, schedule, lastStart } = options;
  if (telling.alerts === null) return;
  const settings = telling.alerts;
  const own = alarm({ ...options, pipeline: name, settings, isSubject: subjectsOf(pipeline), run: null });
  const missed = (late: number) => (schedule === null ? null : missedRuns(schedule, lastStart, clock.now(), late));
  // Over a weekend chains grow old because nobody was to renew them.
  const wereToBeRenewed = schedule === null || missed(patienceOf(telling)) !== null;
  for (const rule of settings.rules) {
    if (rule.on === 'run_missed') {
      const found = missed(rule.olderThan);
      own.note(changesOf(rule, found === null ? [] : [missedFinding(name, found, await options.running())]));
    }
    // A run that is going may be about to renew them, and judges them at its end.
    if (rule.on === 'stale_option_chains' && wereToBeRenewed && (await options.running()) === null) {
      own.note(changesOf(rule, staleChains(pipeline, await options.chains(), rule.olderThan, clock.now())));
    }
  }
  await own.finish();
}
