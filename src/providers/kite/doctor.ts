import { isoInstant } from '../../core/time.js';
import type { Clock } from '../../core/clock.js';
import type { Failure } from '../../core/failure.js';
import type { Instrument } from '../../core/series.js';
import { tokenEnd } from './credentials.js';
import { indianText } from './indian-time.js';
import { kiteProvider } from './provider.js';
import type { KiteParts } from './provider.js';
import { fine } from '../finding.js';
import type { Finding as FindingOf } from '../finding.js';

/** What is looked at. */
type Name = 'credentials' | 'token' | 'login' | 'instruments' | 'quotes';

export type Finding = FindingOf<Name>;

/** What the doctor has found, in the order in which it looked. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
}

/** What an examination takes: a provider's parts, and an index that everybody may see. */
export interface DoctorParts extends KiteParts {
  readonly probe: Instrument;
  readonly clock: Clock;
}

/** Examines credentials, login and data of Kite. Asks for the profile, the list of instruments and one quote. */
export async function diagnose(parts: DoctorParts, signal: AbortSignal): Promise<Diagnosis> {
  const { clock, probe } = parts;
  const credentials = await parts.credentials();
  if (!credentials.ok) {
    const { message: says, remedy } = credentials.error;
    return { findings: [{ name: 'credentials', ok: 'no', says, remedy }] };
  }
  const endsAt = tokenEnd(credentials.value, clock.now());
  const findings: Finding[] = [
    fine('credentials', `an API key, and an access token from ${credentials.value.source}`),
    fine('token', `good until ${indianText(endsAt).slice(0, 16)} in India (${isoInstant(endsAt)}) at the longest`),
  ];
  const provider = kiteProvider(parts);
  try {
    const refused = await provider.open(signal);
    if (refused !== null) {
      findings.push({ name: 'login', ok: 'no', says: refused.message, remedy: remedyIn(refused) });
      return { findings };
    }
    findings.push(fine('login', `Kite at ${parts.settings.root} accepts the token`));
    const about = { provider: 'kite', instrument: probe } as const;
    const asked = [
      ['instruments', { dataset: 'contracts', ...about }, `the list of instruments has ${probe.symbol}`],
      ['quotes', { dataset: 'quotes', ...about }, `a quote of ${probe.symbol}`],
    ] as const;
    for (const [name, series, says] of asked) {
      const outcome = await provider.fetch({ series, window: null, settles: [] }, signal);
      if (outcome.kind === 'rows') findings.push(fine(name, says));
      else if (outcome.kind === 'empty')
        findings.push({
          name,
          ok: 'unknown',
          says: `Kite says nothing about ${probe.symbol}`,
          remedy: 'try again in a minute',
        });
      else {
        const { kind, message } = outcome.failure;
        const remedy =
          kind === 'denied' ? 'the app needs a subscription to Kite Connect with data' : 'try again in a minute';
        findings.push({ name, ok: kind === 'denied' ? 'no' : 'unknown', says: message, remedy });
      }
    }
    return { findings };
  } finally {
    await provider.close();
  }
}

function remedyIn(failure: Failure): string {
  return (failure.kind === 'fatal' ? failure.remedy : undefined) ?? 'log in: pipe login kite';
}
