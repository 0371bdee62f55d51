import type { AutoProvider } from '../../config/pipeline/load-pipeline.js';
import type { ProviderName } from '../../core/series.js';
import { defaultKiteSettings } from '../../config/pipeline/settings/provider-defaults.js';
import { getTokenExpiry } from '../../providers/kite/auth/credentials.js';
import { readTokenFile } from '../../providers/kite/auth/token-file.js';
import { applyKiteEnvironment } from '../../providers/kite/environment.js';
import { readVariable } from '../../providers/environment.js';
import { joinList } from '../../platform/format.js';
import type { AppContext, Environment } from '../context.js';
import { withLakeReader } from '../lake-reader.js';
import { getKiteTokenFile } from './kite-credentials.js';

type DetectContext = Pick<AppContext, 'environment' | 'dataFolder' | 'clock'>;

/** A provider whose rows are real prices. */
type RealProvider = Extract<ProviderName, 'ib' | 'kite'>;

/** `partial`: something is configured, and a run says what is missing before it sends a request. */
type Configuration = 'complete' | 'partial' | 'none';

const hint = 'name the provider in the pipeline to choose another one';

/**
 * Resolves `provider: auto`: to the provider that the environment and the login of this machine configure, else to the one whose
 * rows the lake holds, else to mock with a warning. A lake with real prices never gets mock prices without a word.
 */
export async function detectProvider(ctx: DetectContext): Promise<AutoProvider> {
  const { environment } = ctx;
  const requested = readRequestedMarket(environment);
  if (requested !== null) {
    const stored = await listStoredProviders(ctx);
    const warning =
      `${requested.variable} selects the ${requested.provider.toUpperCase()} market for \`provider: auto\`: its prices are not ` +
      `real, and the lake holds rows of ${joinList(stored)}; unset the variable to go on with ${joinList(stored)}`;
    return { provider: requested.provider, warning: stored.length === 0 ? null : warning };
  }
  const kite = await getKiteConfiguration(ctx);
  const ib = getIbConfiguration(environment);
  if (kite === 'none' && ib === 'none') return selectWithoutConfiguration(await listStoredProviders(ctx));
  if (kite === 'none') return { provider: 'ib', warning: null };
  if (ib === 'none') return { provider: 'kite', warning: null };
  if (kite !== ib) return selectComplete(kite === 'complete' ? 'kite' : 'ib');
  return selectByLake(await listStoredProviders(ctx));
}

const mockFallbackWarning =
  '`provider: auto` found no credentials and no gateway and uses the MOCK market: its prices are not real ' +
  '(log in with `pipe login kite`, or set IB_HOST or IB_PORT; G6_USE_MOCK_PROVIDER=1 selects mock without this warning)';

function selectWithoutConfiguration(stored: readonly RealProvider[]): AutoProvider {
  const [provider] = stored;
  if (provider === undefined) return { provider: 'mock', warning: mockFallbackWarning };
  const warning =
    `\`provider: auto\` found no credentials and no gateway and uses ${provider}, because the lake holds rows of ` +
    `${joinList(stored)}, to which it adds no mock prices; ${hint}`;
  return { provider, warning };
}

function selectComplete(provider: RealProvider): AutoProvider {
  const reason =
    provider === 'kite'
      ? 'uses kite: IB_CLIENT_ID alone names no gateway'
      : 'uses ib: Kite is configured only in part (`pipe login kite` logs in)';
  return { provider, warning: `\`provider: auto\` ${reason}; ${hint}` };
}

function selectByLake(stored: readonly RealProvider[]): AutoProvider {
  const [only] = stored;
  if (only !== undefined && stored.length === 1) {
    const warning = `Kite and IB are configured: \`provider: auto\` uses ${only}, whose rows the lake holds; ${hint}`;
    return { provider: only, warning };
  }
  return { provider: 'kite', warning: `Kite and IB are configured: \`provider: auto\` uses kite; ${hint}` };
}

function readRequestedMarket(
  environment: Environment,
): { readonly provider: 'mock' | 'synthetic'; readonly variable: string } | null {
  const isTruthy = (name: string): boolean => {
    const text = readVariable(environment, name)?.toLowerCase() ?? '';
    return !['', '0', 'false', 'no', 'off'].includes(text);
  };
  if (isTruthy('G6_USE_MOCK_PROVIDER')) return { provider: 'mock', variable: 'G6_USE_MOCK_PROVIDER' };
  if (isTruthy('G6_USE_SYNTHETIC')) return { provider: 'synthetic', variable: 'G6_USE_SYNTHETIC' };
  return null;
}

/**
 * Kite is configured by the key and a token in the environment, or by the token file. A key without a token, an expired token and
 * a file that cannot be read are partial: the run fails with the next step for the user instead of storing mock prices.
 */
async function getKiteConfiguration({ environment, clock }: DetectContext): Promise<Configuration> {
  const isSet = (name: string): boolean =>
    readVariable(environment, name) !== null || readVariable(environment, `G6_${name}`) !== null;
  const hasKey = isSet('KITE_API_KEY');
  const hasToken = isSet('KITE_ACCESS_TOKEN');
  if (hasKey && hasToken) return 'complete';
  const settings = applyKiteEnvironment(defaultKiteSettings, environment);
  const stored = await readTokenFile(getKiteTokenFile(environment));
  const isPartlySet = hasKey || hasToken;
  if (!stored.ok) return 'partial';
  if (stored.value === null) return isPartlySet ? 'partial' : 'none';
  // The token of a simulator says nothing about the account of the user.
  if (!settings.ok || stored.value.baseUrl !== settings.value.baseUrl) return isPartlySet ? 'partial' : 'none';
  return getTokenExpiry(stored.value, clock.now()) > clock.now() ? 'complete' : 'partial';
}

function getIbConfiguration(environment: Environment): Configuration {
  const isSet = (name: string): boolean => readVariable(environment, name) !== null;
  if (isSet('IB_HOST') || isSet('IB_PORT')) return 'complete';
  return isSet('IB_CLIENT_ID') ? 'partial' : 'none';
}

/** Lists the real providers with data in the lake; none for a lake that cannot be read, whose problem the command reports. */
async function listStoredProviders(ctx: Pick<DetectContext, 'dataFolder'>): Promise<readonly RealProvider[]> {
  const stored = new Set<ProviderName>();
  try {
    await withLakeReader(ctx, async (reader) => {
      for (const { provider } of (await reader.readState()).series()) stored.add(provider);
    });
  } catch {
    return [];
  }
  return realProviders.filter((provider) => stored.has(provider));
}

const realProviders: readonly RealProvider[] = ['kite', 'ib'];
