/** One thing that was looked at when a source was examined, in words a user can act on. */
export interface Finding<Name extends string = string> {
  readonly name: Name;
  /** `unknown` where it could not be found out. */
  readonly ok: 'yes' | 'no' | 'unknown';
  readonly says: string;
  /** What to do about it; empty where nothing has to be done. */
  readonly remedy: string;
}

export function fine<Name extends string>(name: Name, says: string): Finding<Name> {
  return { name, ok: 'yes', says, remedy: '' };
}
