/** What telling needs of a file system. */
export interface FileStore {
  /** Readers see the old content or the new, never a part; makes the folder. */
  replace(path: string, text: string): Promise<void>;
  /** The whole file; null when there is none. */
  read(path: string): Promise<string | null>;
  /** The names in a folder, in no order; none when there is no such folder. */
  list(path: string): Promise<readonly string[]>;
}
