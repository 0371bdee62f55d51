import type { PeriodicMaintenance } from '../../app/maintenance/periodic.js';
import type { PerformanceReport } from '../../app/maintenance/performance-report.js';
import { formatBytes, formatCount, humanizeDuration, pluralize } from '../../platform/format.js';
import { formatTable } from '../../platform/table.js';
import { joinLines } from '../../platform/text/escape.js';
import type { ApplyStyle } from '../../platform/style.js';

export function formatPeriodic({ period, tasks, report }: PeriodicMaintenance, style: ApplyStyle): string {
  const statusStyle = { ok: 'good', failed: 'bad', skipped: 'quiet' } as const;
  const rows = tasks.map(({ task, status, detail }) => [
    { text: `  ${task}` },
    { text: status, style: (text: string) => style(statusStyle[status], text) },
    { text: detail },
  ]);
  return joinLines([
    style('strong', `${period} maintenance`),
    ...formatTable(rows, ['left', 'left', 'left'], 2),
    ...(report === null ? [] : ['', ...formatPerformance(report, style)]),
  ]);
}

const seconds = (count: number): string => humanizeDuration(Math.round(count * 1000));

function formatPerformance(report: PerformanceReport, style: ApplyStyle): readonly string[] {
  const { durationSeconds, slowest, budgets, growth } = report;
  const statuses = Object.entries(report.statuses).map(([status, count]) => `${formatCount(count)} ${status}`);
  const outcomes = Object.entries(report.outcomes).map(([outcome, count]) => `${formatCount(count)} ${outcome}`);
  const { median, longest, total } = durationSeconds;
  const facts: readonly (readonly [string, string])[] = [
    ['runs', `${formatCount(report.runs)}${statuses.length === 0 ? '' : ` (${statuses.join(', ')})`}`],
    [
      'requests',
      `${formatCount(report.requests)}${outcomes.length === 0 ? '' : ` (${outcomes.join(', ')})`}, ${pluralize(report.retries, 'retry', 'retries')}`,
    ],
    ['rows', formatCount(report.rows)],
    ...(median === null || longest === null
      ? []
      : [['durations', `${seconds(total)} in all, median ${seconds(median)}, longest ${seconds(longest)}`] as const]),
    ['growth', `${formatBytes(report.writtenBytes)} written, ${formatBytes(report.removedBytes)} removed`],
    ...Object.entries(growth).map(
      ([table, { rows, bytes }]) => ['', `${table}: ${pluralize(rows, 'row')}, ${formatBytes(bytes)}`] as const,
    ),
    ...budgets.map(
      (budget) =>
        [
          'budget',
          `${budget.provider}: ${budget.budget}: ${pluralize(budget.waits, 'wait')}, ${seconds(budget.maxWaitSeconds)} at most`,
        ] as const,
    ),
    ...(report.qualityViolations === 0
      ? []
      : [
          [
            'quality',
            `${pluralize(report.qualityViolations, 'violation')}, ${pluralize(report.quarantinedRows, 'row')} quarantined`,
          ] as const,
        ]),
    ...slowest
      .slice(0, 5)
      .map(
        ({ step, symbol, durationSeconds: took, requests }, index) =>
          [
            index === 0 ? 'slowest' : '',
            `${step}${symbol === null ? '' : `/${symbol}`}: ${seconds(took)}, ${pluralize(requests, 'request')}`,
          ] as const,
      ),
  ];
  return [
    style('strong', `performance ${report.from.slice(0, 10)} to ${report.to.slice(0, 10)}`),
    ...formatTable(
      facts.map(([label, text]) => [{ text: `  ${label}`, style: (cell: string) => style('quiet', cell) }, { text }]),
      ['left', 'left'],
      2,
    ),
  ];
}
