import type { AutoProvider } from '../../config/pipeline/load-pipeline.js';
import type { ProviderName } from '../../core/series.js';

type Environment = Readonly<Record<string, string | undefined>>;

const mockFallbackWarning =
  '`provider: auto` found neither credentials nor a gateway, so this uses the MOCK market: none of its prices are real ' +
  '(set KITE_API_KEY and KITE_ACCESS_TOKEN, or IB_HOST or IB_PORT; G6_USE_MOCK_PROVIDER=1 says that mock is meant)';

/** The source that `provider: auto` stands for: what the environment is set up for, or the mock market with a warning. */
export function detectProvider(environment: Environment): AutoProvider {
  const detected = providerFromEnvironment(environment);
  return detected === null ? { provider: 'mock', warning: mockFallbackWarning } : { provider: detected, warning: null };
}

function providerFromEnvironment(environment: Environment): ProviderName | null {
  const readVariable = (name: string): string => (environment[name] ?? '').trim().toLowerCase();
  const hasAny = (...names: readonly string[]): boolean => names.some((name) => readVariable(name) !== '');
  const isTruthy = (name: string): boolean => !['', '0', 'false', 'no', 'off'].includes(readVariable(name));
  if (isTruthy('G6_USE_MOCK_PROVIDER')) return 'mock';
  if (isTruthy('G6_USE_SYNTHETIC')) return 'synthetic';
  const hasKey = hasAny('KITE_API_KEY', 'G6_KITE_API_KEY');
  if (hasKey && hasAny('KITE_ACCESS_TOKEN', 'G6_KITE_ACCESS_TOKEN')) return 'kite';
  return hasAny('IB_HOST', 'IB_PORT') ? 'ib' : null;
}
