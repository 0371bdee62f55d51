import type { AutoProvider } from '../../config/pipeline/load-pipeline.js';
import type { ProviderName } from '../../core/series.js';
import type { Environment } from '../context.js';

const mockFallbackWarning =
  '`provider: auto` found no credentials and no gateway and uses the MOCK market: its prices are not real ' +
  '(set KITE_API_KEY and KITE_ACCESS_TOKEN, or IB_HOST or IB_PORT; G6_USE_MOCK_PROVIDER=1 selects mock without this warning)';

/** Resolves `provider: auto` to the provider that the environment configures, else to mock with a warning. */
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
