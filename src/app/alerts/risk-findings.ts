import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { formatTime } from '../../core/time/zoned-time.js';
import type { AlertFinding } from '../../outputs/alerts/alert-change.js';
import type { AppContext, Folders } from '../context.js';
import { readQuickRisks } from '../status/read-risks.js';

/** The subjects of `run_at_risk`; null if no rule of the pipeline watches it. */
export async function readRiskFindings(
  pipeline: Pipeline,
  ctx: Folders & Pick<AppContext, 'clock' | 'environment'>,
): Promise<readonly AlertFinding[] | null> {
  if (pipeline.notifications.alerts?.rules.some(({ on }) => on === 'run_at_risk') !== true) return null;
  const risks = await readQuickRisks(pipeline, ctx);
  return risks.map(({ subject, message, hint, until }) => ({
    subject,
    message: `${message}; ${hint}${until === null ? '' : ` (until ${formatTime(until)})`}`,
  }));
}
