import { ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { readVariable, invalidVariable } from '../environment.js';
import type { EnvironmentVariables, InvalidVariable } from '../environment.js';
import type { KiteRate } from './limits.js';

/** What a pipeline says of Kite. */
export interface KiteOverrides {
  readonly baseUrl: string;
  readonly instrumentsMaxAge: Duration;
  readonly rate: KiteRate;
}

/**
 * The settings with what the environment says instead: `KITE_ROOT`, and by their older names `G6_KITE_RATE_LIMIT` (requests),
 * `G6_KITE_RATE_WINDOW` (seconds they are counted in) and `G6_KITE_CACHE_TTL` (seconds that a list of instruments is kept).
 */
export function applyKiteEnvironment<Settings extends KiteOverrides>(
  settings: Settings,
  environment: EnvironmentVariables,
): Result<Settings, InvalidVariable> {
  const baseUrl = readVariable(environment, 'KITE_ROOT') ?? settings.baseUrl;
  if (!URL.canParse(baseUrl) || !/^https?:$/.test(new URL(baseUrl).protocol))
    return invalidVariable('KITE_ROOT', `${baseUrl} is not an address such as https://api.kite.trade`);

  let { requests, window } = settings.rate;
  let { instrumentsMaxAge } = settings;
  const limitText = readVariable(environment, 'G6_KITE_RATE_LIMIT');
  if (limitText !== null) {
    requests = Number(limitText);
    if (!Number.isSafeInteger(requests) || requests < 1)
      return invalidVariable('G6_KITE_RATE_LIMIT', `${limitText} is not a whole number of requests`);
  }
  for (const [name, assign] of [
    ['G6_KITE_RATE_WINDOW', (value: Duration) => (window = value)],
    ['G6_KITE_CACHE_TTL', (value: Duration) => (instrumentsMaxAge = value)],
  ] as const) {
    const text = readVariable(environment, name);
    if (text === null) continue;
    if (!(Number(text) > 0)) return invalidVariable(name, `${text} is not a number of seconds`);
    assign(Number(text) * second);
  }
  return ok({ ...settings, baseUrl: baseUrl.replace(/\/+$/, ''), instrumentsMaxAge, rate: { requests, window } });
}
