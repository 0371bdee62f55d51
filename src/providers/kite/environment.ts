import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { second } from '../../core/time.js';
import type { Duration } from '../../core/time.js';
import type { KiteRate } from './limits.js';

/** What a pipeline says of Kite. */
export interface KiteKnobs {
  readonly root: string;
  readonly instrumentsMaxAge: Duration;
  readonly rate: KiteRate;
}

/** A variable that cannot be read, and what to write instead. */
export interface WrongVariable {
  readonly name: string;
  readonly message: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings with what the environment says instead: `KITE_ROOT`, and by their older names `G6_KITE_RATE_LIMIT` (requests),
 * `G6_KITE_RATE_WINDOW` (seconds they are counted in) and `G6_KITE_CACHE_TTL` (seconds that a list of instruments is kept).
 */
export function kiteFromEnvironment<Settings extends KiteKnobs>(
  settings: Settings,
  environment: Environment,
): Result<Settings, WrongVariable> {
  const given = (name: string): string | null => {
    const text = environment[name]?.trim() ?? '';
    return text === '' ? null : text;
  };
  const root = given('KITE_ROOT') ?? settings.root;
  if (!URL.canParse(root) || !/^https?:$/.test(new URL(root).protocol))
    return err({ name: 'KITE_ROOT', message: `${root} is not an address such as https://api.kite.trade` });

  let { requests, per } = settings.rate;
  let { instrumentsMaxAge } = settings;
  const limit = given('G6_KITE_RATE_LIMIT');
  if (limit !== null) {
    requests = Number(limit);
    if (!Number.isSafeInteger(requests) || requests < 1)
      return err({ name: 'G6_KITE_RATE_LIMIT', message: `${limit} is not a whole number of requests` });
  }
  for (const [name, set] of [
    ['G6_KITE_RATE_WINDOW', (value: Duration) => (per = value)],
    ['G6_KITE_CACHE_TTL', (value: Duration) => (instrumentsMaxAge = value)],
  ] as const) {
    const text = given(name);
    if (text === null) continue;
    if (!(Number(text) > 0)) return err({ name, message: `${text} is not a number of seconds` });
    set(Number(text) * second);
  }
  return ok({ ...settings, root: root.replace(/\/+$/, ''), instrumentsMaxAge, rate: { requests, per } });
}
