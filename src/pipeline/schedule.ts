import { Cron } from 'croner';

import type { Instant } from '../core/time.js';
import type { Schedule } from './pipeline.js';

/** The next moment at which a pipeline is due after another; null when there is none. */
export function nextDue({ cron, timeZone }: Schedule, after: Instant): Instant | null {
  return new Cron(cron, { timezone: timeZone }).nextRun(new Date(after))?.getTime() ?? null;
}
