import { createRedactor } from '../platform/redact.js';
import type { Redact } from '../platform/redact.js';
import type { Pipeline } from '../config/pipeline/pipeline.js';
import { readTokenFile } from '../providers/kite/auth/token-file.js';
import { getKiteTokenFile } from './providers/kite-credentials.js';
import type { CliContext } from './cli-context.js';

/** Names of variables that hold what nobody else may see. */
const secretNamePattern = /KEY|TOKEN|SECRET|PASSWORD|PASSWD|WEBHOOK|CREDENTIAL/i;

/** Shorter values, such as `1`, would be found in every other word. */
const minSecretLength = 8;

/** What of the environment must not appear in anything that is told to others. */
export function findSecrets(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && value.length >= minSecretLength && secretNamePattern.test(name) ? [value] : [],
  );
}

/** Hides everything that a pipeline, its sources and the environment keep to themselves. */
export async function createPipelineRedactor(
  pipeline: Pipeline,
  { environment }: Pick<CliContext, 'environment'>,
): Promise<Redact> {
  const usesKite = pipeline.steps.some(({ provider }) => provider === 'kite');
  const stored = usesKite ? await readTokenFile(getKiteTokenFile(environment)) : null;
  const token = stored?.ok === true && stored.value !== null ? [stored.value.accessToken] : [];
  return createRedactor([...pipeline.notifications.secrets, ...findSecrets(environment), ...token]);
}
