import { err } from '../core/result.js';
import type { Result } from '../core/result.js';

export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** A variable with an invalid value; the message says which values are valid. */
export interface InvalidVariable {
  readonly name: string;
  readonly message: string;
}

/**
 * The value of a variable; null if it is unset or blank. Files of variables for `G6_` collectors have comments at the end of
 * lines, which some loaders keep as part of the value.
 */
export function readVariable(environment: EnvironmentVariables, name: string): string | null {
  const value = environment[name] ?? '';
  const text = (name.startsWith('G6_') ? value.replace(/(?:^|\s)#.*$/s, '') : value).trim();
  return text === '' ? null : text;
}

export function invalidVariable(name: string, message: string): Result<never, InvalidVariable> {
  return err({ name, message });
}
