import { isTimeZone } from '../../../core/time/time-zone.js';
import { problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { quote } from '../../yaml/quote.js';
import { findLocation } from '../../yaml/tree.js';
import { explainCron, hasNextRun } from '../schedule/explain-cron.js';
import { suggestTimeZone } from '../schedule/time-zone.js';
import type { CheckSettings } from '../pipeline.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** Reads when the collector checks the lake; null for never. */
export function readChecks(validated: ValidatedPipeline, report: ReportDiagnostic): CheckSettings | null {
  const { file, root } = validated;
  if (file.checks === undefined) return null;
  const { schedule: cron, timezone } = file.checks;
  const timeZone = timezone ?? file.schedule?.timezone ?? 'UTC';
  if (timezone !== undefined && !isTimeZone(timezone))
    report(
      problem(
        'unknown-time-zone',
        findLocation(root, ['checks', 'timezone']),
        `there is no time zone ${quote(timezone)}`,
        { suggestion: suggestTimeZone(timezone) },
      ),
    );
  const location = findLocation(root, ['checks', 'schedule']);
  const explanation = explainCron(cron);
  if (explanation !== null) report(problem('bad-cron', location, explanation.message, explanation));
  else if (!hasNextRun(cron, isTimeZone(timeZone) ? timeZone : 'UTC'))
    report(problem('never-due', location, `${quote(cron)} never matches`));
  return { cron, timeZone };
}
