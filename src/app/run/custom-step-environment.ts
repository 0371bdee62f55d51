import type { CommandEnvironment } from '../../run/execution.js';
import type { Environment } from '../context.js';
import { findSecrets } from '../redaction.js';

/** The variables that every custom command gets; a step names further ones. */
const passedVariables = ['PATH', 'HOME', 'TMPDIR', 'LANG'] as const;

/** The environment of custom commands, and the secrets to redact from their output. */
export function createCustomStepEnvironment(environment: Environment): CommandEnvironment {
  const passed: Record<string, string> = {};
  for (const name of passedVariables) {
    const value = environment[name];
    if (value !== undefined) passed[name] = value;
  }
  return { environment: passed, secrets: findSecrets(environment) };
}
