import { resolve } from 'node:path';

import type { AppContext, Environment } from '../app/context.js';
import { systemClock } from '../core/time/clock.js';
import type { Clock } from '../core/time/clock.js';
import type { Duration, Instant } from '../core/time/time.js';
import { ansiStyle, plainStyle } from '../platform/style.js';
import type { ApplyStyle } from '../platform/style.js';

/** The amount of output on stderr. */
export type Verbosity = 'quiet' | 'normal' | 'verbose' | 'debug';

/** The options that every command has. */
export interface GlobalOptions {
  readonly data: string;
  readonly lineage: string;
  readonly now: Instant | null;
  readonly verbosity: Verbosity;
  readonly color: boolean;
}

/** A stream that a command writes to. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The streams and variables of the process; `process` is one. */
export interface Io {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Environment;
}

/** The terminal: results go to stdout, everything else to stderr. */
export interface Console {
  readonly verbosity: Verbosity;
  /** Styles text for stdout. */
  readonly style: ApplyStyle;
  /** Styles text for stderr. */
  readonly stderrStyle: ApplyStyle;
  /** True if stderr is a terminal on which lines can be drawn over. */
  readonly isInteractive: boolean;
  /** In columns. */
  readonly terminalWidth: number;
  /** Writes a result. */
  print(text: string): void;
  printJson(document: unknown): void;
  /** Writes a line to stderr unless `--quiet`. */
  info(text: string): void;
  /** Writes a line to stderr, also with `--quiet`. */
  error(text: string): void;
  /** Writes to stderr as it is, to draw over lines. */
  draw(text: string): void;
}

/** The context of a command: the terminal and the world outside. Functions below a command take the parts that they use. */
export interface CliContext extends AppContext, Console {}

export function createCliContext(options: GlobalOptions, { stdout, stderr, env }: Io): CliContext {
  const colorEnvironment = options.color ? env : { ...env, NO_COLOR: '1' };
  return {
    clock: options.now === null ? systemClock : createOffsetClock(systemClock, options.now - systemClock.now()),
    environment: env,
    dataFolder: resolve(options.data),
    lineageFolder: resolve(options.lineage),
    verbosity: options.verbosity,
    style: supportsColor(stdout, colorEnvironment) ? ansiStyle : plainStyle,
    stderrStyle: supportsColor(stderr, colorEnvironment) ? ansiStyle : plainStyle,
    isInteractive: stderr.isTTY === true && env['TERM'] !== 'dumb' && options.verbosity === 'normal',
    // Windows are resized during a run; a pipe has no width, and some terminals report 0.
    get terminalWidth() {
      return stderr.columns !== undefined && stderr.columns > 0 ? stderr.columns : 80;
    },
    print: (text) => void stdout.write(text),
    printJson: (document) => void stdout.write(`${JSON.stringify(document, null, 2)}\n`),
    info: (text) => {
      if (options.verbosity !== 'quiet') stderr.write(`${text}\n`);
    },
    error: (text) => void stderr.write(`${text}\n`),
    draw: (text) => void stderr.write(text),
  };
}

/** Decides by NO_COLOR and FORCE_COLOR, then by whether the stream is a terminal. */
function supportsColor(stream: Pick<OutputStream, 'isTTY'>, environment: Environment): boolean {
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0';
  return stream.isTTY === true && environment['TERM'] !== 'dumb';
}

/** Creates the clock of `--now`, which differs from another clock by a fixed amount. */
export function createOffsetClock(base: Clock, offset: Duration): Clock {
  return {
    now: () => base.now() + offset,
    sleepUntil: (instant, signal) => base.sleepUntil(instant - offset, signal),
  };
}
