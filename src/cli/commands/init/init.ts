import { resolve, sep } from 'node:path';

import type { Command } from 'commander';

import { exitCode } from '../../../app/exit-code.js';
import type { ExitCode } from '../../../app/exit-code.js';
import {
  isFetched,
  requireNewPipeline,
  writePipelineTemplate,
  writeProjectFiles,
} from '../../../app/project/write-project.js';
import { diagnoseProvider, targetPipeline, toDoctorExitCode } from '../../../app/providers/diagnose-provider.js';
import { defaultChoices, templateNames } from '../../../config/pipeline/template/choices.js';
import type { TemplateChoices, TemplateProvider } from '../../../config/pipeline/template/choices.js';
import { omitUndefined } from '../../../platform/omit-undefined.js';
import { formatTable } from '../../../platform/table.js';
import type { CliContext } from '../../cli-context.js';
import { loadPipelineOrExit } from '../../load-pipeline.js';
import { formatDiagnosis } from '../../output/format-diagnosis.js';
import type { RunAction } from '../../run-action.js';
import { askChoices } from './ask-choices.js';
import { openQuestions } from './ask.js';
import { parseProvider, parseTemplate, readGateway, readOption, readSchedule, readSymbols } from './parse-choices.js';

interface Flags {
  readonly provider?: string;
  readonly template?: string;
  readonly symbols?: string;
  readonly schedule?: string;
  readonly gateway?: string;
  readonly check?: boolean;
  readonly yes?: boolean;
  readonly project: boolean;
}

export function defineInit(command: Command, run: RunAction): void {
  command
    .command('init')
    .argument('[file]', 'file to write [pipelines/my-pipeline.yaml]')
    .option('--provider <name>', 'provider: mock, synthetic, ib or kite [mock]')
    .option('--template <name>', `what to collect: ${templateNames.join(', ')}`)
    .option('--symbols <list>', 'symbols, comma-separated [those of the template]')
    .option('--schedule <when>', '5m, 18:30 or none [that of the template]')
    .option('--gateway <address>', 'TWS or IB Gateway [127.0.0.1:7497]')
    .option('--check', 'check the connection to the provider, like doctor')
    .option('-y, --yes', 'ask nothing: take defaults for missing options')
    .option('--no-project', 'write only the pipeline')
    .action((file: string | undefined, flags: Flags) => run((ctx) => init(file, flags, ctx)));
}

async function init(named: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const given = readFlags(flags);
  if (named !== undefined) requireNewPipeline(named);
  const isAsking = flags.yes !== true && process.stdin.isTTY && process.stdout.isTTY;
  const questions = isAsking ? openQuestions(ctx) : null;
  try {
    const choices = questions === null ? { ...defaultChoices, ...given } : await askChoices(given, questions);
    const file = named ?? `pipelines/${choices.template === 'basic' ? 'my-pipeline' : choices.template}.yaml`;
    requireNewPipeline(file);
    const needsConnection = choices.provider === 'ib' || choices.provider === 'kite';
    const checks = needsConnection && (flags.check ?? (await questions?.confirm('Check the connection now')) ?? false);
    await writePipelineTemplate(file, choices);
    ctx.print(`wrote ${file}\n`);
    if (flags.project && resolve(file).startsWith(process.cwd() + sep)) await writeProject(file, choices, ctx);
    const code = checks ? await checkConnection(file, ctx) : exitCode.done;
    printNextSteps(file, choices.provider, ctx);
    return code;
  } finally {
    questions?.close();
  }
}

function readFlags(flags: Flags): Partial<TemplateChoices> {
  return omitUndefined({
    provider: flags.provider === undefined ? undefined : parseProvider(flags.provider),
    template: flags.template === undefined ? undefined : parseTemplate(flags.template),
    symbols: readOption('--symbols', flags.symbols, readSymbols) ?? undefined,
    schedule: readOption('--schedule', flags.schedule, readSchedule) ?? undefined,
    gateway: readOption('--gateway', flags.gateway, readGateway) ?? undefined,
  });
}

async function writeProject(file: string, choices: TemplateChoices, ctx: CliContext): Promise<void> {
  const { written, kept } = await writeProjectFiles(file, choices);
  if (written.length > 0) ctx.print(`wrote ${written.join(', ')}\n`);
  if (kept.length > 0) ctx.print(`kept ${kept.join(', ')}: they exist\n`);
}

/** Checks the connection as `pipe doctor` does. The pipeline is there either way. */
async function checkConnection(file: string, ctx: CliContext): Promise<ExitCode> {
  const { providers, settings } = targetPipeline(await loadPipelineOrExit(file, ctx));
  ctx.print('\n');
  let code: ExitCode = exitCode.done;
  for (const provider of providers) {
    ctx.info(`checking ${provider} …`);
    const checks = await diagnoseProvider(provider, settings, ctx);
    ctx.print(formatDiagnosis(provider, checks, ctx));
    code = toDoctorExitCode(checks);
  }
  return code;
}

type Step = readonly [command: string, purpose: string];

/** What a provider needs before its first run. */
const preparations: Readonly<Record<TemplateProvider, (file: string) => readonly Step[]>> = {
  mock: () => [],
  synthetic: () => [],
  ib: (file) => [[`pipe doctor ${file}`, 'check the connection; without an account, run: pipe simulate tws']],
  kite: () => [['pipe login kite', 'log in for the day; without an account, run: pipe simulate kite']],
};

const runPurposes: Readonly<Record<TemplateProvider, string>> = {
  mock: 'fetch it; the mock provider needs no account and no network',
  synthetic: 'fetch it; the synthetic provider needs no account and no network',
  ib: 'fetch it from TWS or IB Gateway',
  kite: 'fetch it from Zerodha',
};

function printNextSteps(file: string, provider: TemplateProvider, ctx: CliContext): void {
  const installation: readonly Step[] = isFetched()
    ? [['npm install marketlake', 'install it here; then start pipe with: npx pipe']]
    : [];
  const next: readonly Step[] = [
    ...installation,
    [`edit ${file}`, 'set symbols, lookback and steps; comments explain them'],
    [`pipe lint ${file}`, 'check it for errors'],
    ...preparations[provider](file),
    [`pipe plan ${file}`, 'show what would be fetched, and why'],
    [`pipe run ${file}`, runPurposes[provider]],
  ];
  const rows = next.map(([command, purpose]) => [
    { text: `  ${command}` },
    { text: purpose, style: (cell: string) => ctx.style('quiet', cell) },
  ]);
  ctx.print(`\nNext:\n${formatTable(rows, ['left', 'left']).join('\n')}\n`);
}
