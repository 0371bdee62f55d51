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
  /** When its last run began; null when no run of it is on record. */
  readonly lastStart: Instant | null;
  /** When it was first judged, since when it is known that somebody expects it to run; null when that is not known. */
  readonly judgedSince?: Instant | null;
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
  const { clock, schedule, lastStart, judgedSince = null } = options;
  if (telling.alerts === null) return;
  const settings = telling.alerts;
  const own = alarm({ ...options, pipeline: name, settings, isSubject: subjectsOf(pipeline), run: null });
  const since = lastStart ?? judgedSince;
  const missed = (late: number) => (schedule === null ? null : missedRuns(schedule, since, clock.now(), late));
  // Over a weekend chains grow old because nobody was to renew them.
  const wereToBeRenewed = schedule === null || missed(patienceOf(telling)) !== null;
  for (const rule of settings.rules) {
    if (rule.on === 'run_missed') {
      const found = missed(rule.olderThan);
      const why = { running: await options.running(), neverRan: lastStart === null };
      if (found !== null) own.note(changesOf(rule, [missedFinding(name, found, why)]));
      // That no run of it is found does not mean that it is well.
      else if (schedule === null || lastStart !== null) own.note(changesOf(rule, []));
    }
    // A run that is going may be about to renew them, and judges them at its end.
    if (rule.on === 'stale_option_chains' && wereToBeRenewed && (await options.running()) === null) {
      own.note(changesOf(rule, staleChains(pipeline, await options.chains(), rule.olderThan, clock.now())));
    }
  }
  await own.finish();
}
