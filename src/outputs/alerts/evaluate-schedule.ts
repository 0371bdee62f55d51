import type { Clock } from '../../core/time/clock.js';
import type { Instant } from '../../core/time/time.js';
import type { LakeState } from '../../lake/api.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { AllowedHosts } from '../../platform/http/allowed-hosts.js';
import { createAlertManager } from './alert-manager.js';
import { toAlertChanges } from './alert-change.js';
import type { AlertFinding } from './alert-change.js';
import type { AlertStore, WithAlertLock } from './alert-store.js';
import { createSubjectFilter } from './alert-subjects.js';
import { toMissedRunFinding, findMissedRuns, getMissedRunTolerance } from './missed-runs.js';
import type { DueTimes } from './missed-runs.js';
import { findStaleChains } from './stale-chains.js';

export interface ScheduleEvaluationDeps {
  readonly clock: Clock;
  readonly store: AlertStore;
  readonly withLock: WithAlertLock;
  /** Null if the pipeline has no schedule. */
  readonly schedule: DueTimes | null;
  /** The start of its last run; null if there is no record of a run. */
  readonly lastStart: Instant | null;
  /** The first evaluation of the pipeline, from which on it is expected to run; null if unknown. */
  readonly evaluatedSince?: Instant | null;
  /** Returns the start of the run in progress; null if there is none. */
  readonly runningSince: () => Promise<Instant | null>;
  /** The coverage of option chains. */
  readonly chains: () => Promise<Pick<LakeState, 'coverage'>>;
  /** What keeps the next run from succeeding; null if that was not examined. */
  readonly risks?: readonly AlertFinding[] | null;
  readonly warn: (message: string) => void;
  readonly allowedHosts?: AllowedHosts;
  /** Ends all sending. */
  readonly signal?: AbortSignal;
}

/** Evaluates the rules that need no run (`run_missed`, `stale_option_chains`) and sends pending notifications. */
export async function evaluateSchedule(pipeline: Pipeline, options: ScheduleEvaluationDeps): Promise<void> {
  const { name, notifications } = pipeline;
  const { clock, schedule, lastStart, evaluatedSince = null, risks = null } = options;
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
  // Over a weekend chains get old because no run was scheduled to refresh them.
  const wasRenewalDue = schedule === null || findMissed(getMissedRunTolerance(notifications)) !== null;
  for (const rule of settings.rules) {
    if (rule.on === 'run_missed') {
      const found = findMissed(rule.maxAge);
      const details = { running: await options.runningSince(), neverRan: lastStart === null };
      if (found !== null) manager.record(toAlertChanges(rule, [toMissedRunFinding(name, found, details)]));
      // Without any record of a run it is unknown whether one was missed.
      else if (schedule === null || lastStart !== null) manager.record(toAlertChanges(rule, []));
    }
    if (rule.on === 'run_at_risk' && risks !== null) manager.record(toAlertChanges(rule, risks));
    // A running run may refresh the chains, and evaluates them when it finishes.
    if (rule.on === 'stale_option_chains' && wasRenewalDue && (await options.runningSince()) === null) {
      manager.record(toAlertChanges(rule, findStaleChains(pipeline, await options.chains(), rule.maxAge, clock.now())));
    }
  }
  await manager.finish();
}
