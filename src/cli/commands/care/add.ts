import type { Command } from 'commander';

import { addSymbolOrExit, removeSymbolOrExit } from '../../../app/care/edit-symbols.js';
import { CliError } from '../../../app/cli-error.js';
import { exitCode } from '../../../app/exit-code.js';
import type { ExitCode } from '../../../app/exit-code.js';
import { findPipelineFile } from '../../../app/pipeline/find-pipeline-files.js';
import { isValid, validateSymbols } from '../../../app/proof/validate-symbols.js';
import type { Pipeline } from '../../../config/pipeline/pipeline.js';
import { parseDuration } from '../../../core/time/duration.js';
import { day, toUtcDate } from '../../../core/time/time.js';
import type { LocalDate } from '../../../core/time/time.js';
import { defaultPlanOptions } from '../../../plan/plan-options.js';
import type { PlanOptions } from '../../../plan/plan-options.js';
import type { CliContext } from '../../cli-context.js';
import { loadPipelineOrExit } from '../../load-pipeline.js';
import { formatValidation, toValidationDocument } from '../../output/proof/format-validation.js';
import type { RunAction } from '../../run-action.js';
import { runPipelineOrExit } from '../run.js';

interface AddFlags {
  readonly pipeline?: string;
  readonly lookback?: string;
  readonly json?: boolean;
}

export function defineAdd(command: Command, run: RunAction): void {
  command
    .command('add')
    .argument('<symbol>', 'symbol, as the provider names it')
    .option('--pipeline <file>', 'pipeline file [the only one in pipelines/]')
    .option('--lookback <duration>', 'fetch bars of so many days, such as 365d')
    .option('--json', 'print one JSON document')
    .action((symbol: string, flags: AddFlags) => run((ctx) => addSymbol(symbol, flags, ctx)));
}

export function defineRemove(command: Command, run: RunAction): void {
  command
    .command('remove')
    .argument('<symbol>', 'symbol of the pipeline')
    .option('--pipeline <file>', 'pipeline file [the only one in pipelines/]')
    .option('--json', 'print one JSON document')
    .action((symbol: string, flags: AddFlags) => run((ctx) => removeSymbol(symbol, flags, ctx)));
}

async function addSymbol(symbol: string, flags: AddFlags, ctx: CliContext): Promise<ExitCode> {
  const from = parseLookback(flags.lookback, ctx);
  const file = findPipelineFile(flags.pipeline);
  const load = createLoader(ctx);
  const isNew = await addSymbolOrExit(file, symbol, load);
  ctx.info(isNew ? `added ${symbol} to ${file}` : `${symbol} is in ${file} already`);
  const pipeline = await load(file);
  const quiet: CliContext = flags.json === true ? { ...ctx, verbosity: 'quiet', isInteractive: false } : ctx;
  let code: ExitCode = exitCode.done;
  for (const options of listRuns(symbol, from, pipeline)) {
    code = await runPipelineOrExit({ pipeline, options, json: false }, quiet).catch((error: unknown) => {
      throw explainLocked(error, `${symbol} is in ${file}, without data yet`);
    });
    if (code !== exitCode.done) break;
  }
  const report = await validateSymbols(pipeline, [symbol], ctx);
  if (flags.json === true)
    ctx.printJson({ symbol, file, added: isNew, runExitCode: code, ...toValidationDocument(report) });
  else ctx.print(formatValidation(report, ctx.style));
  if (code !== exitCode.done) return code;
  return isValid(report) ? exitCode.done : exitCode.checkFailed;
}

/** Another run ends the command after the edit of the pipeline: the same command continues later. */
function explainLocked(error: unknown, state: string): unknown {
  if (!(error instanceof CliError) || error.code !== exitCode.locked) return error;
  return new CliError(error.code, error.message, `${state}; fetch them with the same command when that has ended`);
}

/** The runs in the order of dependencies: with a lookback, first its bars of the symbol, then everything as every night. */
function listRuns(symbol: string, from: LocalDate | null, pipeline: Pipeline): readonly PlanOptions[] {
  const all: PlanOptions = { ...defaultPlanOptions, symbols: [symbol] };
  if (from === null) return [all];
  const isOfOptions = new Set(['options', 'snapshots', 'overview']);
  const steps = pipeline.steps.filter(({ uses }) => !isOfOptions.has(uses)).map(({ name }) => name);
  return [{ ...all, steps, from }, all];
}

function parseLookback(text: string | undefined, { clock }: CliContext): LocalDate | null {
  if (text === undefined) return null;
  const duration = parseDuration(text);
  if (!duration.ok)
    throw new CliError(exitCode.usage, `--lookback ${text}: ${duration.error.message}`, duration.error.suggestion);
  if (duration.value < day)
    throw new CliError(exitCode.usage, `--lookback ${text} is less than a day`, 'write days, such as --lookback 365d');
  const from = toUtcDate(Math.max(clock.now() - duration.value, Date.parse('1900-01-01')));
  return from;
}

async function removeSymbol(symbol: string, flags: AddFlags, ctx: CliContext): Promise<ExitCode> {
  const file = findPipelineFile(flags.pipeline);
  await removeSymbolOrExit(file, symbol, createLoader(ctx));
  if (flags.json === true) ctx.printJson({ symbol, file, removed: true });
  else ctx.print(`removed ${symbol} from ${file}; its data stay in the lake\n`);
  return exitCode.done;
}

/** Loads a pipeline; its warnings are shown once. */
function createLoader(ctx: CliContext): (file: string) => Promise<Pipeline> {
  const shown = new Set<string>();
  const info = (text: string): void => {
    if (!shown.has(text)) ctx.info(text);
    shown.add(text);
  };
  return (file) => loadPipelineOrExit(file, { ...ctx, info });
}
