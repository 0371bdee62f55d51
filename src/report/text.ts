import { isoInstant } from '../core/time.js';
import { bytesText, countText, durationText, plural } from '../core/words.js';
import { columns, wrap } from './columns.js';
import type { Cell } from './columns.js';
import { plainPaint } from './paint.js';
import type { Paint } from './paint.js';
import type { ProblemGroup, RunReport } from './report.js';
import { sizeOf } from './tally.js';
import { breakerWords, listWords, outcomeWords, shortHash, statusWords, taskWords, timesWords } from './words.js';

/** How to write a report as text. */
export interface TextOptions {
  readonly paint?: Paint;
  /** Where the run's files are, for the last lines. */
  readonly folder?: string | null;
  readonly width?: number;
}

/** The summary at the end of a run: what happened, what went wrong and what to do about it, where to look next. */
export function reportText(report: RunReport, options: TextOptions = {}): string {
  const paint = options.paint ?? plainPaint;
  const width = options.width ?? 100;
  const sections = [
    headline(report, paint),
    stepTable(report, paint),
    facts(report, paint),
    problems(report, paint, width),
    next(report, paint, options.folder ?? null),
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
}

function headline(report: RunReport, paint: Paint): string[] {
  const { words, tone } = statusWords(report);
  const lines = [`${paint('strong', report.pipeline.name)}  ${paint(tone, words)}  ${outcomeWords(report)}`];
  if (report.reason !== null) lines.push(`  ${paint(tone, report.reason)}`);
  lines.push(
    paint(
      'quiet',
      `  run ${report.runId}, ${isoInstant(report.startedAt)}, ${report.pipeline.file} (${shortHash(report.pipeline.hash)})`,
    ),
  );
  return lines;
}

function stepTable(report: RunReport, paint: Paint): string[] {
  if (report.steps.length === 0) return [];
  const quiet = (text: string): string => paint('quiet', text);
  const head: Cell[] = ['  step', 'requests', 'rows', 'time', 'tasks'].map((text) => ({ text, paint: quiet }));
  const rows = report.steps.map((step): Cell[] => {
    const words = taskWords(step.tasks);
    return [
      { text: `  ${step.step}` },
      { text: countText(step.requests) },
      { text: countText(step.rows) },
      { text: step.span === null ? '-' : durationText(step.span.end - step.span.start) },
      {
        text: words.length === 0 ? '-' : words.map(({ text }) => text).join(', '),
        paint: (text) => (words.length === 0 ? text : words.map((word) => paint(word.tone, word.text)).join(', ')),
      },
    ];
  });
  return columns([head, ...rows], ['left', 'right', 'right', 'right', 'left']);
}

/** What else is worth knowing, one line each, behind a word that says what about. */
function facts(report: RunReport, paint: Paint): string[] {
  const lines: [string, string][] = [];
  const { planned, recovered } = report;
  if (planned !== null && report.requests > 0) {
    const estimated = planned.estimatedRequests > 0 ? ` and about ${countText(planned.estimatedRequests)} more` : '';
    const time = planned.estimated > 0 ? ` in ${durationText(planned.estimated)}` : '';
    lines.push(['planned', `${plural(planned.requests, 'request')}${estimated}${time}`]);
  }
  if (recovered !== null && recovered.deliveries > 0) {
    const from = plural(recovered.runs.length, 'interrupted run');
    lines.push([
      'recovered',
      `${plural(recovered.deliveries, 'answer')} with ${plural(recovered.rows, 'row')} that ${from} had received`,
    ]);
  }
  for (const budget of report.budgets) {
    lines.push([
      'waited',
      `${durationText(budget.waited)} for ${budget.provider}: ${budget.budget} (${timesWords(budget.waits)}, ${durationText(budget.longest)} at most)`,
    ]);
  }
  if (report.retries > 0) lines.push(['retried', plural(report.retries, 'request')]);
  for (const words of breakerWords(report.breakers)) lines.push(['left alone', words]);
  for (const table of report.tables.filter(({ commits }) => commits > 0)) {
    lines.push([
      'stored',
      `${table.dataset}: ${plural(table.rows, 'row')} in ${plural(table.files, 'file')}, ${bytesText(table.bytes)}, now version ${String(table.version)}`,
    ]);
  }
  for (const { dataset, path, problem: what } of report.damage.first.slice(0, 5))
    lines.push(['damaged', `${dataset}: ${path} (${what})`]);
  const unseen = sizeOf(report.damage) - Math.min(5, report.damage.first.length);
  if (unseen > 0) lines.push(['damaged', `and ${plural(unseen, 'more file', 'more files')}`]);
  for (const warning of report.warnings.first) lines.push(['warning', warning]);
  if (report.warnings.more > 0) lines.push(['warning', `and ${plural(report.warnings.more, 'more warning')}`]);
  return columns(
    lines.map(([word, text], index) => [
      { text: lines[index - 1]?.[0] === word ? '' : `  ${word}`, paint: (own) => paint(toneOf(word), own) },
      { text },
    ]),
    ['left', 'left'],
  );
}

function toneOf(word: string): 'warn' | 'quiet' {
  return word === 'warning' || word === 'damaged' || word === 'left alone' ? 'warn' : 'quiet';
}

function problems(report: RunReport, paint: Paint, width: number): string[] {
  const lines = report.problems.first.flatMap((group) => problem(group, paint, width));
  if (report.problems.more > 0)
    lines.push(`  and ${plural(report.problems.more, 'more task')} with reasons of their own`);
  return lines;
}

function problem(group: ProblemGroup, paint: Paint, width: number): string[] {
  const tone = group.status === 'failed' ? 'bad' : 'warn';
  const title = `${paint(tone, group.status === 'partial' ? 'in part' : group.status)}  ${paint('strong', group.steps.join(', '))}  ${listWords(group.symbols, 8)}`;
  const remedy = group.remedy === null ? [] : wrap(group.remedy, width - 6);
  const reason = group.reason === group.status ? [] : wrap(group.reason, width - 4);
  return [
    `  ${title}`,
    ...reason.map((line) => `    ${line}`),
    ...remedy.map((line, index) => paint('link', `    ${index === 0 ? '→' : ' '} ${line}`)),
  ];
}

function next(report: RunReport, paint: Paint, folder: string | null): string[] {
  const lines: string[] = [];
  if (report.status === 'unfinished' || report.status === 'interrupted') {
    lines.push(`  ${paint('quiet', 'go on')}    pipe run ${report.pipeline.file}`);
  }
  if (folder !== null) lines.push(`  ${paint('quiet', 'report')}   ${folder}/report.html`);
  return lines;
}
