import type { CommandSurroundings } from '../run/own-steps.js';
import { secretsOf } from './secrets.js';

/** All that commands of a user's own get of the environment; what else they need is said by their step. */
const handedOn = ['PATH', 'HOME', 'TMPDIR', 'LANG'] as const;

/** The environment as commands see it, and what they must not give away. */
export function commandSurroundings(environment: Readonly<Record<string, string | undefined>>): CommandSurroundings {
  const known: Record<string, string> = {};
  for (const name of handedOn) {
    const value = environment[name];
    if (value !== undefined) known[name] = value;
  }
  return { environment: known, secrets: secretsOf(environment) };
}
