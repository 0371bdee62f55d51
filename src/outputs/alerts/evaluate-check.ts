import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { createAlertManager } from './alert-manager.js';
import type { AlertManagerOptions } from './alert-manager.js';
import { toAlertChanges } from './alert-change.js';
import { createSubjectFilter } from './alert-subjects.js';

/** A rule that a table of the lake was held against. */
export interface TableRule {
  readonly dataset: string;
  readonly rule: string;
}

/** What a check of the lake has found. */
export interface CheckFindings {
  readonly failures: readonly (TableRule & { readonly message: string })[];
  /** Whether it looked at this at all. */
  readonly wasExamined: (of: TableRule) => boolean;
}

/** Takes in for a pipeline what a check of the lake has found, and tells what is due. */
export async function evaluateCheck(
  pipeline: Pipeline,
  { failures, wasExamined }: CheckFindings,
  options: Pick<AlertManagerOptions, 'clock' | 'store' | 'withLock' | 'warn'>,
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
  const findings = failures.map(({ message, ...of }) => ({ subject: toSubject(of), words: message }));
  const isSubjectExamined = (subject: string): boolean => {
    const [dataset = '', rule] = subject.split('/');
    return rule !== undefined && wasExamined({ dataset, rule });
  };
  for (const rule of settings.rules) {
    if (rule.on === 'data_integrity_failure') manager.record(toAlertChanges(rule, findings, isSubjectExamined));
  }
  await manager.finish();
}

function toSubject({ dataset, rule }: TableRule): string {
  return `${dataset}/${rule}`;
}
