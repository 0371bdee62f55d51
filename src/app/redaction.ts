import { createRedactor } from '../platform/redact.js';
import type { Redact } from '../platform/redact.js';
import { listSinkSecrets } from '../config/pipeline/sinks/read-sinks.js';
import type { Pipeline } from '../config/pipeline/pipeline.js';
import { readTokenFile } from '../providers/kite/auth/token-file.js';
import { getKiteTokenFile } from './providers/kite-credentials.js';
import type { Environment } from './context.js';

/** Names of variables that hold credentials. */
const secretNamePattern = /KEY|TOKEN|SECRET|PASSWORD|PASSWD|WEBHOOK|CREDENTIAL/i;

/** In characters. A shorter value, such as `1`, occurs in ordinary text. */
const minSecretLength = 8;

/** The values of the environment that must not appear in any output. */
export function findSecrets(environment: Environment): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && value.length >= minSecretLength && secretNamePattern.test(name) ? [value] : [],
  );
}

/** Redacts the secrets of a pipeline, of its providers and of the environment. */
export async function createPipelineRedactor(
  pipeline: Pipeline,
  { environment }: { readonly environment: Environment },
): Promise<Redact> {
  const usesKite = pipeline.steps.some(({ provider }) => provider === 'kite');
  const stored = usesKite ? await readTokenFile(getKiteTokenFile(environment)) : null;
  const token = stored?.ok === true && stored.value !== null ? [stored.value.accessToken] : [];
  const urlSecrets = listUrlSecrets(pipeline.lineage.endpoint);
  return createRedactor([
    ...pipeline.notifications.secrets,
    ...listSinkSecrets(pipeline.sinks),
    ...findSecrets(environment),
    ...token,
    ...urlSecrets,
  ]);
}

/** The password and the values of the query of a URL, as written and decoded. */
function listUrlSecrets(url: string | null): readonly string[] {
  if (url === null || !URL.canParse(url)) return [];
  const { password, searchParams } = new URL(url);
  return [password, decodeURIComponent(password), ...searchParams.values()].filter((text) => text !== '');
}
