/** Wording of messages about one kind of file, and its size limit. */
export interface FileKind {
  /** With its article: `a pipeline file`. */
  readonly description: string;
  readonly maxBytes: number;
  /** Suggestion for a file that exceeds `maxBytes`. */
  readonly tooLargeHint: string;
}

/** A kind of file that is a single YAML document. */
export interface YamlFileKind extends FileKind {
  /** Without an article: `pipeline`. */
  readonly noun: string;
  /** All keys at the top level. */
  readonly keys: readonly string[];
  /** Typical keys: `name:` and `steps:`. */
  readonly exampleKeys: string;
  /** Suggestion for an empty file. */
  readonly emptyHint: string;
  /** Suggestion for a second document in the file. */
  readonly multipleDocumentsHint: string;
}
