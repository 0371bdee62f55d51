import type { Command } from 'commander';

import { hasWork, isComplete } from '../../plan/lacking.js';
import { planDocument } from '../../plan/plan-document.js';
import { describeCorruption } from '../../outputs/describe-event.js';
import { exitCode } from '../../app/exit-code.js';
import { requireOutputPath } from '../../app/output-file.js';
import type { ExitCode } from '../../app/exit-code.js';
import { findPipelineFile } from '../../app/pipeline/find-pipeline-files.js';
import { loadPipelineOrExit } from '../load-pipeline.js';
import { parsePlanOptions, addPlanOptions } from '../options/plan-options.js';
import type { PlanFlags } from '../options/plan-options.js';
import { formatPlanExplanation, formatPlan } from '../output/format-plan.js';
import { requireSessions } from '../../app/plan/check-sessions.js';
import { readPlan } from '../../app/plan/read-plan.js';
import { savePlan } from '../../app/plan/saved-plan.js';
import type { RunAction } from '../run-action.js';
import type { CliContext } from '../cli-context.js';

interface Flags extends PlanFlags {
  readonly json?: boolean;
  readonly explain?: boolean;
  readonly exitCode?: boolean;
  readonly out?: string;
}

export function definePlan(command: Command, run: RunAction): void {
  addPlanOptions(command.command('plan').argument('[pipeline]', 'pipeline file [the only one in pipelines/]'))
    .option('--explain', 'show every window of every task with its reason')
    .option('--json', 'print one JSON document')
    .option('--out <file>', 'save the plan, to execute with: pipe run --plan <file>')
    .option(
      '--exit-code',
      `exit with ${String(exitCode.workToDo)} if there is work to do, ${String(exitCode.someFailed)} if data is missing`,
    )
    .action((file: string | undefined, flags: Flags) => run((ctx) => showPlan(file, flags, ctx)));
}

async function showPlan(file: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  if (flags.out !== undefined) await requireOutputPath('--out', flags.out, ctx);
  const pipeline = await loadPipelineOrExit(findPipelineFile(file), ctx);
  const options = parsePlanOptions(flags, pipeline);
  requireSessions(pipeline, options, ctx.clock.now());
  const { plan, damage, isNewLake, accountNotes } = await readPlan(pipeline, options, ctx);
  for (const damagedFile of damage) ctx.info(ctx.stderrStyle('warn', describeCorruption(damagedFile)));
  if (isNewLake) ctx.info(ctx.stderrStyle('quiet', `no lake in ${ctx.dataFolder} yet; the first run creates it`));
  for (const note of accountNotes) ctx.info(ctx.stderrStyle('warn', note));
  if (flags.out !== undefined) {
    await savePlan(flags.out, plan, ctx);
    ctx.info(`saved the plan in ${flags.out}; execute it with: pipe run --plan ${flags.out}`);
  }
  if (flags.json === true) ctx.printJson(planDocument(plan));
  else if (flags.explain === true) ctx.print(formatPlanExplanation(plan, ctx.style));
  else ctx.print(formatPlan(plan, ctx.style));
  if (flags.exitCode !== true) return exitCode.done;
  if (hasWork(plan)) return exitCode.workToDo;
  return isComplete(plan) ? exitCode.done : exitCode.someFailed;
}
