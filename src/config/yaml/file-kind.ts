/** What a file is for, in the words of messages, and how large it may be. */
export interface FileKind {
  /** `a pipeline file` */
  readonly description: string;
  readonly maxBytes: number;
  /** What to do about one that is larger. */
  readonly tooLargeHint: string;
}

/** A kind of file that is one YAML document. */
export interface YamlFileKind extends FileKind {
  /** `pipeline` */
  readonly noun: string;
  /** Its first keys: `name:` and `steps:`. */
  readonly exampleKeys: string;
  /** What to do about a file that says nothing. */
  readonly emptyHint: string;
  /** What to do about a second document. */
  readonly multipleDocumentsHint: string;
}
