import type { FileChange } from './pipeline-watcher.js';
import { assignNames } from './assign-names.js';
import type { ScheduledPipeline } from './pipeline-runner.js';

/** The pipelines to run, derived from all files together. */
export interface ServedPipelines {
  /** By file; names are unique. */
  readonly served: ReadonlyMap<string, ScheduledPipeline>;
  /** Error messages by file. */
  readonly invalidFiles: ReadonlyMap<string, string>;
}

/** Collects the changes of single files and derives from them which pipelines to run. */
export interface ServedFiles {
  apply(change: FileChange): void;
  resolve(running: readonly ScheduledPipeline[]): ServedPipelines;
  has(file: string): boolean;
  /** Explains why the pipeline that a file defined is no longer run. */
  removalReason(file: string): string;
}

/** Keeps the last valid version of each file, and the errors of invalid files. */
export function createServedFiles(): ServedFiles {
  const known = new Set<string>();
  const scheduled = new Map<string, ScheduledPipeline>();
  const errors = new Map<string, string>();
  return {
    apply(change) {
      const { file } = change;
      if (change.kind === 'read' && change.read.kind === 'invalid') {
        known.add(file);
        errors.set(file, change.read.message);
        return;
      }
      errors.delete(file);
      scheduled.delete(file);
      known.delete(file);
      if (change.kind === 'removed') return;
      known.add(file);
      if (change.read.kind === 'scheduled') scheduled.set(file, change.read.pipeline);
    },

    resolve(running) {
      const current = new Map(
        running.filter(({ file }) => known.has(file)).map((pipeline) => [pipeline.file, pipeline]),
      );
      const { served, conflicts } = assignNames(scheduled, current);
      const invalidFiles = new Map(errors);
      for (const [file, owner] of conflicts) {
        const { name = '' } = scheduled.get(file) ?? {};
        const message = `the name ${name} is already used by ${owner}; choose another name`;
        if (!errors.has(file)) invalidFiles.set(file, message);
      }
      return { served, invalidFiles };
    },

    has: (file) => known.has(file),

    removalReason(file) {
      if (!known.has(file)) return 'its file was deleted';
      const now = scheduled.get(file);
      return now === undefined ? 'its schedule was removed' : `${file} is now named ${now.name}`;
    },
  };
}
