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

import { loadPipelineOrExit, findPipelineFile } from '../../app/pipeline/load-pipeline.js';
import type { RunAction } from '../run-action.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../../app/cli-context.js';

interface Flags {
  readonly json?: boolean;
}

type Settings = Pick<ProviderSettings, 'ib' | 'kite'>;

/** Whoever has to be reached to be asked; the others are part of this program. */
type DiagnosableProvider = Extract<ProviderName, 'ib' | 'kite'>;

export function defineDoctor(command: Command, run: RunAction): void {
  command
    .command('doctor')
    .description('Say whether a source can be reached, what it permits, and what to do where it cannot')
    .argument('[what]', 'ib, kite, or a pipeline whose sources are meant; the only pipeline when left out')
    .option('--json', 'one JSON document on stdout')
    .action((target: string | undefined, flags: Flags) => run((ctx) => doctor(target, flags, ctx)));
}

async function doctor(target: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const { sources, settings } = await resolveTargets(target, ctx);
  const signal = new AbortController().signal;
  const diagnoses: { source: DiagnosableProvider; findings: readonly DoctorCheck[] }[] = [];
  for (const source of sources) {
    if (flags.json !== true) ctx.info(`looking at ${source} …`);
    diagnoses.push({ source, findings: await diagnosers[source](settings, ctx, signal) });
  }
  if (flags.json === true) ctx.printJson({ sources: diagnoses });
  else if (diagnoses.length === 0)
    ctx.print('this pipeline asks no source outside of this program: nothing can be wrong with it\n');
  else for (const { source, findings } of diagnoses) ctx.print(formatDiagnosis(source, findings, ctx));
  const all = diagnoses.flatMap(({ findings }) => findings);
  const isUnreachable = all.some(
    ({ name, status }) => status === 'no' && ['connection', 'credentials', 'login', 'accounts'].includes(name),
  );
  if (isUnreachable) return exitCode.provider;
  return all.some(({ status }) => status === 'no') ? exitCode.checkFailed : exitCode.done;
}

/** The sources to look at, and where they are: by the pipeline that was named, or by the environment alone. */
async function resolveTargets(
  target: string | undefined,
  ctx: CliContext,
): Promise<{ sources: readonly DiagnosableProvider[]; settings: Settings }> {
  if (target === 'ib' || target === 'kite') {
    const ib = applyIbEnvironment(defaultIbSettings, ctx.environment);
    const kite = applyKiteEnvironment(defaultKiteSettings, ctx.environment);
    if (!ib.ok) throw new CliError(exitCode.usage, `${ib.error.name}: ${ib.error.message}`);
    if (!kite.ok) throw new CliError(exitCode.usage, `${kite.error.name}: ${kite.error.message}`);
    return { sources: [target], settings: { ib: ib.value, kite: kite.value } };
  }
  const pipeline = await loadPipelineOrExit(findPipelineFile(target), ctx);
  const named = new Set(pipeline.steps.map(({ provider }) => provider));
  const sources = (['ib', 'kite'] as const).filter((name) => named.has(name));
  return { sources, settings: pipeline.providers };
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

const statusMarks = { yes: ['✓', 'good'], no: ['✗', 'bad'], unknown: ['?', 'warn'] } as const;

function formatDiagnosis(
  source: DiagnosableProvider,
  findings: readonly DoctorCheck[],
  { style, terminalWidth }: CliContext,
): string {
  const names = Math.max(...findings.map(({ name }) => name.length));
  const indent = ' '.repeat(names + 6);
  const lines = findings.flatMap(({ name, status, message, hint }) => {
    const [mark, tone] = statusMarks[status];
    const [first = '', ...more] = wrapText(message, Math.max(40, terminalWidth - indent.length));
    const advice = hint === '' ? [] : wrapText(`→ ${hint}`, Math.max(40, terminalWidth - indent.length));
    return [
      `  ${style(tone, mark)} ${name.padEnd(names)}  ${first}`,
      ...[...more, ...advice].map((line) => `${indent}${line}`),
    ];
  });
  return `${source}\n${lines.join('\n')}\n`;
}
