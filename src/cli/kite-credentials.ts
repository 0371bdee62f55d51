import { homedir } from 'node:os';
import { join } from 'node:path';

import type { Result } from '../core/result.js';
import type { CredentialProblem } from '../providers/kite/credential-problem.js';
import { kiteCredentials } from '../providers/kite/credentials.js';
import type { KiteCredentials } from '../providers/kite/credentials.js';
import type { Surroundings } from './surroundings.js';

type Environment = Surroundings['environment'];

/** Where `pipe login kite` leaves its token, readable by its owner alone. */
export function kiteTokenFile(environment: Environment): string {
  const given = environment['XDG_CONFIG_HOME'] ?? '';
  return join(given === '' ? join(homedir(), '.config') : given, 'pipe', 'kite-token.json');
}

export function kiteCredentialsOf(
  root: string,
  environment: Environment,
): Promise<Result<KiteCredentials, CredentialProblem>> {
  return kiteCredentials(environment, kiteTokenFile(environment), root);
}
