import { formatInstant } from '../../core/time/time.js';
import type { Clock } from '../../core/time/clock.js';
import type { Failure } from '../../core/failure.js';
import type { Instrument } from '../../core/series.js';
import { getTokenExpiry } from './auth/credentials.js';
import { formatIndianTime } from './indian-time.js';
import { createKiteProvider } from './provider.js';
import type { KiteProviderDeps } from './provider.js';
import { pass } from '../doctor-check.js';
import type { DoctorCheck } from '../doctor-check.js';
import { unpacedCalls } from '../provider.js';
import type { FetchContext } from '../provider.js';

type CheckName = 'credentials' | 'token' | 'login' | 'instruments' | 'quotes';

export type KiteCheck = DoctorCheck<CheckName>;

/** The checks in the order in which they were made. */
export interface KiteDiagnosis {
  readonly checks: readonly KiteCheck[];
}

/** `probeInstrument` is an index, whose quotes need no extra permission. */
export interface KiteDoctorDeps extends KiteProviderDeps {
  readonly probeInstrument: Instrument;
  readonly clock: Clock;
}

/** Checks credentials, login and data permissions. Requests the profile, the list of instruments and one quote. */
export async function diagnose(deps: KiteDoctorDeps, signal: AbortSignal): Promise<KiteDiagnosis> {
  const { clock, probeInstrument } = deps;
  const credentials = await deps.credentials();
  if (!credentials.ok) {
    return { checks: [{ name: 'credentials', status: 'failed', ...credentials.error }] };
  }
  const expiresAt = getTokenExpiry(credentials.value, clock.now());
  const checks: KiteCheck[] = [
    pass('credentials', `API key and access token found (token from ${credentials.value.tokenSource})`),
    pass(
      'token',
      `valid until ${formatIndianTime(expiresAt).slice(0, 16)} in India (${formatInstant(expiresAt)}) at most`,
    ),
  ];
  const provider = createKiteProvider(deps);
  try {
    const opened = await provider.open(signal);
    if (!opened.ok) {
      const { message } = opened.error;
      checks.push({ name: 'login', status: 'failed', message, hint: getHint(opened.error) });
      return { checks };
    }
    checks.push(pass('login', `Kite at ${deps.settings.baseUrl} accepts the token`));
    const seriesBase = { provider: 'kite', instrument: probeInstrument } as const;
    const dataChecks = [
      [
        'instruments',
        { dataset: 'contracts', ...seriesBase },
        `the list of instruments contains ${probeInstrument.symbol}`,
      ],
      ['quotes', { dataset: 'quotes', ...seriesBase }, `a quote for ${probeInstrument.symbol}`],
    ] as const;
    const context: FetchContext = {
      id: 'doctor/1',
      signal,
      calls: unpacedCalls,
      onSend: () => undefined,
      onRetry: () => undefined,
    };
    for (const [name, series, summary] of dataChecks) {
      const outcome = await provider.fetch({ series, window: null, closes: [] }, context);
      if (outcome.kind === 'rows') checks.push(pass(name, summary));
      else if (outcome.kind === 'empty')
        checks.push({
          name,
          status: 'unknown',
          message: `Kite returned no data for ${probeInstrument.symbol}`,
          hint: 'try again in a minute',
        });
      else {
        const { kind, message } = outcome.failure;
        const hint = kind === 'denied' ? 'subscribe the app to Kite Connect with market data' : 'try again in a minute';
        checks.push({ name, status: kind === 'denied' ? 'failed' : 'unknown', message, hint });
      }
    }
    return { checks };
  } finally {
    await provider.close();
  }
}

function getHint(failure: Failure): string {
  return (failure.kind === 'fatal' ? failure.hint : undefined) ?? 'log in: pipe login kite';
}
