/** What a file is for, in the words of messages, and how large it may be. */
export interface FileKind {
  /** `a pipeline file` */
  readonly name: string;
  readonly mostBytes: number;
  /** What to do about one that is larger. */
  readonly whenTooLarge: string;
}

/** A kind of file that is one YAML document. */
export interface YamlKind extends FileKind {
  /** `pipeline` */
  readonly noun: string;
  /** Its first keys: `name:` and `steps:`. */
  readonly keys: string;
  /** What to do about a file that says nothing. */
  readonly whenEmpty: string;
  /** What to do about a second document. */
  readonly whenSeveral: string;
}
