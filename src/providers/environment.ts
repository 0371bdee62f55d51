import { err } from '../core/result.js';
import type { Result } from '../core/result.js';

/** The variables that a process was started with. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** A variable that cannot be read, and what to write instead. */
export interface InvalidVariable {
  readonly name: string;
  readonly message: string;
}

/** What a variable says; null when it is not set or holds nothing. */
export function readVariable(environment: EnvironmentVariables, name: string): string | null {
  const text = environment[name]?.trim() ?? '';
  return text === '' ? null : text;
}

export function invalidVariable(name: string, message: string): Result<never, InvalidVariable> {
  return err({ name, message });
}
