import type { Command } from 'commander';

import { escapeMessage } from '../../platform/text/escape.js';
import { formatTime } from '../../core/time/zoned-time.js';
import { humanizeDuration, pluralize } from '../../platform/format.js';
import { formatTable } from '../../platform/table.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { readRiskFindings } from '../../app/alerts/risk-findings.js';
import { evaluatePipelineAlerts } from '../../app/alerts/evaluate-alerts.js';
import { readLastStart } from '../../app/alerts/missed-runs.js';
import { readOpenAlerts } from '../../app/alerts/open-alerts.js';
import type { PipelineAlert } from '../../app/alerts/open-alerts.js';
import { sendTestNotification } from '../../app/alerts/test-channel.js';
import { findPipelineFile } from '../../app/pipeline/find-pipeline-files.js';
import { loadPipelineOrExit } from '../load-pipeline.js';
import type { RunAction } from '../run-action.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../cli-context.js';

interface Flags {
  readonly json?: boolean;
}

export function defineAlerts(command: Command, run: RunAction): void {
  const alerts = command
    .command('alerts')
    .option('--json', 'print one JSON document')
    .action((flags: Flags) => run((ctx) => listAlerts(flags, ctx)));
  alerts
    .command('test')
    .description('Send a test notification to a channel')
    .argument('<channel>', 'name of a channel of the pipeline')
    .argument('[pipeline]', 'pipeline file [the only one in pipelines/]')
    .action((channel: string, file: string | undefined) => run((ctx) => testChannel(channel, file, ctx)));
  alerts
    .command('check')
    .description('Evaluate missed runs and stale option chains without a run')
    .argument('[pipeline]', 'pipeline file [the only one in pipelines/]')
    .action((file: string | undefined) => run((ctx) => checkAlerts(file, ctx)));
}

async function listAlerts(flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const open = await readOpenAlerts(ctx);
  if (flags.json === true) ctx.printJson({ alerts: open });
  else ctx.print(formatAlerts(open, ctx));
  return exitCode.done;
}

function formatAlerts(open: readonly PipelineAlert[], { style, clock }: Pick<CliContext, 'style' | 'clock'>): string {
  if (open.length === 0) return 'ok (0 open alerts)\n';
  const dim = (text: string) => ({ text, style: (cell: string) => style('quiet', cell) });
  const rows = open.map(({ pipeline, rule, severity, subject, message, startedAt }) => [
    { text: `  ${severity}`, style: (cell: string) => style(severity === 'critical' ? 'bad' : 'warn', cell) },
    { text: pipeline },
    { text: rule },
    { text: subject },
    { text: humanizeDuration(Math.max(0, clock.now() - Date.parse(startedAt))) },
    { text: message },
  ]);
  const head = ['  severity', 'pipeline', 'rule', 'subject', 'open for', 'message'].map(dim);
  return `${formatTable([head, ...rows], ['left', 'left', 'left', 'left', 'right', 'left'], 2).join('\n')}\n`;
}

async function testChannel(name: string, file: string | undefined, ctx: CliContext): Promise<ExitCode> {
  const pipeline = await loadPipelineOrExit(findPipelineFile(file), ctx);
  const sent = await sendTestNotification(name, pipeline, ctx);
  if (!sent.ok) {
    ctx.error(ctx.stderrStyle('bad', escapeMessage(sent.error)));
    return exitCode.checkFailed;
  }
  ctx.print(`ok (sent a test notification to ${name})\n`);
  return exitCode.done;
}

async function checkAlerts(file: string | undefined, ctx: CliContext): Promise<ExitCode> {
  const pipeline = await loadPipelineOrExit(findPipelineFile(file), ctx);
  if (pipeline.notifications.alerts === null)
    throw new CliError(exitCode.usage, `${pipeline.file} has no section alerts`, 'add one; see docs/how-to/alerts.md');
  const warn = (message: string): void => {
    ctx.error(ctx.stderrStyle('warn', escapeMessage(message)));
  };
  const lastStart = await readLastStart(pipeline, ctx);
  await evaluatePipelineAlerts(
    pipeline,
    { command: 'pipe alerts check', lastStart, warn, risks: await readRiskFindings(pipeline, ctx) },
    ctx,
  );
  const open = await readOpenAlerts(ctx, pipeline.name);
  ctx.print(formatAlerts(open, ctx));
  ctx.info(`evaluated at ${formatTime(ctx.clock.now())}: ${pluralize(open.length, 'open alert')}`);
  return open.length === 0 ? exitCode.done : exitCode.checkFailed;
}
