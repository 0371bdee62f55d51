import { ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { second } from '../../core/time.js';
import type { Duration } from '../../core/time.js';
import { given, wrong } from '../environment.js';
import type { Environment, WrongVariable } from '../environment.js';
import type { KiteRate } from './limits.js';

/** What a pipeline says of Kite. */
export interface KiteKnobs {
  readonly root: string;
  readonly instrumentsMaxAge: Duration;
  readonly rate: KiteRate;
}

/**
 * The settings with what the environment says instead: `KITE_ROOT`, and by their older names `G6_KITE_RATE_LIMIT` (requests),
 * `G6_KITE_RATE_WINDOW` (seconds they are counted in) and `G6_KITE_CACHE_TTL` (seconds that a list of instruments is kept).
 */
export function kiteFromEnvironment<Settings extends KiteKnobs>(
  settings: Settings,
  environment: Environment,
): Result<Settings, WrongVariable> {
  const root = given(environment, 'KITE_ROOT') ?? settings.root;
  if (!URL.canParse(root) || !/^https?:$/.test(new URL(root).protocol))
    return wrong('KITE_ROOT', `${root} is not an address such as https://api.kite.trade`);

  let { requests, per } = settings.rate;
  let { instrumentsMaxAge } = settings;
  const limit = given(environment, 'G6_KITE_RATE_LIMIT');
  if (limit !== null) {
    requests = Number(limit);
    if (!Number.isSafeInteger(requests) || requests < 1)
      return wrong('G6_KITE_RATE_LIMIT', `${limit} is not a whole number of requests`);
  }
  for (const [name, set] of [
    ['G6_KITE_RATE_WINDOW', (value: Duration) => (per = value)],
    ['G6_KITE_CACHE_TTL', (value: Duration) => (instrumentsMaxAge = value)],
  ] as const) {
    const text = given(environment, name);
    if (text === null) continue;
    if (!(Number(text) > 0)) return wrong(name, `${text} is not a number of seconds`);
    set(Number(text) * second);
  }
  return ok({ ...settings, root: root.replace(/\/+$/, ''), instrumentsMaxAge, rate: { requests, per } });
}
