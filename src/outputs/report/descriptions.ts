import { pluralize, formatCount, humanizeDuration } from '../../platform/format.js';
import type { TruncatedList, BreakerReport, RunReport, TaskCounts } from './report.js';
import type { Style } from '../../platform/style.js';

/** The run in one word or two, and how that feels. */
export function describeStatus(report: RunReport): { readonly text: string; readonly tone: Style } {
  switch (report.status) {
    case 'ok':
      return { text: report.requests === 0 ? 'nothing to fetch' : 'complete', tone: 'good' };
    case 'partial':
      return { text: 'incomplete', tone: 'warn' };
    case 'failed':
      return { text: 'failed', tone: 'bad' };
    case 'interrupted':
      return { text: 'interrupted', tone: 'warn' };
    case 'unfinished':
      return { text: 'unfinished', tone: 'warn' };
  }
}

/** What it came to, such as `409 requests, 38,210 rows in 2m 14s`. */
export function describeOutcome(report: RunReport): string {
  if (report.status === 'ok' && report.requests === 0) return 'the lake holds everything that the pipeline asks for';
  return `${pluralize(report.requests, 'request')}, ${pluralize(report.rows, 'row')} in ${humanizeDuration(report.durationMs)}`;
}

const taskStatusLabels: readonly { readonly status: keyof TaskCounts; readonly label: string; readonly tone: Style }[] =
  [
    { status: 'ok', label: 'done', tone: 'good' },
    { status: 'up-to-date', label: 'up to date', tone: 'quiet' },
    { status: 'partial', label: 'in part', tone: 'warn' },
    { status: 'failed', label: 'failed', tone: 'bad' },
    { status: 'interrupted', label: 'interrupted', tone: 'warn' },
    { status: 'skipped', label: 'skipped', tone: 'warn' },
    { status: 'open', label: 'open', tone: 'warn' },
  ];

/** `once`, `37 times`. */
export function formatTimes(count: number): string {
  return count === 1 ? 'once' : pluralize(count, 'time');
}

/** How often sources were left alone, and which symbols were, source by source. */
export function describeBreakers(breakers: readonly BreakerReport[]): readonly string[] {
  const lines: string[] = [];
  const symbols = new Map<string, string[]>();
  for (const { provider, symbol, opened, state } of breakers) {
    if (symbol !== null) symbols.set(provider, [...(symbols.get(provider) ?? []), symbol]);
    else if (opened > 0) lines.push(`${provider} ${formatTimes(opened)} after failures in a row; now ${state}`);
    else lines.push(`${provider} since an earlier run; now ${state}`);
  }
  for (const [provider, all] of symbols) {
    const list = formatTruncatedList({ first: all, more: 0 }, 5);
    lines.push(`${pluralize(all.length, 'symbol')} of ${provider} that kept failing: ${list}`);
  }
  return lines;
}

/** How many tasks ended in which way, in words, leaving out what did not occur. */
export function describeTasks(counts: TaskCounts): readonly { readonly text: string; readonly tone: Style }[] {
  return taskStatusLabels
    .filter(({ status }) => counts[status] > 0)
    .map(({ status, label, tone }) => ({ text: `${formatCount(counts[status])} ${label}`, tone }));
}

/** `AAPL, MSFT, NVDA and 97 more`. */
export function formatTruncatedList(list: TruncatedList<string>, maxShown: number): string {
  const shown = list.first.slice(0, maxShown);
  const hidden = list.first.length - shown.length + list.more;
  return hidden === 0 ? shown.join(', ') : `${shown.join(', ')} and ${formatCount(hidden)} more`;
}

/** The first figures of a hash: enough to tell two versions of a pipeline apart. */
export function shortHash(hash: string): string {
  return hash.slice(0, 8);
}
