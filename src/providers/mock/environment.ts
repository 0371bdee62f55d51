import { parseDuration } from '../../core/time/duration.js';
import { ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import type { Duration } from '../../core/time/time.js';
import { readVariable, invalidVariable } from '../environment.js';
import type { EnvironmentVariables, InvalidVariable } from '../environment.js';

/** The settings that environment variables override; see `MockSettings` of the pipeline. */
export interface MockOverrides {
  readonly seed: number;
  readonly delay: Duration;
  readonly volatility: number | null;
  readonly basePrices: Readonly<Record<string, number>>;
}

/** The delay of `G6_MOCK_SIMULATE_DELAYS`, which only switches delays on. */
const realisticDelay: Duration = 150;

/**
 * Overrides settings with environment variables: `PIPE_MOCK_SEED`, `PIPE_MOCK_DELAY` (`150ms`), `PIPE_MOCK_VOLATILITY`
 * (`0.25`) and `PIPE_MOCK_BASE_PRICE` (`AAPL=190, MSFT=400`). Older names work too: `G6_MOCK_SPOT_BASE` (the level of NIFTY),
 * `G6_MOCK_VOLATILITY` and `G6_MOCK_SIMULATE_DELAYS` (`1`).
 */
export function applyMockEnvironment<Settings extends MockOverrides>(
  settings: Settings,
  environment: EnvironmentVariables,
): Result<Settings, InvalidVariable> {
  let { seed, delay, volatility } = settings;
  const basePrices: Record<string, number> = { ...settings.basePrices };

  const seedText = readVariable(environment, 'PIPE_MOCK_SEED');
  if (seedText !== null) {
    seed = Number(seedText);
    if (!Number.isSafeInteger(seed) || seed < 0) return invalidVariable('PIPE_MOCK_SEED', 'is not a whole number');
  }
  for (const name of ['G6_MOCK_VOLATILITY', 'PIPE_MOCK_VOLATILITY']) {
    const text = readVariable(environment, name);
    if (text === null) continue;
    volatility = Number(text);
    if (!(volatility > 0 && volatility <= 5)) return invalidVariable(name, 'is not an annual volatility such as 0.25');
  }
  const simulateDelays = readVariable(environment, 'G6_MOCK_SIMULATE_DELAYS');
  if (simulateDelays !== null) delay = simulateDelays === '0' ? 0 : realisticDelay;
  const delayText = readVariable(environment, 'PIPE_MOCK_DELAY');
  if (delayText !== null) {
    const parsed = parseDuration(delayText);
    if (!parsed.ok) return invalidVariable('PIPE_MOCK_DELAY', 'is not a duration such as 250ms');
    delay = parsed.value;
  }
  const niftyLevel = readVariable(environment, 'G6_MOCK_SPOT_BASE');
  const prices = [
    ...(niftyLevel === null
      ? []
      : [
          ['G6_MOCK_SPOT_BASE', 'NIFTY', niftyLevel],
          ['G6_MOCK_SPOT_BASE', 'NIFTY 50', niftyLevel],
        ]),
  ];
  for (const pair of (readVariable(environment, 'PIPE_MOCK_BASE_PRICE') ?? '')
    .split(',')
    .filter((text) => text.trim() !== '')) {
    const [symbol = '', price = ''] = pair.split('=').map((text) => text.trim());
    prices.push(['PIPE_MOCK_BASE_PRICE', symbol, price]);
  }
  for (const [name = '', symbol = '', text = ''] of prices) {
    const price = Number(text);
    if (symbol === '' || text === '' || !(price > 0))
      return invalidVariable(name, 'is not a list of prices such as AAPL=190,MSFT=430');
    basePrices[symbol] = price;
  }
  return ok({ ...settings, seed, delay, volatility, basePrices });
}
