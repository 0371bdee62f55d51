import { formatInstant } from '../../core/time/time.js';
import type { Clock } from '../../core/time/clock.js';
import type { Failure } from '../../core/failure.js';
import type { Instrument } from '../../core/series.js';
import { getTokenExpiry } from './auth/credentials.js';
import { formatIndianTime } from './indian-time.js';
import { createKiteProvider } from './provider.js';
import type { KiteProviderDeps } from './provider.js';
import { pass } from '../doctor-check.js';
import type { DoctorCheck as FindingOf } from '../doctor-check.js';

/** What is looked at. */
type CheckName = 'credentials' | 'token' | 'login' | 'instruments' | 'quotes';

export type KiteCheck = FindingOf<CheckName>;

/** What the doctor has found, in the order in which it looked. */
export interface KiteDiagnosis {
  readonly checks: readonly KiteCheck[];
}

/** What an examination takes: a provider's parts, and an index that everybody may see. */
export interface KiteDoctorDeps extends KiteProviderDeps {
  readonly probeInstrument: Instrument;
  readonly clock: Clock;
}

/** Examines credentials, login and data of Kite. Asks for the profile, the list of instruments and one quote. */
export async function diagnose(deps: KiteDoctorDeps, signal: AbortSignal): Promise<KiteDiagnosis> {
  const { clock, probeInstrument } = deps;
  const credentials = await deps.credentials();
  if (!credentials.ok) {
    const { message: says, hint } = credentials.error;
    return { checks: [{ name: 'credentials', status: 'no', message: says, hint }] };
  }
  const expiresAt = getTokenExpiry(credentials.value, clock.now());
  const checks: KiteCheck[] = [
    pass('credentials', `an API key, and an access token from ${credentials.value.tokenSource}`),
    pass(
      'token',
      `good until ${formatIndianTime(expiresAt).slice(0, 16)} in India (${formatInstant(expiresAt)}) at the longest`,
    ),
  ];
  const provider = createKiteProvider(deps);
  try {
    const openFailure = await provider.open(signal);
    if (openFailure !== null) {
      checks.push({ name: 'login', status: 'no', message: openFailure.message, hint: getHint(openFailure) });
      return { checks };
    }
    checks.push(pass('login', `Kite at ${deps.settings.baseUrl} accepts the token`));
    const seriesBase = { provider: 'kite', instrument: probeInstrument } as const;
    const dataChecks = [
      ['instruments', { dataset: 'contracts', ...seriesBase }, `the list of instruments has ${probeInstrument.symbol}`],
      ['quotes', { dataset: 'quotes', ...seriesBase }, `a quote of ${probeInstrument.symbol}`],
    ] as const;
    for (const [name, series, says] of dataChecks) {
      const outcome = await provider.fetch({ series, window: null, closes: [] }, signal);
      if (outcome.kind === 'rows') checks.push(pass(name, says));
      else if (outcome.kind === 'empty')
        checks.push({
          name,
          status: 'unknown',
          message: `Kite says nothing about ${probeInstrument.symbol}`,
          hint: 'try again in a minute',
        });
      else {
        const { kind, message } = outcome.failure;
        const hint =
          kind === 'denied' ? 'the app needs a subscription to Kite Connect with data' : 'try again in a minute';
        checks.push({ name, status: kind === 'denied' ? 'no' : 'unknown', message, hint });
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
