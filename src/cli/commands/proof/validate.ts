import type { Command } from 'commander';

import { exitCode } from '../../../app/exit-code.js';
import type { ExitCode } from '../../../app/exit-code.js';
import { requireLake } from '../../../app/require-lake.js';
import { findPipelineFile } from '../../../app/pipeline/find-pipeline-files.js';
import { isValid, validateSymbols } from '../../../app/proof/validate-symbols.js';
import type { CliContext } from '../../cli-context.js';
import { loadPipelineOrExit } from '../../load-pipeline.js';
import { parsePlanOptions } from '../../options/plan-options.js';
import { formatValidation, toValidationDocument } from '../../output/proof/format-validation.js';
import type { RunAction } from '../../run-action.js';

interface Flags {
  readonly pipeline?: string;
  readonly json?: boolean;
}

export function defineValidate(command: Command, run: RunAction): void {
  command
    .command('validate')
    .argument('[symbols...]', 'symbols or groups of the pipeline [all]')
    .option('--pipeline <file>', 'pipeline file [the only one in pipelines/]')
    .option('--json', 'print one JSON document')
    .action((symbols: readonly string[], flags: Flags) => run((ctx) => validate(symbols, flags, ctx)));
}

async function validate(symbols: readonly string[], flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const pipeline = await loadPipelineOrExit(findPipelineFile(flags.pipeline), ctx);
  const selected = parsePlanOptions(symbols.length === 0 ? {} : { symbols }, pipeline).symbols;
  requireLake(ctx);
  const report = await validateSymbols(pipeline, selected, ctx);
  if (flags.json === true) ctx.printJson(toValidationDocument(report));
  else ctx.print(formatValidation(report, ctx.style));
  return isValid(report) ? exitCode.done : exitCode.checkFailed;
}
