import { join } from 'node:path';

import { defaultIbSettings, defaultKiteSettings } from '../../config/pipeline/settings/provider-defaults.js';
import type { Pipeline, ProviderSettings } from '../../config/pipeline/pipeline.js';
import type { ProviderName } from '../../core/series.js';
import type { DoctorCheck } from '../../providers/doctor-check.js';
import { applyIbEnvironment } from '../../providers/ib/environment.js';
import { applyKiteEnvironment } from '../../providers/kite/environment.js';
import { CliError } from '../cli-error.js';
import type { AppContext } from '../context.js';
import { exitCode } from '../exit-code.js';
import type { ExitCode } from '../exit-code.js';
import { requireAllowedHost, requireAllowedUrl } from '../allowed-hosts.js';
import { getCalendarOrExit } from '../get-calendar.js';
import { resolveKiteCredentials } from './kite-credentials.js';

/** Providers that this machine has to connect to. */
export type DiagnosableProvider = Extract<ProviderName, 'ib' | 'kite'>;

export const diagnosableProviders = ['ib', 'kite'] as const satisfies readonly DiagnosableProvider[];

type Settings = Pick<ProviderSettings, 'ib' | 'kite'>;
type DiagnoseContext = Pick<AppContext, 'clock' | 'environment' | 'dataFolder'>;

/** Providers to diagnose with their settings. */
export interface DiagnosisTargets {
  readonly providers: readonly DiagnosableProvider[];
  readonly settings: Settings;
}

/** One provider with its settings from the environment alone. */
export function targetProvider(
  provider: DiagnosableProvider,
  { environment }: Pick<AppContext, 'environment'>,
): DiagnosisTargets {
  const ib = applyIbEnvironment(defaultIbSettings, environment);
  const kite = applyKiteEnvironment(defaultKiteSettings, environment);
  if (!ib.ok) throw new CliError(exitCode.usage, `the environment variable ${ib.error.name} ${ib.error.message}`);
  if (!kite.ok) throw new CliError(exitCode.usage, `the environment variable ${kite.error.name} ${kite.error.message}`);
  return { providers: [provider], settings: { ib: ib.value, kite: kite.value } };
}

/** The providers of a pipeline with their settings. */
export function targetPipeline({ steps, providers }: Pick<Pipeline, 'steps' | 'providers'>): DiagnosisTargets {
  const used = new Set(steps.map(({ provider }) => provider));
  return { providers: diagnosableProviders.filter((name) => used.has(name)), settings: providers };
}

/** Checks connectivity and permissions of a provider. */
export function diagnoseProvider(
  provider: DiagnosableProvider,
  settings: Settings,
  ctx: DiagnoseContext,
): Promise<readonly DoctorCheck[]> {
  return diagnosers[provider](settings, ctx, new AbortController().signal);
}

/** The exit code of all checks: a provider that cannot be reached, or that denies the login, is worse than a failed check. */
export function toDoctorExitCode(checks: readonly DoctorCheck[]): ExitCode {
  const failed = checks.filter(({ status }) => status === 'failed');
  if (failed.some(({ name }) => ['connection', 'credentials', 'login', 'accounts'].includes(name)))
    return exitCode.provider;
  return failed.length > 0 ? exitCode.checkFailed : exitCode.done;
}

const diagnosers: Readonly<
  Record<
    DiagnosableProvider,
    (settings: Settings, ctx: DiagnoseContext, signal: AbortSignal) => Promise<readonly DoctorCheck[]>
  >
> = {
  async ib({ ib }, { clock, environment }, signal) {
    requireAllowedHost(ib.host, ib.port, { environment });
    const { diagnose } = await import('../../providers/ib/doctor.js');
    const probe = { symbol: 'SPY', kind: 'etf', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' } as const;
    const { checks } = await diagnose(
      { settings: ib, probeInstrument: probe, calendar: getCalendarOrExit('XNYS'), clock },
      signal,
    );
    return checks;
  },
  async kite({ kite }, ctx, signal) {
    requireAllowedUrl(kite.baseUrl, ctx);
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
