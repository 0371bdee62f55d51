/** A location in a file, in UTF-16 offsets into its text. */
export interface Location {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** A problem in a file of the user, with a suggestion. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** A stable identifier of the kind of problem (`unknown-key`), for documentation and tests. */
  readonly code: string;
  readonly message: string;
  /** Absent only for problems without a location, such as a missing file. */
  readonly location?: Location;
  /** Other relevant locations: the first of two duplicates, the steps of a cycle. */
  readonly related?: readonly { readonly message: string; readonly location: Location }[];
  /** The text to write instead. */
  readonly suggestion?: string;
}
