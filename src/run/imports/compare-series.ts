import { compareBars } from '../../core/revisions/compare-bars.js';
import type { BarValues } from '../../core/revisions/compare-bars.js';
import { describeChange } from '../../core/revisions/describe-comparison.js';
import { covers } from '../../core/time/window.js';
import type { Windows } from '../../core/time/window.js';
import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { pluralize } from '../../platform/format.js';

/** How the bars of a file differ from stored ones of the same times. */
export interface SeriesComparison {
  readonly equal: number;
  readonly different: number;
  /** Bars that only the file has, and that only the lake has. */
  readonly added: number;
  readonly absent: number;
  /** The first difference of a bar that both have; null for none. */
  readonly first: {
    readonly ts: Instant;
    readonly file: number;
    readonly stored: number;
    readonly field: string;
  } | null;
  /** What explains all of the differences, such as an adjustment for a split; null if nothing does. */
  readonly explanation: string | null;
}

const fields = ['open', 'high', 'low', 'close', 'volume'] as const;

/** Compares the bars of a file with stored ones within some windows. */
export function compareSeries(file: BarValues, stored: BarValues, windows: Windows): SeriesComparison {
  const isInside = (ts: Instant): boolean => covers(windows, { start: ts, end: ts + 1 });
  const byTime = new Map([...stored.ts].flatMap((ts, index) => (isInside(ts) ? [[ts, index] as const] : [])));
  let [equal, different, added, matched] = [0, 0, 0, 0];
  let first: SeriesComparison['first'] = null;
  for (const [index, ts] of file.ts.entries()) {
    if (!isInside(ts)) continue;
    const other = byTime.get(ts);
    if (other === undefined) {
      added++;
      continue;
    }
    matched++;
    const field = fields.find((name) => !isEqual(file[name][index], stored[name][other]));
    if (field === undefined) equal++;
    else {
      different++;
      first ??= { ts, field, file: file[field][index] ?? NaN, stored: stored[field][other] ?? NaN };
    }
  }
  const explanation = different === 0 ? null : explain(file, stored);
  return { equal, different, added, absent: byTime.size - matched, first, explanation };
}

function isEqual(a = NaN, b = NaN): boolean {
  return Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

/** Names a single change of the price scale that explains the differences. */
function explain(file: BarValues, stored: BarValues): string | null {
  const common = new Set(stored.ts);
  const kept = [...file.ts].flatMap((ts, index) => (common.has(ts) ? [index] : []));
  const select = (values: Float64Array): Float64Array => Float64Array.from(kept, (index) => values[index] ?? NaN);
  const times = new Set(select(file.ts));
  const back = [...stored.ts].flatMap((ts, index) => (times.has(ts) ? [index] : []));
  const selectStored = (values: Float64Array): Float64Array => Float64Array.from(back, (index) => values[index] ?? NaN);
  const pick = (bars: BarValues, from: typeof select): BarValues => ({
    ts: from(bars.ts),
    open: from(bars.open),
    high: from(bars.high),
    low: from(bars.low),
    close: from(bars.close),
    volume: from(bars.volume),
  });
  const change = compareBars(pick(stored, selectStored), pick(file, select));
  return change.kind === 'equal' || change.kind === 'incomparable' || change.kind === 'revision'
    ? null
    : describeChange(change);
}

/** Adds up comparisons of several series. */
export function addComparison(a: SeriesComparison | undefined, b: SeriesComparison): SeriesComparison {
  if (a === undefined) return b;
  return {
    equal: a.equal + b.equal,
    different: a.different + b.different,
    added: a.added + b.added,
    absent: a.absent + b.absent,
    first: a.first ?? b.first,
    explanation: a.explanation ?? b.explanation,
  };
}

/** `AAPL: 250 of 252 bars equal those of ib; 2 differ, first close 175.1 instead of 175.12 on 2024-03-04T14:30:00Z`. */
export function describeComparison(name: string, comparison: SeriesComparison): string {
  const { equal, different, added, absent, first, explanation } = comparison;
  const parts = [
    `${String(equal)} of ${pluralize(equal + different, 'bar')} equal those of ${name}`,
    ...(different === 0 ? [] : [describeDifferent(different, first, explanation)]),
    ...(added === 0 ? [] : [`${String(added)} only in the file`]),
    ...(absent === 0 ? [] : [`${String(absent)} only in the lake`]),
  ];
  return parts.join('; ');
}

function describeDifferent(count: number, first: SeriesComparison['first'], explanation: string | null): string {
  if (explanation !== null) return `${String(count)} differ: ${explanation}`;
  return first === null
    ? `${String(count)} differ`
    : `${String(count)} differ, first ${first.field} ${String(first.file)} instead of ${String(first.stored)} at ${formatInstant(first.ts)}`;
}
