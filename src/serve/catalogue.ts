import type { ServedPipeline } from './lane.js';

/** A pipeline file that was read: what is due of it, or why it cannot be used; and the files that decided. */
export type ReadPipeline =
  | { readonly kind: 'scheduled'; readonly pipeline: ServedPipeline; readonly reads: readonly string[] }
  | { readonly kind: 'unscheduled'; readonly name: string; readonly reads: readonly string[] }
  | { readonly kind: 'wrong'; readonly words: string; readonly reads: readonly string[] };

/** Where pipelines come from. */
export interface PipelineFiles {
  /** The files there are now; more or fewer than before where a folder was named. */
  list(): Promise<readonly string[]>;
  read(file: string): Promise<ReadPipeline>;
  /** A text that changes whenever the file does; the same for every file that is not there. */
  stamp(file: string): Promise<string>;
}

/** What became of a file since the last look. */
export type FileChange =
  | { readonly kind: 'read'; readonly file: string; readonly read: ReadPipeline }
  | { readonly kind: 'gone'; readonly file: string };

/** Notices which pipelines were edited, and in what they include too. */
export interface Catalogue {
  /** Reads every file. */
  open(): Promise<readonly FileChange[]>;
  /** Reads what has changed and is the same as at the look before: a file that is still being written waits. */
  look(): Promise<readonly FileChange[]>;
}

interface Entry {
  readonly reads: readonly string[];
  readonly stamp: string;
  /** The stamp at the last look, when it was another one. */
  readonly pending: string | null;
}

/** A catalogue of the pipeline files in one place. It asks for changes itself: watching depends on the file system. */
export function catalogue(files: PipelineFiles): Catalogue {
  const entries = new Map<string, Entry>();

  const stampOf = async (reads: readonly string[]): Promise<string> =>
    (await Promise.all(reads.map((file) => files.stamp(file)))).join('\n');

  const readNow = async (file: string): Promise<FileChange> => {
    const before = await files.stamp(file);
    const read = await files.read(file);
    const reads = [...new Set([file, ...read.reads])];
    const stamp = await stampOf(reads);
    // Written while it was read: the next look takes it for changed.
    entries.set(file, { reads, stamp: stamp.startsWith(before) ? stamp : '', pending: null });
    return { kind: 'read', file, read };
  };

  const lookAt = async (file: string): Promise<FileChange | null> => {
    const entry = entries.get(file);
    if (entry === undefined) return readNow(file);
    const stamp = await stampOf(entry.reads);
    if (stamp === entry.stamp) {
      if (entry.pending !== null) entries.set(file, { ...entry, pending: null });
      return null;
    }
    if (stamp === entry.pending) return readNow(file);
    entries.set(file, { ...entry, pending: stamp });
    return null;
  };

  const look = async (): Promise<readonly FileChange[]> => {
    const changes: FileChange[] = [];
    const listed = await files.list();
    for (const file of [...entries.keys()].filter((known) => !listed.includes(known))) {
      entries.delete(file);
      changes.push({ kind: 'gone', file });
    }
    for (const file of listed) {
      const change = await lookAt(file);
      if (change !== null) changes.push(change);
    }
    return changes;
  };

  return { open: look, look };
}
