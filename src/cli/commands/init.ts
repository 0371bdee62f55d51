import type { Command } from 'commander';

import { CliError } from '../../app/cli-error.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { writePipelineTemplate } from '../../app/pipeline/write-template.js';
import { templateProviders } from '../../config/pipeline/pipeline-template.js';
import type { TemplateProvider } from '../../config/pipeline/pipeline-template.js';
import { suggestProvider } from '../../config/pipeline/provider-aliases.js';
import { joinList } from '../../platform/format.js';
import { formatTable } from '../../platform/table.js';
import type { RunAction } from '../run-action.js';
import type { CliContext } from '../cli-context.js';

interface Flags {
  readonly provider: string;
}

export function defineInit(command: Command, run: RunAction): void {
  command
    .command('init')
    .argument('[file]', 'file to write', 'pipelines/my-pipeline.yaml')
    .option('--provider <name>', 'provider: mock, synthetic, ib or kite', 'mock')
    .action((file: string, flags: Flags) => run((ctx) => init(file, parseProvider(flags.provider), ctx)));
}

function parseProvider(text: string): TemplateProvider {
  const found = templateProviders.find((provider) => provider === text);
  if (found !== undefined) return found;
  const suggestion = suggestProvider(text, templateProviders);
  throw new CliError(
    exitCode.usage,
    `--provider ${text} is not a provider`,
    suggestion === null ? `use ${joinList(templateProviders, 'or')}` : `did you mean ${suggestion}?`,
  );
}

type Step = readonly [command: string, purpose: string];

/** What a provider needs before its first run. */
const preparations: Readonly<Record<TemplateProvider, readonly Step[]>> = {
  mock: [],
  synthetic: [],
  ib: [['pipe doctor ib', 'check the connection; without an account, run: pipe simulate tws']],
  kite: [['pipe login kite', 'log in for the day; without an account, run: pipe simulate kite']],
};

const runPurposes: Readonly<Record<TemplateProvider, string>> = {
  mock: 'fetch it; the mock provider needs no account and no network',
  synthetic: 'fetch it; the synthetic provider needs no account and no network',
  ib: 'fetch it from TWS or IB Gateway',
  kite: 'fetch it from Zerodha',
};

async function init(file: string, provider: TemplateProvider, ctx: CliContext): Promise<ExitCode> {
  await writePipelineTemplate(file, provider);
  const next: readonly Step[] = [
    [`edit ${file}`, 'set symbols, lookback and steps; comments explain them'],
    [`pipe lint ${file}`, 'check it for errors'],
    ...preparations[provider],
    [`pipe plan ${file}`, 'show what would be fetched, and why'],
    [`pipe run ${file}`, runPurposes[provider]],
  ];
  const rows = next.map(([command, purpose]) => [
    { text: `  ${command}` },
    { text: purpose, style: (cell: string) => ctx.style('quiet', cell) },
  ]);
  ctx.print(`wrote ${file}\n\nNext:\n${formatTable(rows, ['left', 'left']).join('\n')}\n`);
  return exitCode.done;
}
