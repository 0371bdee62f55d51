/** The result of one check of `pipe doctor`. */
export interface DoctorCheck<Name extends string = string> {
  readonly name: Name;
  /** `unknown` if the check itself could not be made. */
  readonly status: 'ok' | 'failed' | 'unknown';
  readonly message: string;
  /** The next step for the user; empty if there is none. */
  readonly hint: string;
}

export function pass<Name extends string>(name: Name, message: string): DoctorCheck<Name> {
  return { name, status: 'ok', message, hint: '' };
}
