import type { Pipeline } from '../pipeline/pipeline.js';
import { alarm } from './alarm.js';
import type { AlarmOptions } from './alarm.js';
import { changesOf } from './alert-change.js';
import { subjectsOf } from './alert-subjects.js';

/** A rule that a table of the lake was held against. */
export interface TableRule {
  readonly dataset: string;
  readonly rule: string;
}

/** What a check of the lake has found. */
export interface CheckedLake {
  readonly failures: readonly (TableRule & { readonly words: string })[];
  /** Whether it looked at this at all. */
  readonly examined: (of: TableRule) => boolean;
}

/** Takes in for a pipeline what a check of the lake has found, and tells what is due. */
export async function judgeCheck(
  pipeline: Pipeline,
  { failures, examined }: CheckedLake,
  options: Pick<AlarmOptions, 'clock' | 'store' | 'exclusively' | 'warn'>,
): Promise<void> {
  const { name, telling } = pipeline;
  if (telling.alerts === null) return;
  const settings = telling.alerts;
  const own = alarm({ ...options, pipeline: name, settings, isSubject: subjectsOf(pipeline), run: null });
  const findings = failures.map(({ words, ...of }) => ({ subject: subjectOf(of), words }));
  const isExamined = (subject: string): boolean => {
    const [dataset = '', rule] = subject.split('/');
    return rule !== undefined && examined({ dataset, rule });
  };
  for (const rule of settings.rules) {
    if (rule.on === 'data_integrity_failure') own.note(changesOf(rule, findings, isExamined));
  }
  await own.finish();
}

function subjectOf({ dataset, rule }: TableRule): string {
  return `${dataset}/${rule}`;
}
