import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { createAlertManager } from './alert-manager.js';
import type { AlertManagerOptions } from './alert-manager.js';
import { toAlertChanges } from './alert-change.js';
import type { AlertFinding } from './alert-change.js';
import { createSubjectFilter } from './alert-subjects.js';

/** A data-quality rule of one table. */
export interface TableRule {
  readonly dataset: string;
  readonly rule: string;
}

/** The result of `pipe check`. */
export interface CheckFindings {
  readonly failures: readonly (TableRule & { readonly message: string })[];
  /** What quality rules found, and the rules that were applied, as `table/rule`. */
  readonly violations: readonly (TableRule & { readonly message: string })[];
  readonly appliedRules: readonly string[];
  /** Returns whether the check examined the rule. */
  readonly wasExamined: (rule: TableRule) => boolean;
}

/** Records the result of a check as alerts of a pipeline, and sends pending notifications. */
export async function evaluateCheck(
  pipeline: Pipeline,
  { failures, violations, appliedRules, wasExamined }: CheckFindings,
  options: Pick<AlertManagerOptions, 'clock' | 'store' | 'withLock' | 'warn' | 'allowedHosts'>,
): Promise<void> {
  const { name, notifications } = pipeline;
  if (notifications.alerts === null) return;
  const settings = notifications.alerts;
  const manager = createAlertManager({
    ...options,
    pipeline: name,
    settings,
    isActiveSubject: createSubjectFilter(pipeline),
    run: null,
  });
  const toFinding = ({ message, ...rule }: TableRule & { readonly message: string }): AlertFinding => ({
    subject: toSubject(rule),
    message,
  });
  const findings = failures.map(toFinding);
  const isSubjectExamined = (subject: string): boolean => {
    const [dataset = '', rule] = subject.split('/');
    return rule !== undefined && wasExamined({ dataset, rule });
  };
  for (const rule of settings.rules) {
    if (rule.on === 'data_integrity_failure') manager.record(toAlertChanges(rule, findings, isSubjectExamined));
    if (rule.on === 'quality_violation')
      manager.record(toAlertChanges(rule, violations.map(toFinding), (subject) => appliedRules.includes(subject)));
  }
  await manager.finish();
}

function toSubject({ dataset, rule }: TableRule): string {
  return `${dataset}/${rule}`;
}
