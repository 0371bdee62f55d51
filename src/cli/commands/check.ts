import { Option } from 'commander';
import type { Command } from 'commander';

import { allRules } from '../../checks/rules/all-rules.js';
import { checkLake } from '../../checks/check-lake.js';
import type { LakeCheckResult } from '../../checks/check-lake.js';
import { isOk } from '../../checks/finding.js';
import type { ExampleRow, CheckFinding } from '../../checks/finding.js';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { formatBytes, formatCount, pluralize } from '../../platform/format.js';
import type { VerifiedFile } from '../../lake/api.js';
import { openLakeReader } from '../../lake/reader/lake-reader.js';
import { quarantine } from '../../lake/verify/quarantine.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { formatTable } from '../../platform/table.js';
import type { CheckFindings } from '../../outputs/alerts/evaluate-check.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { evaluatePipelineCheckAlerts } from '../../app/alerts/evaluate-alerts.js';
import { loadPipelineOrExit } from '../load-pipeline.js';
import type { RunAction } from '../run-action.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../cli-context.js';

interface Flags {
  readonly dataset?: Dataset;
  readonly repair?: boolean;
  readonly alert?: string;
  readonly json?: boolean;
}

export function defineCheck(command: Command, run: RunAction): void {
  command
    .command('check')
    .description('Verify checksums, coverage and data-quality rules')
    .addOption(new Option('--dataset <name>', 'only this table, such as equity_bars').choices(datasets))
    .option('--repair', 'quarantine damaged files; the next run refetches them')
    .option('--alert <pipeline>', 'raise or clear data_integrity_failure for this pipeline')
    .option('--json', 'print one JSON document')
    .action((flags: Flags) => run((ctx) => check(flags, ctx)));
}

async function check(flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const alertPipeline = flags.alert === undefined ? null : await loadAlertPipelineOrExit(flags.alert, ctx);
  const reader = await openLakeReader(ctx.dataFolder);
  try {
    const selected = flags.dataset === undefined ? datasets : [flags.dataset];
    const result = await checkLake(reader, selected, allRules);
    const quarantined = flags.repair === true ? await quarantine(ctx.dataFolder, result.damaged) : null;
    if (flags.json === true) ctx.printJson(toCheckDocument(result, quarantined));
    else ctx.print(formatCheck(result, quarantined, ctx));
    if (alertPipeline !== null) {
      const warn = (message: string): void => ctx.error(ctx.stderrStyle('warn', message));
      await evaluatePipelineCheckAlerts(alertPipeline, toCheckFindings(result, selected), warn, ctx);
    }
    return isOk(result) ? exitCode.done : exitCode.checkFailed;
  } finally {
    await reader.close();
  }
}

/** Loads the pipeline of `--alert`; one without a rule for the alert ends the command. */
async function loadAlertPipelineOrExit(file: string, ctx: CliContext): Promise<Pipeline> {
  const pipeline = await loadPipelineOrExit(file, ctx);
  if (pipeline.notifications.alerts?.rules.some(({ on }) => on === 'data_integrity_failure') === true) return pipeline;
  throw new CliError(
    exitCode.usage,
    `${file} has no alert rule data_integrity_failure`,
    'add the rule to its section alerts',
  );
}

/** Only errors raise the alert; rules that were not checked leave it as it is. */
function toCheckFindings({ findings, notChecked }: LakeCheckResult, selected: readonly string[]): CheckFindings {
  const failures = findings
    .filter(({ severity }) => severity === 'error')
    .map(({ dataset, rule, problem, count }) => ({ dataset, rule, message: `${problem}: ${formatCount(count)}` }));
  return {
    failures,
    wasExamined: ({ dataset, rule }) =>
      selected.includes(dataset) && !notChecked.some((one) => one.dataset === dataset && one.rule === rule),
  };
}

type Quarantined = readonly VerifiedFile[] | null;

/** The result as scripts read it. Keys are added freely and never renamed. */
function toCheckDocument(result: LakeCheckResult, quarantined: Quarantined): Readonly<Record<string, unknown>> {
  const { findings, notChecked, files, rules } = result;
  return {
    ok: isOk(result),
    findings: findings.map(({ examples, ...finding }) => ({ ...finding, example: examples[0] ?? null, examples })),
    files,
    rules,
    notChecked,
    ...(quarantined === null ? {} : { quarantined: quarantined.map(({ dataset, path }) => ({ dataset, path })) }),
  };
}

function formatCheck(result: LakeCheckResult, quarantined: Quarantined, ctx: CliContext): string {
  const { findings, notChecked, files, rules } = result;
  const { style } = ctx;
  const summary = `${pluralize(files.checked, 'file')} (${formatBytes(files.bytes)}) read, ${pluralize(rules, 'rule')} applied`;
  const lines: string[] = [];
  if (findings.length > 0) lines.push(...formatFindings(findings, ctx), '');
  if (notChecked.length > 0) lines.push(formatNotChecked(notChecked), '');
  if (quarantined !== null && quarantined.length > 0) {
    lines.push(
      `${pluralize(quarantined.length, 'file')} quarantined as *.damaged; the next run refetches their data`,
      '',
    );
  }
  lines.push(`${isOk(result) ? style('good', 'ok') : style('bad', 'failed')}  ${style('quiet', summary)}`);
  return `${lines.join('\n')}\n`;
}

function formatFindings(findings: readonly CheckFinding[], { style }: CliContext): readonly string[] {
  const dim = (text: string) => ({ text, style: (cell: string) => style('quiet', cell) });
  const rows = findings.map(({ rule, severity, dataset, problem, count }) => [
    { text: `  ${severity}`, style: (cell: string) => style(severity === 'error' ? 'bad' : 'warn', cell) },
    { text: dataset },
    { text: rule },
    { text: formatCount(count) },
    { text: problem },
  ]);
  const [head = '', ...summaries] = formatTable(
    [['  severity', 'table', 'rule', 'count', 'problem'].map(dim), ...rows],
    ['left', 'left', 'left', 'right', 'left'],
    2,
  );
  return [
    head,
    ...findings.flatMap(({ count, examples, hint }, index) => [
      summaries[index] ?? '',
      ...examples.map((example) => style('quiet', `      ${formatExample(example)}`)),
      ...(count > examples.length ? [style('quiet', `      and ${formatCount(count - examples.length)} more`)] : []),
      `      ${style('link', hint)}`,
    ]),
  ];
}

/** `symbol=AAPL provider=mock bar_size="1 day" …` */
function formatExample(example: ExampleRow): string {
  return Object.entries(example)
    .map(([name, value]) => `${name}=${formatValue(value)}`)
    .join(' ');
}

function formatValue(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value !== 'string') return JSON.stringify(value);
  return value === '' || value.includes(' ') ? JSON.stringify(value) : value;
}

function formatNotChecked(notChecked: LakeCheckResult['notChecked']): string {
  const tables = [...new Set(notChecked.map(({ damagedDataset }) => damagedDataset))].join(', ');
  return `  ${pluralize(notChecked.length, 'rule')} not checked until the data of damaged files of ${tables} is refetched`;
}
