import { joinLines } from '../../platform/text/escape.js';
import { formatTimeSeconds } from '../../core/time/zoned-time.js';
import { formatBytes, formatCount, humanizeDuration, pluralize } from '../../platform/format.js';
import { formatTable, wrapText } from '../../platform/table.js';
import type { TableCell } from '../../platform/table.js';
import { plainStyle } from '../../platform/style.js';
import type { ApplyStyle } from '../../platform/style.js';
import type { ProblemGroup, RunReport } from './report.js';
import { totalCount } from './counters.js';
import {
  describeAbsence,
  describeBreakers,
  formatShare,
  formatTruncatedList,
  describeOutcome,
  describeQualityReport,
  shortHash,
  describeStatus,
  describeTasks,
  formatTimes,
} from './descriptions.js';

export interface ReportTextOptions {
  readonly style?: ApplyStyle;
  /** The folder of the run, for the last line. */
  readonly folder?: string | null;
  readonly width?: number;
}

/** The summary at the end of a run: results, problems and what to do about them, where to read more. */
export function formatReportText(report: RunReport, options: ReportTextOptions = {}): string {
  const style = options.style ?? plainStyle;
  const width = options.width ?? 100;
  const sections = [
    formatHeadline(report, style),
    formatStepTable(report, style),
    formatFacts(report, style),
    formatProblems(report, style, width),
    formatNextSteps(report, style, options.folder ?? null),
  ];
  return sections
    .filter((section) => section.length > 0)
    .map(joinLines)
    .join('\n');
}

function formatHeadline(report: RunReport, style: ApplyStyle): string[] {
  const { text, style: statusStyle } = describeStatus(report);
  const lines = [`${style('strong', report.pipeline.name)}  ${style(statusStyle, text)}  ${describeOutcome(report)}`];
  if (report.reason !== null) lines.push(`  ${style(statusStyle, report.reason)}`);
  lines.push(
    style(
      'quiet',
      `  run ${report.runId}, ${formatTimeSeconds(report.startedAt)}, ${report.pipeline.file} (${shortHash(report.pipeline.hash)})`,
    ),
  );
  return lines;
}

function formatStepTable(report: RunReport, style: ApplyStyle): string[] {
  if (report.steps.length === 0) return [];
  const quiet = (text: string): string => style('quiet', text);
  const header: TableCell[] = ['  step', 'requests', 'rows', 'time', 'tasks'].map((text) => ({ text, style: quiet }));
  const rows = report.steps.map((step): TableCell[] => {
    const statuses = describeTasks(step.tasks);
    return [
      { text: `  ${step.step}` },
      { text: formatCount(step.requests) },
      { text: formatCount(step.rows) },
      { text: step.span === null ? '-' : humanizeDuration(step.span.end - step.span.start) },
      {
        text: statuses.length === 0 ? '-' : statuses.map(({ text }) => text).join(', '),
        style: (text) =>
          statuses.length === 0 ? text : statuses.map((status) => style(status.style, status.text)).join(', '),
      },
    ];
  });
  return formatTable([header, ...rows], ['left', 'right', 'right', 'right', 'left']);
}

/** Further facts, one per line, each after a label. */
function formatFacts(report: RunReport, style: ApplyStyle): string[] {
  const lines: [string, string][] = [];
  const { planned, recovered } = report;
  if (planned !== null && report.requests > 0) {
    const estimated = planned.estimatedRequests > 0 ? ` and about ${formatCount(planned.estimatedRequests)} more` : '';
    const time = planned.estimatedMs > 0 ? ` in ${humanizeDuration(planned.estimatedMs)}` : '';
    lines.push(['planned', `${pluralize(planned.requests, 'request')}${estimated}${time}`]);
  }
  if (recovered !== null && recovered.results > 0) {
    const from = pluralize(recovered.runs.length, 'interrupted run');
    lines.push([
      'recovered',
      `${pluralize(recovered.results, 'result')} (${pluralize(recovered.rows, 'row')}) received by ${from}`,
    ]);
  }
  for (const absence of report.absences)
    lines.push([absence.isAccepted ? 'accepted' : 'missing', describeAbsence(absence)]);
  for (const { step, symbols } of report.empty)
    lines.push(['empty', `${step}: no rows for ${formatTruncatedList(symbols, 8)}`]);
  for (const budget of report.budgets) {
    lines.push([
      'waited',
      `${budget.provider}: ${budget.budget} (${formatTimes(budget.waits)}, ${humanizeDuration(budget.maxWaitMs)} at most, during ${formatShare(budget.waitingMs, report.durationMs)} of the run)`,
    ]);
  }
  if (report.retries > 0) lines.push(['retried', pluralize(report.retries, 'request')]);
  for (const text of describeBreakers(report.breakers)) lines.push(['circuit', text]);
  for (const table of report.tables.filter(({ commits }) => commits > 0)) {
    lines.push([
      'stored',
      `${table.dataset}: ${pluralize(table.rows, 'row')} in ${pluralize(table.files, 'file')}, ${formatBytes(table.bytes)}, now version ${String(table.version ?? 'unknown')}`,
    ]);
  }
  for (const { dataset, path, problem } of report.damage.first.slice(0, 5))
    lines.push(['corrupted', `${dataset}: ${path} (${problem})`]);
  const hiddenCount = totalCount(report.damage) - Math.min(5, report.damage.first.length);
  if (hiddenCount > 0) lines.push(['corrupted', `and ${pluralize(hiddenCount, 'more file', 'more files')}`]);
  for (const text of describeQualityReport(report.quality)) lines.push(['quality', text]);
  for (const warning of report.warnings.first) lines.push(['warning', warning]);
  if (report.warnings.more > 0) lines.push(['warning', `and ${pluralize(report.warnings.more, 'more warning')}`]);
  return formatTable(
    lines.map(([label, text], index) => [
      {
        text: lines[index - 1]?.[0] === label ? '' : `  ${label}`,
        style: (labelText) => style(factStyle(label), labelText),
      },
      { text },
    ]),
    ['left', 'left'],
  );
}

function factStyle(label: string): 'warn' | 'quiet' {
  return label === 'warning' ||
    label === 'missing' ||
    label === 'corrupted' ||
    label === 'circuit' ||
    label === 'quality'
    ? 'warn'
    : 'quiet';
}

function formatProblems(report: RunReport, style: ApplyStyle, width: number): string[] {
  const lines = report.problems.first.flatMap((group) => formatProblem(group, style, width));
  if (report.problems.more > 0) lines.push(`  and ${pluralize(report.problems.more, 'more task')} with other reasons`);
  return lines;
}

function formatProblem(group: ProblemGroup, style: ApplyStyle, width: number): string[] {
  const groupStyle = group.status === 'failed' ? 'bad' : 'warn';
  const symbols = group.symbols.first.length === 0 ? '' : `  ${formatTruncatedList(group.symbols, 8)}`;
  const title = `${style(groupStyle, group.status)}  ${style('strong', group.steps.join(', '))}${symbols}`;
  const hintLines = group.hint === null ? [] : wrapText(group.hint, width - 6);
  const reason = group.reason === group.status ? [] : wrapText(group.reason, width - 4);
  return [
    `  ${title}`,
    ...reason.map((line) => `    ${line}`),
    ...hintLines.map((line, index) => style('link', `    ${index === 0 ? '→' : ' '} ${line}`)),
  ];
}

function formatNextSteps(report: RunReport, style: ApplyStyle, folder: string | null): string[] {
  const lines: string[] = [];
  if (report.status === 'unfinished' || report.status === 'cancelled') {
    lines.push(`  ${style('quiet', 'resume')}   pipe run ${report.pipeline.file}`);
  }
  if (folder !== null) lines.push(`  ${style('quiet', 'report')}   ${folder}/report.html`);
  return lines;
}
