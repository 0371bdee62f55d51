import type { ScheduledPipeline } from './pipeline-runner.js';

/** The content of a pipeline file, and the files that it was read from. */
export type ReadPipeline =
  | { readonly kind: 'scheduled'; readonly pipeline: ScheduledPipeline; readonly sourceFiles: readonly string[] }
  | { readonly kind: 'unscheduled'; readonly name: string; readonly sourceFiles: readonly string[] }
  | { readonly kind: 'invalid'; readonly message: string; readonly sourceFiles: readonly string[] };

/** Access to pipeline files. */
export interface PipelineFiles {
  /** Lists the files; the result changes with the content of the folders that were named. */
  list(): Promise<readonly string[]>;
  read(file: string): Promise<ReadPipeline>;
  /** A text that changes whenever the file does; the same for all absent files. */
  fingerprint(file: string): Promise<string>;
}

/** A change of a file since the last poll. */
export type FileChange =
  | { readonly kind: 'read'; readonly file: string; readonly read: ReadPipeline }
  | { readonly kind: 'removed'; readonly file: string };

/** Detects edits of pipeline files and of the files that they include. */
export interface PipelineWatcher {
  readAll(): Promise<readonly FileChange[]>;
  /** Reads files that changed and were stable since the poll before, so that a file in mid-save is not read. */
  poll(): Promise<readonly FileChange[]>;
}

interface WatchedFile {
  readonly sourceFiles: readonly string[];
  readonly fingerprint: string;
  /** The fingerprint at the last poll if it differed; null otherwise. */
  readonly pending: string | null;
}

/** Creates a watcher that polls: notifications of the operating system do not work on every file system. */
export function createPipelineWatcher(files: PipelineFiles): PipelineWatcher {
  const watchedFiles = new Map<string, WatchedFile>();

  const combineFingerprints = async (sourceFiles: readonly string[]): Promise<string> =>
    (await Promise.all(sourceFiles.map((file) => files.fingerprint(file)))).join('\n');

  const readNow = async (file: string): Promise<FileChange> => {
    const before = await files.fingerprint(file);
    const read = await files.read(file);
    const sourceFiles = [...new Set([file, ...read.sourceFiles])];
    const fingerprint = await combineFingerprints(sourceFiles);
    // A file that was written during the read counts as changed at the next poll.
    watchedFiles.set(file, {
      sourceFiles,
      fingerprint: fingerprint.startsWith(before) ? fingerprint : '',
      pending: null,
    });
    return { kind: 'read', file, read };
  };

  const checkFile = async (file: string): Promise<FileChange | null> => {
    const watchedFile = watchedFiles.get(file);
    if (watchedFile === undefined) return readNow(file);
    const fingerprint = await combineFingerprints(watchedFile.sourceFiles);
    if (fingerprint === watchedFile.fingerprint) {
      if (watchedFile.pending !== null) watchedFiles.set(file, { ...watchedFile, pending: null });
      return null;
    }
    if (fingerprint === watchedFile.pending) return readNow(file);
    watchedFiles.set(file, { ...watchedFile, pending: fingerprint });
    return null;
  };

  const poll = async (): Promise<readonly FileChange[]> => {
    const changes: FileChange[] = [];
    const listed = await files.list();
    for (const file of [...watchedFiles.keys()].filter((known) => !listed.includes(known))) {
      watchedFiles.delete(file);
      changes.push({ kind: 'removed', file });
    }
    for (const file of listed) {
      const change = await checkFile(file);
      if (change !== null) changes.push(change);
    }
    return changes;
  };

  return { readAll: poll, poll };
}
