import type { ScheduledPipeline } from './pipeline-runner.js';

/** A pipeline file that was read: what is due of it, or why it cannot be used; and the files that decided. */
export type ReadPipeline =
  | { readonly kind: 'scheduled'; readonly pipeline: ScheduledPipeline; readonly sourceFiles: readonly string[] }
  | { readonly kind: 'unscheduled'; readonly name: string; readonly sourceFiles: readonly string[] }
  | { readonly kind: 'wrong'; readonly message: string; readonly sourceFiles: readonly string[] };

/** Where pipelines come from. */
export interface PipelineFiles {
  /** The files there are now; more or fewer than before where a folder was named. */
  list(): Promise<readonly string[]>;
  read(file: string): Promise<ReadPipeline>;
  /** A text that changes whenever the file does; the same for every file that is not there. */
  fingerprint(file: string): Promise<string>;
}

/** What became of a file since the last look. */
export type FileChange =
  | { readonly kind: 'read'; readonly file: string; readonly read: ReadPipeline }
  | { readonly kind: 'gone'; readonly file: string };

/** Notices which pipelines were edited, and in what they include too. */
export interface PipelineWatcher {
  /** Reads every file. */
  readAll(): Promise<readonly FileChange[]>;
  /** Reads what has changed and is the same as at the look before: a file that is still being written waits. */
  poll(): Promise<readonly FileChange[]>;
}

interface WatchedFile {
  readonly sourceFiles: readonly string[];
  readonly fingerprint: string;
  /** The stamp at the last look, when it was another one. */
  readonly pending: string | null;
}

/** A catalogue of the pipeline files in one place. It asks for changes itself: watching depends on the file system. */
export function createPipelineWatcher(files: PipelineFiles): PipelineWatcher {
  const watchedFiles = new Map<string, WatchedFile>();

  const combineFingerprints = async (sourceFiles: readonly string[]): Promise<string> =>
    (await Promise.all(sourceFiles.map((file) => files.fingerprint(file)))).join('\n');

  const readNow = async (file: string): Promise<FileChange> => {
    const before = await files.fingerprint(file);
    const read = await files.read(file);
    const sourceFiles = [...new Set([file, ...read.sourceFiles])];
    const fingerprint = await combineFingerprints(sourceFiles);
    // Written while it was read: the next look takes it for changed.
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
      changes.push({ kind: 'gone', file });
    }
    for (const file of listed) {
      const change = await checkFile(file);
      if (change !== null) changes.push(change);
    }
    return changes;
  };

  return { readAll: poll, poll };
}
