import type { Command } from 'commander';

import { formatInstant } from '../../core/time/time.js';
import { pluralize } from '../../platform/format.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { plainStyle } from '../../platform/style.js';
import type { Scenario } from '../../config/scenario/scenario.js';
import { createDueTimes } from '../../scheduler/schedule/due-times.js';
import { toDiagnosticDocuments, renderDiagnostics } from '../../config/yaml/render-diagnostics.js';
import { getCalendarOrExit } from '../../app/get-calendar.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { loadPipelineFile } from '../../app/pipeline/load-pipeline.js';
import { expandPipelinePaths } from '../../app/pipeline/find-pipeline-files.js';
import { loadPipelineScenario } from '../../app/pipeline/pipeline-scenario.js';
import { isScenarioFile, loadScenarioFile } from '../../app/pipeline/load-scenario.js';
import type { RunAction } from '../run-action.js';
import type { CliContext } from '../../app/cli-context.js';

interface Flags {
  readonly json?: boolean;
}

export function defineLint(command: Command, run: RunAction): void {
  command
    .command('lint')
    .description('Check pipelines and report every problem with its place; nothing is fetched or written')
    .argument('[pipelines...]', 'pipeline or scenario files and folders of them; pipelines/ when left out')
    .option('--json', 'one JSON document on stdout')
    .action((files: readonly string[], flags: Flags) => run((ctx) => lint(files, flags, ctx)));
}

async function lint(paths: readonly string[], flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const files = await expandPipelinePaths(paths);
  const documents: unknown[] = [];
  let hasErrors = false;
  for (const file of files) {
    const isScenario = await isScenarioFile(file);
    const loaded = isScenario ? await loadScenarioFile(file) : await loadPipelineFile(file, ctx, 'lint');
    const scenario = 'pipeline' in loaded ? await loadPipelineScenario(loaded.pipeline, ctx) : null;
    const ownDiagnostics = loaded.ok ? loaded.warnings : loaded.diagnostics;
    // What a pipeline plays is wrong in its own place, or not for this source, which no place can show.
    const scenarioDiagnostics = typeof scenario?.problem === 'string' ? [] : (scenario?.problem ?? []);
    const scenarioProblem = typeof scenario?.problem === 'string' ? scenario.problem : null;
    const isOk = loaded.ok && scenario?.problem === undefined;
    hasErrors ||= !isOk;
    const sources = new Map([...loaded.sourceTexts, ...(scenario?.sources ?? [])]);
    const diagnostics = [...ownDiagnostics, ...scenarioDiagnostics];
    documents.push({
      file,
      ok: isOk,
      diagnostics: toDiagnosticDocuments(diagnostics, sources),
      ...(scenarioProblem === null ? {} : { scenario: scenarioProblem }),
    });
    if (flags.json === true) continue;
    if (diagnostics.length > 0) {
      ctx.error(renderDiagnostics(diagnostics, sources, { color: ctx.stderrStyle !== plainStyle }).trimEnd());
    }
    if (scenarioProblem !== null) ctx.error(`${file}: ${scenarioProblem}`);
    if (!loaded.ok || !isOk) continue;
    const description =
      'scenario' in loaded ? describeScenario(loaded.scenario) : describePipeline(loaded.pipeline, ctx);
    ctx.print(`${file}: ${ctx.style('good', 'well')}, ${description}\n`);
  }
  if (flags.json === true) ctx.printJson(files.length === 1 ? documents[0] : documents);
  return hasErrors ? exitCode.usage : exitCode.done;
}

function describePipeline(
  { name, schedule, symbols, steps, customSteps: ownDiagnostics }: Pipeline,
  ctx: CliContext,
): string {
  const due =
    schedule === null ? null : createDueTimes({ schedule, name, calendar: getCalendarOrExit }).next(ctx.clock.now());
  const next = due === null ? '' : `, next due ${formatInstant(due)}`;
  return `${pluralize(symbols.length, 'symbol')}, ${pluralize(steps.length + ownDiagnostics.length, 'step')}${next}`;
}

function describeScenario({ source, rules }: Scenario): string {
  return `a scenario of ${source} with ${pluralize(rules.length, 'rule')}`;
}
