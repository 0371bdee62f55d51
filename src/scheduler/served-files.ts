import type { FileChange } from './pipeline-watcher.js';
import { assignNames } from './assign-names.js';
import type { ScheduledPipeline } from './pipeline-runner.js';

/** What is to be run, as all files together say. */
export interface ServedPipelines {
  /** By file; no name is there twice. */
  readonly served: ReadonlyMap<string, ScheduledPipeline>;
  /** Why files cannot be used as they are. */
  readonly invalidFiles: ReadonlyMap<string, string>;
}

/** Keeps what the files have said, each for itself, until all of it is put together. */
export interface ServedFiles {
  apply(change: FileChange): void;
  /** What is to be run now, given what is. */
  resolve(running: readonly ScheduledPipeline[]): ServedPipelines;
  has(file: string): boolean;
  /** Why what a file was run as is not to be run any more. */
  removalReason(file: string): string;
}

/** The files of a collector: the last version of each that could be read, and what is wrong with those that could not. */
export function createServedFiles(): ServedFiles {
  const known = new Set<string>();
  const scheduled = new Map<string, ScheduledPipeline>();
  const unreadable = new Map<string, string>();
  return {
    apply(change) {
      const { file } = change;
      if (change.kind === 'read' && change.read.kind === 'wrong') {
        known.add(file);
        unreadable.set(file, change.read.message);
        return;
      }
      unreadable.delete(file);
      scheduled.delete(file);
      known.delete(file);
      if (change.kind === 'gone') return;
      known.add(file);
      if (change.read.kind === 'scheduled') scheduled.set(file, change.read.pipeline);
    },

    resolve(running) {
      const current = new Map(
        running.filter(({ file }) => known.has(file)).map((pipeline) => [pipeline.file, pipeline]),
      );
      const { served, conflicts } = assignNames(scheduled, current);
      const invalidFiles = new Map(unreadable);
      for (const [file, owner] of conflicts) {
        const { name = '' } = scheduled.get(file) ?? {};
        const message = `the name ${name} is that of ${owner} already; two runs of one name exclude each other`;
        if (!unreadable.has(file)) invalidFiles.set(file, message);
      }
      return { served, invalidFiles };
    },

    has: (file) => known.has(file),

    removalReason(file) {
      if (!known.has(file)) return 'the file is gone';
      const now = scheduled.get(file);
      return now === undefined ? 'it has no schedule any more' : `${file} is called ${now.name} now`;
    },
  };
}
