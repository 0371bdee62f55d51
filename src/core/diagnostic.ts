/** A place in a file: byte-free, in UTF-16 offsets, so that an excerpt can be cut from the text that was read. */
export interface Location {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** Something wrong with what the user wrote, and what to write instead. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** A stable word for the kind of problem (`unknown-key`), for documentation and tests. */
  readonly code: string;
  readonly message: string;
  /** Where; absent only for problems that have no place, such as a file that is not there. */
  readonly location?: Location;
  /** Other places that matter: the first of two duplicates, the steps of a cycle. */
  readonly related?: readonly { readonly message: string; readonly location: Location }[];
  /** What to write instead. */
  readonly suggestion?: string;
}
