import type { Command } from 'commander';

import { pluralize } from '../../platform/format.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { Scenario } from '../../config/scenario/scenario.js';
import { createDueTimes } from '../../scheduler/schedule/due-times.js';
import { toDiagnosticDocuments } from '../../config/yaml/render-diagnostics.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { loadPipelineFile } from '../../app/pipeline/load-pipeline.js';
import { expandPipelinePaths } from '../../app/pipeline/find-pipeline-files.js';
import { loadPipelineScenario } from '../../app/pipeline/pipeline-scenario.js';
import { isScenarioFile, loadScenarioFile } from '../../app/pipeline/load-scenario.js';
import { renderForStderr, warnAboutVariables } from '../load-pipeline.js';
import { formatDueTime } from '../../core/time/zoned-time.js';
import { getScheduleZone } from '../../scheduler/schedule/schedule-zone.js';
import { getCalendarOrExit } from '../../app/get-calendar.js';
import type { RunAction } from '../run-action.js';
import type { CliContext } from '../cli-context.js';

interface Flags {
  readonly json?: boolean;
}

export function defineLint(command: Command, run: RunAction): void {
  command
    .command('lint')
    .argument('[pipelines...]', 'pipeline or scenario files or folders [pipelines/]')
    .option('--json', 'print one JSON document')
    .action((files: readonly string[], flags: Flags) => run((ctx) => lint(files, flags, ctx)));
}

async function lint(paths: readonly string[], flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const files = await expandPipelinePaths(paths);
  const documents: unknown[] = [];
  const texts: string[] = [];
  let hasErrors = false;
  for (const file of files) {
    const isScenario = await isScenarioFile(file);
    const loaded = isScenario ? await loadScenarioFile(file) : await loadPipelineFile(file, ctx, 'lint');
    texts.push(...loaded.sourceTexts.values());
    const scenario = 'pipeline' in loaded ? await loadPipelineScenario(loaded.pipeline, ctx) : null;
    const fileDiagnostics = loaded.ok ? loaded.warnings : loaded.diagnostics;
    // A problem of the scenario is in its own file, or it is for another provider, which no line shows.
    const scenarioDiagnostics = typeof scenario?.problem === 'string' ? [] : (scenario?.problem ?? []);
    const scenarioProblem = typeof scenario?.problem === 'string' ? scenario.problem : null;
    const isOk = loaded.ok && scenario?.problem === undefined;
    hasErrors ||= !isOk;
    const sources = new Map([...loaded.sourceTexts, ...(scenario?.sources ?? [])]);
    const diagnostics = [...fileDiagnostics, ...scenarioDiagnostics];
    documents.push({
      file,
      ok: isOk,
      diagnostics: toDiagnosticDocuments(diagnostics, sources),
      ...(scenarioProblem === null ? {} : { scenario: scenarioProblem }),
    });
    if (flags.json === true) continue;
    if (diagnostics.length > 0) {
      ctx.error(renderForStderr(diagnostics, sources, ctx));
    }
    if (scenarioProblem !== null) ctx.error(`${file}: ${scenarioProblem}`);
    if (!loaded.ok || !isOk) continue;
    const description =
      'scenario' in loaded ? describeScenario(loaded.scenario) : describePipeline(loaded.pipeline, ctx);
    ctx.print(`${file}: ${ctx.style('good', 'ok')} (${description})\n`);
  }
  warnAboutVariables(ctx, texts);
  if (flags.json === true) ctx.printJson(files.length === 1 ? documents[0] : documents);
  return hasErrors ? exitCode.usage : exitCode.done;
}

function describePipeline(
  { name, schedule, symbols, steps, customSteps }: Pipeline,
  { clock }: Pick<CliContext, 'clock'>,
): string {
  const due =
    schedule === null ? null : createDueTimes({ schedule, name, calendar: getCalendarOrExit }).next(clock.now());
  const next =
    schedule === null || due === null
      ? ''
      : `, next run ${formatDueTime(due, getScheduleZone(schedule, getCalendarOrExit))}`;
  return `${pluralize(symbols.length, 'symbol')}, ${pluralize(steps.length + customSteps.length, 'step')}${next}`;
}

function describeScenario({ source, rules }: Scenario): string {
  return `scenario for ${source}, ${pluralize(rules.length, 'rule')}`;
}
