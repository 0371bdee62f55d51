import type { CommandEnvironment } from '../../run/execute-custom-steps.js';
import { findSecrets } from '../redaction.js';

/** All that commands of a user's own get of the environment; what else they need is said by their step. */
const passedVariables = ['PATH', 'HOME', 'TMPDIR', 'LANG'] as const;

/** The environment as commands see it, and what they must not give away. */
export function createCustomStepEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): CommandEnvironment {
  const passed: Record<string, string> = {};
  for (const name of passedVariables) {
    const value = environment[name];
    if (value !== undefined) passed[name] = value;
  }
  return { environment: passed, secrets: findSecrets(environment) };
}
