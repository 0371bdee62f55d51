import { resolve } from 'node:path';

import { systemClock } from '../core/time/clock.js';
import type { Clock } from '../core/time/clock.js';
import type { Instant } from '../core/time/time.js';
import { ansiStyle, plainStyle } from '../platform/style.js';
import type { ApplyStyle } from '../platform/style.js';
import { createOffsetClock } from './offset-clock.js';
import { supportsColor } from './supports-color.js';

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
export interface CliContext {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly dataFolder: string;
  readonly lineageFolder: string;
  /** The texts of the pipeline's files as a collector has accepted them; absent where the files themselves are meant. */
  readonly definition?: ReadonlyMap<string, string>;
  readonly verbosity: Verbosity;
  /** Colours for stdout. */
  readonly style: ApplyStyle;
  /** Colours for stderr. */
  readonly stderrStyle: ApplyStyle;
  /** Whether a person watches stderr, so that a line may be drawn over. */
  readonly isInteractive: boolean;
  readonly terminalWidth: number;
  print(text: string): void;
  printJson(document: unknown): void;
  /** Said unless `--quiet`. */
  info(text: string): void;
  /** Said always: errors. */
  error(text: string): void;
}

export function createCliContext(options: GlobalOptions): CliContext {
  const { env: environment, stdout, stderr } = process;
  const base = systemClock;
  const colorEnvironment = options.color ? environment : { ...environment, NO_COLOR: '1' };
  return {
    clock: options.now === null ? base : createOffsetClock(base, options.now - base.now()),
    environment,
    dataFolder: resolve(options.data),
    lineageFolder: resolve(options.lineage),
    verbosity: options.verbosity,
    style: supportsColor(stdout, colorEnvironment) ? ansiStyle : plainStyle,
    stderrStyle: supportsColor(stderr, colorEnvironment) ? ansiStyle : plainStyle,
    isInteractive: stderr.isTTY && environment['TERM'] !== 'dumb' && options.verbosity === 'normal',
    // Windows are resized while a run goes on; a pipe has no width, and some terminals say 0.
    get terminalWidth() {
      return stderr.columns > 0 ? stderr.columns : 80;
    },
    print: (text) => stdout.write(text),
    printJson: (document) => stdout.write(`${JSON.stringify(document, null, 2)}\n`),
    info: (text) => {
      if (options.verbosity !== 'quiet') stderr.write(`${text}\n`);
    },
    error: (text) => stderr.write(`${text}\n`),
  };
}
