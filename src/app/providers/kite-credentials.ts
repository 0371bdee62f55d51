import { homedir } from 'node:os';
import { join } from 'node:path';

import type { Result } from '../../core/result.js';
import type { CredentialProblem } from '../../providers/kite/auth/credential-problem.js';
import { loadKiteCredentials } from '../../providers/kite/auth/credentials.js';
import type { KiteCredentials } from '../../providers/kite/auth/credentials.js';
import type { Environment } from '../context.js';

/** The file of the token that `pipe login kite` saves, readable by its owner only. */
export function getKiteTokenFile(environment: Environment): string {
  const configHome = environment['XDG_CONFIG_HOME'] ?? '';
  return join(configHome === '' ? join(homedir(), '.config') : configHome, 'pipe', 'kite-token.json');
}

export function resolveKiteCredentials(
  baseUrl: string,
  environment: Environment,
): Promise<Result<KiteCredentials, CredentialProblem>> {
  return loadKiteCredentials(environment, getKiteTokenFile(environment), baseUrl);
}
