import { join } from 'node:path';

import type { Command } from 'commander';

import type { ProviderName } from '../../core/series.js';
import type { ProviderSettings } from '../../config/pipeline/pipeline.js';
import { defaultIbSettings, defaultKiteSettings } from '../../config/pipeline/settings/provider-defaults.js';
import type { DoctorCheck } from '../../providers/doctor-check.js';
import { applyIbEnvironment } from '../../providers/ib/environment.js';
import { applyKiteEnvironment } from '../../providers/kite/environment.js';
import { wrapText } from '../../platform/table.js';
import { getCalendarOrExit } from '../../app/get-calendar.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { resolveKiteCredentials } from '../../app/providers/kite-credentials.js';
import { findPipelineFile } from '../../app/pipeline/find-pipeline-files.js';
import { loadPipelineOrExit } from '../load-pipeline.js';
import type { RunAction } from '../run-action.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../cli-context.js';

interface Flags {
  readonly json?: boolean;
}

type Settings = Pick<ProviderSettings, 'ib' | 'kite'>;

/** Providers that this machine has to connect to. */
type DiagnosableProvider = Extract<ProviderName, 'ib' | 'kite'>;

export function defineDoctor(command: Command, run: RunAction): void {
  command
    .command('doctor')
    .description('Check connectivity and permissions of a provider')
    .argument('[target]', 'ib, kite or a pipeline file [the only pipeline]')
    .option('--json', 'print one JSON document')
    .action((target: string | undefined, flags: Flags) => run((ctx) => doctor(target, flags, ctx)));
}

async function doctor(target: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const { providers, settings } = await resolveTargets(target, ctx);
  const signal = new AbortController().signal;
  const diagnoses: { provider: DiagnosableProvider; checks: readonly DoctorCheck[] }[] = [];
  for (const provider of providers) {
    if (flags.json !== true) ctx.info(`checking ${provider} …`);
    diagnoses.push({ provider, checks: await diagnosers[provider](settings, ctx, signal) });
  }
  if (flags.json === true) ctx.printJson({ providers: diagnoses });
  else if (diagnoses.length === 0) ctx.print('ok (no provider of this pipeline needs a connection)\n');
  else for (const { provider, checks } of diagnoses) ctx.print(formatDiagnosis(provider, checks, ctx));
  const all = diagnoses.flatMap(({ checks }) => checks);
  const isUnreachable = all.some(
    ({ name, status }) => status === 'failed' && ['connection', 'credentials', 'login', 'accounts'].includes(name),
  );
  if (isUnreachable) return exitCode.provider;
  return all.some(({ status }) => status === 'failed') ? exitCode.checkFailed : exitCode.done;
}

/** The providers to check with their settings, from the pipeline or from the environment alone. */
async function resolveTargets(
  target: string | undefined,
  ctx: CliContext,
): Promise<{ providers: readonly DiagnosableProvider[]; settings: Settings }> {
  if (target === 'ib' || target === 'kite') {
    const ib = applyIbEnvironment(defaultIbSettings, ctx.environment);
    const kite = applyKiteEnvironment(defaultKiteSettings, ctx.environment);
    if (!ib.ok) throw new CliError(exitCode.usage, `${ib.error.name}: ${ib.error.message}`);
    if (!kite.ok) throw new CliError(exitCode.usage, `${kite.error.name}: ${kite.error.message}`);
    return { providers: [target], settings: { ib: ib.value, kite: kite.value } };
  }
  const pipeline = await loadPipelineOrExit(findPipelineFile(target), ctx);
  const named = new Set(pipeline.steps.map(({ provider }) => provider));
  const providers = (['ib', 'kite'] as const).filter((name) => named.has(name));
  return { providers, settings: pipeline.providers };
}

const diagnosers: Readonly<
  Record<
    DiagnosableProvider,
    (settings: Settings, ctx: CliContext, signal: AbortSignal) => Promise<readonly DoctorCheck[]>
  >
> = {
  async ib({ ib }, { clock }, signal) {
    const { diagnose } = await import('../../providers/ib/doctor.js');
    const probe = { symbol: 'SPY', kind: 'etf', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' } as const;
    const { checks } = await diagnose(
      { settings: ib, probeInstrument: probe, calendar: getCalendarOrExit('XNYS'), clock },
      signal,
    );
    return checks;
  },
  async kite({ kite }, ctx, signal) {
    const { diagnose } = await import('../../providers/kite/doctor.js');
    const probe = { symbol: 'NIFTY', kind: 'index', exchange: 'NSE', currency: 'INR', calendar: 'XNSE' } as const;
    const { checks } = await diagnose(
      {
        settings: kite,
        credentials: () => resolveKiteCredentials(kite.baseUrl, ctx.environment),
        cacheFolder: join(ctx.dataFolder, '_cache', 'kite'),
        calendarOf: getCalendarOrExit,
        clock: ctx.clock,
        onNotice: () => undefined,
        probeInstrument: probe,
      },
      signal,
    );
    return checks;
  },
};

const statusMarks = { ok: ['✓', 'good'], failed: ['✗', 'bad'], unknown: ['?', 'warn'] } as const;

function formatDiagnosis(
  provider: DiagnosableProvider,
  checks: readonly DoctorCheck[],
  { style, terminalWidth }: Pick<CliContext, 'style' | 'terminalWidth'>,
): string {
  const names = Math.max(...checks.map(({ name }) => name.length));
  const indent = ' '.repeat(names + 6);
  const lines = checks.flatMap(({ name, status, message, hint }) => {
    const [mark, tone] = statusMarks[status];
    const [first = '', ...more] = wrapText(message, Math.max(40, terminalWidth - indent.length));
    const advice = hint === '' ? [] : wrapText(`→ ${hint}`, Math.max(40, terminalWidth - indent.length));
    return [
      `  ${style(tone, mark)} ${name.padEnd(names)}  ${first}`,
      ...[...more, ...advice].map((line) => `${indent}${line}`),
    ];
  });
  return `${provider}\n${lines.join('\n')}\n`;
}
