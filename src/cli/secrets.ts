import { redactor } from '../core/redact.js';
import type { Redact } from '../core/redact.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { readTokenFile } from '../providers/kite/token-file.js';
import { kiteTokenFile } from './kite-credentials.js';
import type { Surroundings } from './surroundings.js';

/** Names of variables that hold what nobody else may see. */
const secretNames = /KEY|TOKEN|SECRET|PASSWORD|PASSWD|WEBHOOK|CREDENTIAL/i;

/** Shorter values, such as `1`, would be found in every other word. */
const shortest = 8;

/** What of the environment must not appear in anything that is told to others. */
export function secretsOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && value.length >= shortest && secretNames.test(name) ? [value] : [],
  );
}

/** Hides everything that a pipeline, its sources and the environment keep to themselves. */
export async function redactorFor(
  pipeline: Pipeline,
  { environment }: Pick<Surroundings, 'environment'>,
): Promise<Redact> {
  const asksKite = pipeline.steps.some(({ provider }) => provider === 'kite');
  const stored = asksKite ? await readTokenFile(kiteTokenFile(environment)) : null;
  const token = stored?.ok === true && stored.value !== null ? [stored.value.accessToken] : [];
  return redactor([...pipeline.telling.secrets, ...secretsOf(environment), ...token]);
}
