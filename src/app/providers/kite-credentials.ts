import { homedir } from 'node:os';
import { join } from 'node:path';

import type { Result } from '../../core/result.js';
import type { CredentialProblem } from '../../providers/kite/auth/credential-problem.js';
import { loadKiteCredentials } from '../../providers/kite/auth/credentials.js';
import type { KiteCredentials } from '../../providers/kite/auth/credentials.js';
import type { CliContext } from '../cli-context.js';

type Environment = CliContext['environment'];

/** Where `pipe login kite` leaves its token, readable by its owner alone. */
export function getKiteTokenFile(environment: Environment): string {
  const configHome = environment['XDG_CONFIG_HOME'] ?? '';
  return join(configHome === '' ? join(homedir(), '.config') : configHome, 'pipe', 'kite-token.json');
}

export function resolveKiteCredentials(
  root: string,
  environment: Environment,
): Promise<Result<KiteCredentials, CredentialProblem>> {
  return loadKiteCredentials(environment, getKiteTokenFile(environment), root);
}
