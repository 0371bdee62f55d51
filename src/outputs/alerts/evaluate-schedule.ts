import type { Clock } from '../../core/time/clock.js';
import type { Instant } from '../../core/time/time.js';
import type { LakeState } from '../../lake/api.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { createAlertManager } from './alert-manager.js';
import { toAlertChanges } from './alert-change.js';
import type { AlertStore, WithAlertLock } from './alert-store.js';
import { createSubjectFilter } from './alert-subjects.js';
import { toMissedRunFinding, findMissedRuns, graceFor } from './missed-runs.js';
import type { DueTimes } from './missed-runs.js';
import { findStaleChains } from './stale-chains.js';

/** What judging needs that no run is there to give. */
export interface ScheduleEvaluationDeps {
  readonly clock: Clock;
  readonly store: AlertStore;
  readonly withLock: WithAlertLock;
  /** When the pipeline is due; null when it has no schedule. */
  readonly schedule: DueTimes | null;
  /** When its last run began; null when no run of it is on record. */
  readonly lastStart: Instant | null;
  /** When it was first judged, since when it is known that somebody expects it to run; null when that is not known. */
  readonly evaluatedSince?: Instant | null;
  /** Since when a run of it has been going; null when none is. */
  readonly runningSince: () => Promise<Instant | null>;
  /** What is known of option chains. */
  readonly chains: () => Promise<Pick<LakeState, 'coverage'>>;
  readonly warn: (message: string) => void;
  /** When it aborts, nobody is told anything any more. */
  readonly signal?: AbortSignal;
}

/** Judges what does not need a run to be seen, a run that is missing above all, and tells what is due. */
export async function evaluateSchedule(pipeline: Pipeline, options: ScheduleEvaluationDeps): Promise<void> {
  const { name, notifications } = pipeline;
  const { clock, schedule, lastStart, evaluatedSince = null } = options;
  if (notifications.alerts === null) return;
  const settings = notifications.alerts;
  const manager = createAlertManager({
    ...options,
    pipeline: name,
    settings,
    isActiveSubject: createSubjectFilter(pipeline),
    run: null,
  });
  const since = lastStart ?? evaluatedSince;
  const findMissed = (late: number) => (schedule === null ? null : findMissedRuns(schedule, since, clock.now(), late));
  // Over a weekend chains grow old because nobody was to renew them.
  const wasRenewalDue = schedule === null || findMissed(graceFor(notifications)) !== null;
  for (const rule of settings.rules) {
    if (rule.on === 'run_missed') {
      const found = findMissed(rule.maxAge);
      const details = { running: await options.runningSince(), neverRan: lastStart === null };
      if (found !== null) manager.record(toAlertChanges(rule, [toMissedRunFinding(name, found, details)]));
      // That no run of it is found does not mean that it is well.
      else if (schedule === null || lastStart !== null) manager.record(toAlertChanges(rule, []));
    }
    // A run that is going may be about to renew them, and judges them at its end.
    if (rule.on === 'stale_option_chains' && wasRenewalDue && (await options.runningSince()) === null) {
      manager.record(toAlertChanges(rule, findStaleChains(pipeline, await options.chains(), rule.maxAge, clock.now())));
    }
  }
  await manager.finish();
}
