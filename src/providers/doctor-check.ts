/** One thing that was looked at when a source was examined, in words a user can act on. */
export interface DoctorCheck<Name extends string = string> {
  readonly name: Name;
  /** `unknown` where it could not be found out. */
  readonly status: 'yes' | 'no' | 'unknown';
  readonly message: string;
  /** What to do about it; empty where nothing has to be done. */
  readonly hint: string;
}

export function pass<Name extends string>(name: Name, message: string): DoctorCheck<Name> {
  return { name, status: 'yes', message, hint: '' };
}
