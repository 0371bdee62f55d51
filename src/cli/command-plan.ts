import { existsSync } from 'node:fs';

import type { Command } from 'commander';

import { openLakeReader } from '../lake/reader.js';
import { isToDo } from '../plan/plan-own.js';
import { planDocument } from '../plan/plan-json.js';
import { replaceFile } from './replace-file.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { loadOrStop, pipelineFile } from './pipeline-file.js';
import { planOptions, withPlanOptions } from './plan-options.js';
import type { PlanFlags } from './plan-options.js';
import { explainText, planText } from './plan-text.js';
import { planPipeline } from './planning.js';
import { savedPlan } from './saved-plan.js';
import type { RunAction } from './run-action.js';
import type { Surroundings } from './surroundings.js';

interface Flags extends PlanFlags {
  readonly json?: boolean;
  readonly explain?: boolean;
  readonly exitCode?: boolean;
  readonly out?: string;
}

export function definePlan(command: Command, run: RunAction): void {
  withPlanOptions(
    command
      .command('plan')
      .description('Show what would be fetched and why; nothing is asked and nothing is written')
      .argument('[pipeline]', 'a pipeline file; the only one in pipelines/ when left out'),
  )
    .option('--explain', 'every window of every task with its reason')
    .option('--json', 'one JSON document on stdout')
    .option('--out <file>', 'keep the plan, to be executed with: pipe run --plan <file>')
    .option('--exit-code', `exit with ${String(exitCode.workToDo)} when there is something to fetch`)
    .action((file: string | undefined, flags: Flags) => run((at) => plan(file, flags, at)));
}

async function plan(file: string | undefined, flags: Flags, at: Surroundings): Promise<ExitCode> {
  const pipeline = await loadOrStop(pipelineFile(file), at);
  const options = planOptions(flags, pipeline);
  const reader = await openLakeReader(at.dataFolder);
  try {
    const planning = await planPipeline(pipeline, reader, options, at.clock.now(), false);
    for (const damage of planning.state.damage) {
      at.note(
        at.notePaint(
          'warn',
          `${damage.dataset}: ${damage.path} is damaged (${damage.problem}); its windows are asked for again`,
        ),
      );
    }
    if (!existsSync(at.dataFolder))
      at.note(at.notePaint('quiet', `there is no lake in ${at.dataFolder} yet; the first run makes it`));
    if (flags.out !== undefined) {
      await replaceFile(flags.out, savedPlan(planning.plan));
      at.note(`the plan is in ${flags.out}; execute it with: pipe run --plan ${flags.out}`);
    }
    if (flags.json === true) at.json(planDocument(planning.plan));
    else if (flags.explain === true) at.answer(explainText(planning.plan, at.paint));
    else at.answer(planText(planning.plan, at.paint));
    const work = planning.plan.requests > 0 || planning.plan.estimatedRequests > 0 || planning.plan.own.some(isToDo);
    return flags.exitCode === true && work ? exitCode.workToDo : exitCode.done;
  } finally {
    await reader.close();
  }
}
