import type { AutoProvider } from '../pipeline/load.js';
import type { ProviderName } from '../core/series.js';

type Environment = Readonly<Record<string, string | undefined>>;

const nothingFound =
  '`provider: auto` found neither credentials nor a gateway, so this uses the MOCK market: none of its prices are real ' +
  '(set KITE_API_KEY and KITE_ACCESS_TOKEN, or IB_HOST or IB_PORT; G6_USE_MOCK_PROVIDER=1 says that mock is meant)';

/** The source that `provider: auto` stands for: what the environment is set up for, or the mock market with a warning. */
export function autoProvider(environment: Environment): AutoProvider {
  const chosen = chosenBy(environment);
  return chosen === null ? { provider: 'mock', warning: nothingFound } : { provider: chosen, warning: null };
}

function chosenBy(environment: Environment): ProviderName | null {
  const said = (name: string): string => (environment[name] ?? '').trim().toLowerCase();
  const isGiven = (...names: readonly string[]): boolean => names.some((name) => said(name) !== '');
  const isOn = (name: string): boolean => !['', '0', 'false', 'no', 'off'].includes(said(name));
  if (isOn('G6_USE_MOCK_PROVIDER')) return 'mock';
  if (isOn('G6_USE_SYNTHETIC')) return 'synthetic';
  const hasKey = isGiven('KITE_API_KEY', 'G6_KITE_API_KEY');
  if (hasKey && isGiven('KITE_ACCESS_TOKEN', 'G6_KITE_ACCESS_TOKEN')) return 'kite';
  return isGiven('IB_HOST', 'IB_PORT') ? 'ib' : null;
}
