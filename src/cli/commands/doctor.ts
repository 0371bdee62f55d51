import { existsSync } from 'node:fs';

import type { Command } from 'commander';

import { CliError } from '../../app/cli-error.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { findPipelineFile } from '../../app/pipeline/find-pipeline-files.js';
import {
  diagnosableProviders,
  diagnoseProvider,
  targetPipeline,
  targetProvider,
  toDoctorExitCode,
} from '../../app/providers/diagnose-provider.js';
import type { DiagnosableProvider } from '../../app/providers/diagnose-provider.js';
import { suggestProvider } from '../../config/pipeline/provider-aliases.js';
import type { DoctorCheck } from '../../providers/doctor-check.js';
import type { CliContext } from '../cli-context.js';
import { loadPipelineOrExit } from '../load-pipeline.js';
import { formatDiagnosis } from '../output/format-diagnosis.js';
import type { RunAction } from '../run-action.js';

interface Flags {
  readonly json?: boolean;
}

export function defineDoctor(command: Command, run: RunAction): void {
  command
    .command('doctor')
    .argument('[target]', 'ib, kite or a pipeline file [the only pipeline]')
    .option('--json', 'print one JSON document')
    .action((target: string | undefined, flags: Flags) => run((ctx) => doctor(target, flags, ctx)));
}

/** Ends the command if a target that is no file stands for a provider, such as `ibkr`. */
function rejectAlias(target: string): void {
  const provider = existsSync(target) ? null : suggestProvider(target, diagnosableProviders);
  if (provider !== null)
    throw new CliError(
      exitCode.usage,
      `${target} is neither a provider nor a file`,
      `did you mean: pipe doctor ${provider}`,
    );
}

async function doctor(target: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const named = diagnosableProviders.find((name) => name === target);
  if (named === undefined && target !== undefined) rejectAlias(target);
  const { providers, settings } =
    named === undefined
      ? targetPipeline(await loadPipelineOrExit(findPipelineFile(target), ctx))
      : targetProvider(named, ctx);
  const diagnoses: { provider: DiagnosableProvider; checks: readonly DoctorCheck[] }[] = [];
  for (const provider of providers) {
    if (flags.json !== true) ctx.info(`checking ${provider} …`);
    diagnoses.push({ provider, checks: await diagnoseProvider(provider, settings, ctx) });
  }
  if (flags.json === true) ctx.printJson({ providers: diagnoses });
  else if (diagnoses.length === 0) ctx.print('ok (no provider of this pipeline needs a connection)\n');
  else for (const { provider, checks } of diagnoses) ctx.print(formatDiagnosis(provider, checks, ctx));
  return toDoctorExitCode(diagnoses.flatMap(({ checks }) => checks));
}
