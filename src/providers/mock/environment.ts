import { parseDuration } from '../../core/duration.js';
import { ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import type { Duration } from '../../core/time.js';
import { given, wrong } from '../environment.js';
import type { Environment, WrongVariable } from '../environment.js';

/** What can be set of the mock market from outside; see `MockSettings` of the pipeline. */
export interface MockKnobs {
  readonly seed: number;
  readonly delay: Duration;
  readonly volatility: number | null;
  readonly basePrices: Readonly<Record<string, number>>;
}

/** How long an answer takes when delays are only asked for and not told. */
const realisticDelay: Duration = 150;

/**
 * The settings with what the environment says instead: `PIPE_MOCK_SEED`, `PIPE_MOCK_DELAY` (`150ms`),
 * `PIPE_MOCK_VOLATILITY` (`0.25`) and `PIPE_MOCK_BASE_PRICE` (`AAPL=190, MSFT=400`). Older names work too:
 * `G6_MOCK_SPOT_BASE` (the level of NIFTY), `G6_MOCK_VOLATILITY` and `G6_MOCK_SIMULATE_DELAYS` (`1`).
 */
export function mockFromEnvironment<Settings extends MockKnobs>(
  settings: Settings,
  environment: Environment,
): Result<Settings, WrongVariable> {
  let { seed, delay, volatility } = settings;
  const basePrices: Record<string, number> = { ...settings.basePrices };

  const seedText = given(environment, 'PIPE_MOCK_SEED');
  if (seedText !== null) {
    seed = Number(seedText);
    if (!Number.isSafeInteger(seed) || seed < 0) return wrong('PIPE_MOCK_SEED', `${seedText} is not a whole number`);
  }
  for (const name of ['G6_MOCK_VOLATILITY', 'PIPE_MOCK_VOLATILITY']) {
    const text = given(environment, name);
    if (text === null) continue;
    volatility = Number(text);
    if (!(volatility > 0 && volatility <= 5)) return wrong(name, `${text} is not an annual volatility such as 0.25`);
  }
  const simulate = given(environment, 'G6_MOCK_SIMULATE_DELAYS');
  if (simulate !== null) delay = simulate === '0' ? 0 : realisticDelay;
  const delayText = given(environment, 'PIPE_MOCK_DELAY');
  if (delayText !== null) {
    const parsed = parseDuration(delayText);
    if (!parsed.ok) return wrong('PIPE_MOCK_DELAY', parsed.error.message);
    delay = parsed.value;
  }
  const nifty = given(environment, 'G6_MOCK_SPOT_BASE');
  const prices = [
    ...(nifty === null
      ? []
      : [
          ['G6_MOCK_SPOT_BASE', 'NIFTY', nifty],
          ['G6_MOCK_SPOT_BASE', 'NIFTY 50', nifty],
        ]),
  ];
  for (const pair of (given(environment, 'PIPE_MOCK_BASE_PRICE') ?? '')
    .split(',')
    .filter((text) => text.trim() !== '')) {
    const [symbol = '', price = ''] = pair.split('=').map((text) => text.trim());
    prices.push(['PIPE_MOCK_BASE_PRICE', symbol, price]);
  }
  for (const [name = '', symbol = '', text = ''] of prices) {
    const price = Number(text);
    if (symbol === '' || text === '' || !(price > 0))
      return wrong(name, `write prices as AAPL=190, not ${symbol}=${text}`);
    basePrices[symbol] = price;
  }
  return ok({ ...settings, seed, delay, volatility, basePrices });
}
