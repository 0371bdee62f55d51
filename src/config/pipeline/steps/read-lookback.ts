import { addDays } from '../../../core/time/time.js';
import { explainDate } from '../../yaml/explain-date.js';
import { problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { findKeyLocation, findLocation } from '../../yaml/tree.js';
import type { Lookback } from '../pipeline.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';
import { explainLookback, parseLookback } from './lookback.js';

const defaultLookback = { equity: '1y', options: '5 sessions' } as const;

/** Replaces an invalid lookback, so that the rest of the pipeline can be checked. */
const placeholder: Lookback = { kind: 'days', days: 1 };

interface LookbackSettings {
  readonly lookback?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Reads the lookback or the dates of a bar step and applies the defaults. */
export function readLookback(
  name: string,
  uses: 'equity' | 'options',
  settings: LookbackSettings,
  validated: ValidatedPipeline,
  report: ReportDiagnostic,
): Lookback {
  if (settings.from !== undefined || settings.to !== undefined) return readDates(name, settings, validated, report);
  const { file, root } = validated;
  const { lookback } = settings;
  const text = lookback ?? file.defaults?.steps?.lookback ?? defaultLookback[uses];
  const parsed = parseLookback(text);
  if (parsed !== null) return parsed;
  const { message, suggestion } = explainLookback(text);
  const path = lookback === undefined ? ['defaults', 'steps', 'lookback'] : ['steps', name, 'lookback'];
  report(problem('bad-lookback', findLocation(root, path), message, { suggestion }));
  return placeholder;
}

function readDates(
  name: string,
  { lookback, from, to }: LookbackSettings,
  { root, wasDropped }: ValidatedPipeline,
  report: ReportDiagnostic,
): Lookback {
  const path = ['steps', name];
  if (lookback !== undefined) {
    const other = from === undefined ? 'to' : 'from';
    const message = `\`${name}\` has both \`lookback\` and \`${other}\``;
    report(
      problem('ambiguous-lookback', findKeyLocation(root, [...path, other]), message, {
        related: [{ message: '`lookback` is set here', location: findKeyLocation(root, [...path, 'lookback']) }],
        suggestion: 'remove one of them',
      }),
    );
  }
  let areValid = true;
  for (const [key, date] of [['from', from] as const, ['to', to] as const]) {
    const explanation = date === undefined ? null : explainDate(date);
    if (explanation === null) continue;
    areValid = false;
    report(problem('bad-date', findLocation(root, [...path, key]), explanation.message, explanation));
  }
  if (from === undefined) {
    if (lookback === undefined && !wasDropped([...path, 'from'])) {
      report(
        problem('missing-key', findKeyLocation(root, [...path, 'to']), '`to` needs `from`', {
          suggestion: 'add `from: 2024-01-01`, or use `lookback: 1y` instead',
        }),
      );
    }
    return placeholder;
  }
  if (areValid && to !== undefined && from > to) {
    const message = `\`to\` (${to}) is before \`from\` (${from})`;
    report(
      problem('empty-range', findLocation(root, [...path, 'to']), message, {
        related: [{ message: '`from` is set here', location: findLocation(root, [...path, 'from']) }],
      }),
    );
  }
  // Users write the last date, inclusive; internally the end of a range is exclusive.
  return { kind: 'dates', from, to: to === undefined || !areValid ? null : addDays(to, 1) };
}
