import { Option } from 'commander';
import type { Command } from 'commander';

import { escapeMessage } from '../../platform/text/escape.js';
import { isOk } from '../../checks/finding.js';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { checkTables, notifyCheck } from '../../app/check/check-lake.js';
import type { CheckedLake } from '../../app/check/check-lake.js';
import { addFolderOptions } from '../../app/folder-options.js';
import { requireLake } from '../../app/require-lake.js';
import { readDefinitionOrExit } from '../../app/pipeline/definition-snapshot.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import { loadProjectPipelines } from '../../app/pipeline/project-pipelines.js';
import { withLakeLock } from '../../app/lake-lock.js';
import { loadPipelineOrExit } from '../load-pipeline.js';
import { formatCheck, toCheckDocument } from '../output/format-check.js';
import { showQuarantine } from './care/quarantine.js';
import { describeLockHeld, suggestLockRemedy } from '../output/format-lock.js';
import type { RunAction } from '../run-action.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../cli-context.js';

interface Flags {
  readonly dataset?: Dataset;
  readonly repair?: boolean;
  readonly alert?: string;
  readonly pipeline?: string;
  readonly definition?: string;
  readonly quarantine?: boolean;
  readonly release?: string;
  readonly json?: boolean;
}

export function defineCheck(command: Command, run: RunAction): void {
  command
    .command('check')
    .addOption(new Option('--dataset <name>', 'only this table, such as equity_bars').choices(datasets))
    .option('--repair', 'repair logs, and quarantine damaged files')
    .option('--pipeline <file>', 'apply only the quality rules of this pipeline')
    .option('--alert <pipeline>', 'raise or clear the alerts of this pipeline')
    .option('--quarantine', 'list the rows that quality rules took out of tables')
    .option('--release <id>', 'put quarantined rows back; their rule leaves them alone')
    // For the collector, which checks for the version of a pipeline that it has accepted.
    .addOption(new Option('--definition <file>').hideHelp())
    .option('--json', 'print one JSON document')
    .action((flags: Flags) => run((ctx) => check(flags, ctx)));
}

async function check(flags: Flags, cliContext: CliContext): Promise<ExitCode> {
  if (flags.quarantine === true || flags.release !== undefined) return showQuarantine(flags, cliContext);
  const definition = flags.definition === undefined ? null : await readDefinitionOrExit(flags.definition);
  const ctx = { ...cliContext, ...omitUndefined({ definition: definition?.texts }) };
  const accepted = definition === null ? null : await loadPipelineOrExit(definition.file, ctx);
  const alertPipeline = flags.alert === undefined ? accepted : await loadAlertPipelineOrExit(flags.alert, ctx);
  const selected = flags.dataset === undefined ? datasets : [flags.dataset];
  requireLake(ctx);
  const pipelines = await selectPipelines(flags, alertPipeline, ctx);
  const checked = completeHints(
    flags.repair === true
      ? await repairOrExit(selected, pipelines, ctx)
      : await checkTables({ datasets: selected, pipelines, repair: false }, ctx),
    ctx,
  );
  if (flags.json === true) ctx.printJson(toCheckDocument(checked));
  else ctx.print(formatCheck(checked, ctx));
  if (alertPipeline !== null) {
    const warn = (message: string): void => ctx.error(ctx.stderrStyle('warn', escapeMessage(message)));
    await notifyCheck(alertPipeline, checked, selected, warn, ctx);
  }
  return isOk(checked.result) ? exitCode.done : exitCode.checkFailed;
}

/** Adds the folders of this call to the commands that findings suggest. */
function completeHints({ result, ...rest }: CheckedLake, ctx: CliContext): CheckedLake {
  const findings = result.findings.map((finding) => ({ ...finding, hint: addFolderOptions(finding.hint, ctx) }));
  return { ...rest, result: { ...result, findings } };
}

/** The pipelines whose quality rules are applied: one that is named, or all of the project. */
async function selectPipelines(
  { pipeline }: Flags,
  alertPipeline: Pipeline | null,
  ctx: CliContext,
): Promise<readonly Pipeline[]> {
  if (pipeline !== undefined) return [await loadPipelineOrExit(pipeline, ctx)];
  return alertPipeline === null ? loadProjectPipelines(ctx) : [alertPipeline];
}

/** Checks and repairs tables while nothing else writes to the lake. */
async function repairOrExit(
  selected: readonly Dataset[],
  pipelines: readonly Pipeline[],
  ctx: CliContext,
): Promise<CheckedLake> {
  const repaired = await withLakeLock('repair', ctx, () =>
    checkTables({ datasets: selected, pipelines, repair: true }, ctx),
  );
  if (repaired.ok) return repaired.value;
  throw new CliError(
    exitCode.locked,
    `the lake cannot be repaired now: ${describeLockHeld(repaired.error)}`,
    suggestLockRemedy(repaired.error, 'repair it when that has ended; pipe check without --repair works meanwhile'),
  );
}

/** Loads the pipeline of `--alert`; one without a rule for the alert ends the command. */
async function loadAlertPipelineOrExit(file: string, ctx: CliContext): Promise<Pipeline> {
  const pipeline = await loadPipelineOrExit(file, ctx);
  const rules = pipeline.notifications.alerts?.rules ?? [];
  if (rules.some(({ on }) => on === 'data_integrity_failure' || on === 'quality_violation')) return pipeline;
  throw new CliError(
    exitCode.usage,
    `${file} has no alert rule data_integrity_failure`,
    'add the rule to its section alerts',
  );
}
