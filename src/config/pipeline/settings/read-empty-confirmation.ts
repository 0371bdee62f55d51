import type { EmptyConfirmation } from '../../../core/empty-confirmation.js';
import { day } from '../../../core/time/time.js';
import { omitUndefined } from '../../../platform/omit-undefined.js';
import { createDurationReader } from '../../yaml/duration-reader.js';
import { problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { findLocation } from '../../yaml/tree.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** Beyond this time a provider has dropped short bars before their absence could be confirmed. */
const maxSpacing = 30 * day;

/** Reads when answers without rows count. */
export function readEmptyConfirmation(
  validated: ValidatedPipeline,
  report: ReportDiagnostic,
): Partial<EmptyConfirmation> {
  const { answers, every: rawEvery } = validated.file.confirm_empty ?? {};
  const path = ['confirm_empty', 'every'];
  const every = rawEvery === undefined ? undefined : createDurationReader(validated, report)(rawEvery, path);
  if (every !== undefined && every !== null && every > maxSpacing) {
    report(
      problem('out-of-range', findLocation(validated.root, path), `the time between answers is more than 30d`, {
        suggestion: 'for example `every: 12h`',
      }),
    );
  }
  return omitUndefined({ answers, every: every ?? undefined });
}
