import { pluralize, formatCount, humanizeDuration } from '../../platform/format.js';
import { describeAbsenceGroup } from '../../core/describe-absences.js';
import { describeQuality } from '../describe-event.js';
import type { AbsenceReport, TruncatedList, BreakerReport, QualityReport, RunReport, TaskCounts } from './report.js';
import type { Duration } from '../../core/time/time.js';
import type { Style } from '../../platform/style.js';

/** The status of a run as text, with its style. */
export function describeStatus(report: RunReport): StyledText {
  switch (report.status) {
    case 'ok':
      return { text: 'ok', style: 'good' };
    case 'partial':
    case 'cancelled':
      return { text: report.status, style: 'warn' };
    case 'failed':
      return { text: 'failed', style: 'bad' };
    case 'unfinished':
      return { text: 'unfinished', style: 'warn' };
  }
}

/** Custom steps run without a request, and may store no row. */
function isIdle({ requests, rows, steps }: RunReport): boolean {
  return requests === 0 && rows === 0 && steps.every(({ tasks }) => tasks.ok === 0);
}

export interface StyledText {
  readonly text: string;
  readonly style: Style;
}

/** The result of a run, such as `409 requests, 38,210 rows in 2m 14s`. */
export function describeOutcome(report: RunReport): string {
  if (report.status === 'ok' && isIdle(report)) return 'nothing to fetch';
  return `${pluralize(report.requests, 'request')}, ${pluralize(report.rows, 'row')} in ${humanizeDuration(report.durationMs)}`;
}

/** The statuses of tasks in the order of display. `color` names the CSS class of a bar. */
export const taskStatuses: readonly {
  readonly status: keyof TaskCounts;
  readonly label: string;
  readonly style: Style;
  readonly color: string;
}[] = [
  { status: 'ok', label: 'ok', style: 'good', color: 'good' },
  { status: 'up-to-date', label: 'up to date', style: 'quiet', color: 'calm' },
  { status: 'partial', label: 'partial', style: 'warn', color: 'warn' },
  { status: 'cancelled', label: 'cancelled', style: 'warn', color: 'warn' },
  { status: 'skipped', label: 'skipped', style: 'warn', color: 'skip' },
  { status: 'failed', label: 'failed', style: 'bad', color: 'bad' },
  { status: 'open', label: 'not finished', style: 'warn', color: 'faint' },
];

/** `once`, `37 times`. */
export function formatTimes(count: number): string {
  return count === 1 ? 'once' : pluralize(count, 'time');
}

/** One line per provider whose circuit was open, and one for its symbols. */
export function describeBreakers(breakers: readonly BreakerReport[]): readonly string[] {
  const lines: string[] = [];
  const symbols = new Map<string, BreakerReport[]>();
  const describeCause = (cause: string | undefined): string => (cause === undefined ? '' : ` (${cause})`);
  for (const breaker of breakers) {
    const { provider, symbol, opened, state } = breaker;
    const cause = describeCause(breaker.cause);
    if (symbol !== null) symbols.set(provider, [...(symbols.get(provider) ?? []), breaker]);
    else if (opened > 0)
      lines.push(`${provider} opened ${formatTimes(opened)} after repeated failures${cause}; now ${state}`);
    else lines.push(`${provider} opened in an earlier run${cause}; now ${state}`);
  }
  for (const [provider, all] of symbols) {
    const list = formatTruncatedList({ first: all.flatMap(({ symbol }) => symbol ?? []), more: 0 }, 5);
    const cause = describeCause(all.find((breaker) => breaker.cause !== undefined)?.cause);
    lines.push(`${list} at ${provider} opened after repeated failures${cause}`);
  }
  return lines;
}

/** The number of tasks by status, without zeros. */
export function describeTasks(counts: TaskCounts): readonly StyledText[] {
  return taskStatuses
    .filter(({ status }) => counts[status] > 0)
    .map(({ status, label, style }) => ({ text: `${formatCount(counts[status])} ${label}`, style }));
}

/** `AAPL, MSFT, NVDA and 97 more`. */
export function formatTruncatedList(list: TruncatedList<string>, maxShown: number): string {
  const shown = list.first.slice(0, maxShown);
  const hidden = list.first.length - shown.length + list.more;
  return hidden === 0 ? shown.join(', ') : `${shown.join(', ')} and ${formatCount(hidden)} more`;
}

/** The first digits of a hash, which suffice to distinguish two versions of a pipeline. */
export function shortHash(hash: string): string {
  return hash.slice(0, 8);
}

/** Symbols that lack something, with what the user can do: `2 denied: GOOGL, TSLA; --retry-denied`. */
export function describeAbsence({ symbols, ...group }: AbsenceReport): string {
  return describeAbsenceGroup({ ...group, symbols: symbols.first, more: symbols.more });
}

/** A part of a duration in per cent, which many concurrent waits cannot exceed. */
export function formatShare(part: Duration, whole: Duration): string {
  return `${String(whole > 0 ? Math.min(100, Math.round((100 * part) / whole)) : 0)} %`;
}

/** The rules that found something, or could not be applied, and the number of the others. */
export function describeQualityReport(rules: readonly QualityReport[]): readonly string[] {
  const found = rules.filter(({ violations, problem }) => violations > 0 || problem !== null);
  const passed = rules.length - found.length;
  return [
    ...found.map(({ problem, ...rule }) => describeQuality({ ...rule, ...(problem === null ? {} : { problem }) })),
    ...(passed === 0 ? [] : [`${pluralize(passed, 'rule')} passed`]),
  ];
}
