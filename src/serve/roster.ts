import type { FileChange } from './catalogue.js';
import { claimsOf } from './claims.js';
import type { ServedPipeline } from './lane.js';

/** What is to be run, as all files together say. */
export interface Roster {
  /** By file; no name is there twice. */
  readonly served: ReadonlyMap<string, ServedPipeline>;
  /** Why files cannot be used as they are. */
  readonly refused: ReadonlyMap<string, string>;
}

/** Keeps what the files have said, each for itself, until all of it is put together. */
export interface Files {
  take(change: FileChange): void;
  /** What is to be run now, given what is. */
  roster(running: readonly ServedPipeline[]): Roster;
  has(file: string): boolean;
  /** Why what a file was run as is not to be run any more. */
  whyNot(file: string): string;
}

/** The files of a collector: the last version of each that could be read, and what is wrong with those that could not. */
export function openFiles(): Files {
  const known = new Set<string>();
  const wanted = new Map<string, ServedPipeline>();
  const broken = new Map<string, string>();
  return {
    take(change) {
      const { file } = change;
      if (change.kind === 'read' && change.read.kind === 'wrong') {
        known.add(file);
        broken.set(file, change.read.words);
        return;
      }
      broken.delete(file);
      wanted.delete(file);
      known.delete(file);
      if (change.kind === 'gone') return;
      known.add(file);
      if (change.read.kind === 'scheduled') wanted.set(file, change.read.pipeline);
    },

    roster(running) {
      const kept = new Map(running.filter(({ file }) => known.has(file)).map((pipeline) => [pipeline.file, pipeline]));
      const { served, clashes } = claimsOf(wanted, kept);
      const refused = new Map(broken);
      for (const [file, holder] of clashes) {
        const { name = '' } = wanted.get(file) ?? {};
        const words = `the name ${name} is that of ${holder} already; two runs of one name exclude each other`;
        if (!broken.has(file)) refused.set(file, words);
      }
      return { served, refused };
    },

    has: (file) => known.has(file),

    whyNot(file) {
      if (!known.has(file)) return 'the file is gone';
      const now = wanted.get(file);
      return now === undefined ? 'it has no schedule any more' : `${file} is called ${now.name} now`;
    },
  };
}
