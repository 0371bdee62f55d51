import type { Clock } from '../core/time/clock.js';
import type { Instant } from '../core/time/time.js';

/** The environment variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The folders of the lake and of the run records, as absolute paths. */
export interface Folders {
  readonly dataFolder: string;
  readonly lineageFolder: string;
}

/** The files of a pipeline's definition. */
export interface Definition {
  /** The texts that a collector has accepted, by path; absent when the files on disk are read. */
  readonly definition?: ReadonlyMap<string, string>;
}

/** The collector that started a run. */
export interface CollectorRun {
  /** The start of the collector; absent for a run of its own. */
  readonly collectorStart?: Instant;
}

/** The world outside as the wiring sees it. Functions take the parts that they use. */
export interface AppContext extends Folders, Definition, CollectorRun {
  readonly clock: Clock;
  readonly environment: Environment;
}
