import { resolve } from 'node:path';

import { systemClock } from '../core/clock.js';
import type { Clock } from '../core/clock.js';
import type { Instant } from '../core/time.js';
import { colourPaint, plainPaint } from '../report/paint.js';
import type { Paint } from '../report/paint.js';
import { shiftedClock } from './shifted-clock.js';
import { wantsColor } from './wants-color.js';

/** How much a person wants to hear. */
export type Verbosity = 'quiet' | 'normal' | 'verbose' | 'debug';

/** The options that every command has. */
export interface GlobalOptions {
  readonly data: string;
  readonly lineage: string;
  readonly now: Instant | null;
  readonly verbosity: Verbosity;
  readonly color: boolean;
}

/** What a command may know of the world, and where its words go: answers to stdout, everything else to stderr. */
export interface Surroundings {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly dataFolder: string;
  readonly lineageFolder: string;
  /** The texts of the pipeline's files as a collector has accepted them; absent where the files themselves are meant. */
  readonly accepted?: ReadonlyMap<string, string>;
  readonly verbosity: Verbosity;
  /** Colours for stdout. */
  readonly paint: Paint;
  /** Colours for stderr. */
  readonly notePaint: Paint;
  /** Whether a person watches stderr, so that a line may be drawn over. */
  readonly live: boolean;
  readonly width: number;
  answer(text: string): void;
  json(document: unknown): void;
  /** Said unless `--quiet`. */
  note(text: string): void;
  /** Said always: errors. */
  complain(text: string): void;
}

export function surroundings(options: GlobalOptions): Surroundings {
  const { env: environment, stdout, stderr } = process;
  const base = systemClock;
  const noColor = options.color ? environment : { ...environment, NO_COLOR: '1' };
  return {
    clock: options.now === null ? base : shiftedClock(base, options.now - base.now()),
    environment,
    dataFolder: resolve(options.data),
    lineageFolder: resolve(options.lineage),
    verbosity: options.verbosity,
    paint: wantsColor(stdout, noColor) ? colourPaint : plainPaint,
    notePaint: wantsColor(stderr, noColor) ? colourPaint : plainPaint,
    live: stderr.isTTY && environment['TERM'] !== 'dumb' && options.verbosity === 'normal',
    // Windows are resized while a run goes on; a pipe has no width, and some terminals say 0.
    get width() {
      return stderr.columns > 0 ? stderr.columns : 80;
    },
    answer: (text) => stdout.write(text),
    json: (document) => stdout.write(`${JSON.stringify(document, null, 2)}\n`),
    note: (text) => {
      if (options.verbosity !== 'quiet') stderr.write(`${text}\n`);
    },
    complain: (text) => stderr.write(`${text}\n`),
  };
}
