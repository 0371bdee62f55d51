import { trimEndOf } from '../../platform/text/trim-end.js';
import { ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { readVariable, invalidVariable } from '../environment.js';
import type { EnvironmentVariables, InvalidVariable } from '../environment.js';
import type { KiteRate } from './limits.js';

/** The settings that environment variables override. */
export interface KiteOverrides {
  readonly baseUrl: string;
  readonly instrumentsMaxAge: Duration;
  readonly rate: KiteRate;
}

/**
 * Overrides settings with `KITE_BASE_URL` and the older variables `G6_KITE_RATE_LIMIT` (requests), `G6_KITE_RATE_WINDOW` (the
 * window of that limit in seconds) and `G6_KITE_CACHE_TTL` (the lifetime of the list of instruments in seconds).
 */
export function applyKiteEnvironment<Settings extends KiteOverrides>(
  settings: Settings,
  environment: EnvironmentVariables,
): Result<Settings, InvalidVariable> {
  const baseUrl = readVariable(environment, 'KITE_BASE_URL') ?? settings.baseUrl;
  if (!URL.canParse(baseUrl) || !/^https?:$/.test(new URL(baseUrl).protocol))
    return invalidVariable('KITE_BASE_URL', 'is not a URL such as https://api.kite.trade');

  let { requests, window } = settings.rate;
  let { instrumentsMaxAge } = settings;
  const limitText = readVariable(environment, 'G6_KITE_RATE_LIMIT');
  if (limitText !== null) {
    requests = Number(limitText);
    if (!Number.isSafeInteger(requests) || requests < 1)
      return invalidVariable('G6_KITE_RATE_LIMIT', 'is not a whole number of requests');
  }
  for (const [name, assign] of [
    ['G6_KITE_RATE_WINDOW', (value: Duration) => (window = value)],
    ['G6_KITE_CACHE_TTL', (value: Duration) => (instrumentsMaxAge = value)],
  ] as const) {
    const text = readVariable(environment, name);
    if (text === null) continue;
    if (!(Number(text) > 0)) return invalidVariable(name, 'is not a number of seconds');
    assign(Number(text) * second);
  }
  return ok({ ...settings, baseUrl: trimEndOf(baseUrl, '/'), instrumentsMaxAge, rate: { requests, window } });
}
