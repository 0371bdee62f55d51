import { resolve } from 'node:path';

import type { AppContext, Environment } from '../app/context.js';
import { allowOutsideVariable } from '../app/pipeline/project-folder.js';
import { createOffsetClock, systemClock } from '../core/time/clock.js';
import type { Instant } from '../core/time/time.js';
import { ansiStyle, plainStyle } from '../platform/style.js';
import type { ApplyStyle } from '../platform/style.js';
import { formatJson } from '../platform/text/escape.js';
import { escapeForTerminal, writeAll } from './terminal.js';
import type { OutputStream } from './terminal.js';

/** The amount of output on stderr. */
export type Verbosity = 'quiet' | 'normal' | 'verbose' | 'debug';

/** The options that every command has. */
export interface GlobalOptions {
  readonly data: string;
  readonly lineage: string;
  readonly now: Instant | null;
  readonly verbosity: Verbosity;
  readonly color: boolean;
  /** Pipelines may name files outside their project. */
  readonly allowsOutside: boolean;
}

/** The streams and variables of the process; `process` is one. */
export interface Io {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Environment;
}

/**
 * The terminal: results go to stdout, everything else to stderr. Whatever a text contains, no character of it controls the
 * terminal, except the styles of this program.
 */
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
  /** Writes a document as one line of JSON. */
  printJsonLine(document: unknown): void;
  /**
   * Writes a part of a long result and waits until the stream takes more; false if nothing reads it any more. `unescaped` text
   * reaches a file or a program as it is, and a terminal escaped.
   */
  write(text: string, options?: { readonly unescaped?: boolean }): Promise<boolean>;
  /** Writes a line to stderr unless `--quiet`. */
  info(text: string): void;
  /** Writes a line to stderr, also with `--quiet`. */
  error(text: string): void;
  /** Writes text to stderr over the last lines. */
  draw(linesAbove: number, text: string): void;
}

/** The context of a command: the terminal and the world outside. Functions below a command take the parts that they use. */
export interface CliContext extends AppContext, Console {}

export function createCliContext(options: GlobalOptions, { stdout, stderr, env }: Io): CliContext {
  const colorEnvironment = options.color ? env : { ...env, NO_COLOR: '1' };
  const stdoutHasColor = supportsColor(stdout, colorEnvironment);
  const stderrHasColor = supportsColor(stderr, colorEnvironment);
  const printError = (text: string): void => void stderr.write(escapeForTerminal(text, stderrHasColor));
  return {
    clock: options.now === null ? systemClock : createOffsetClock(systemClock, options.now - systemClock.now()),
    environment: options.allowsOutside ? { ...env, [allowOutsideVariable]: '1' } : env,
    dataFolder: resolve(options.data),
    lineageFolder: resolve(options.lineage),
    verbosity: options.verbosity,
    style: stdoutHasColor ? ansiStyle : plainStyle,
    stderrStyle: stderrHasColor ? ansiStyle : plainStyle,
    isInteractive: stderr.isTTY === true && env['TERM'] !== 'dumb' && options.verbosity === 'normal',
    // Windows are resized during a run; a pipe has no width, and some terminals report 0.
    get terminalWidth() {
      return stderr.columns !== undefined && stderr.columns > 0 ? stderr.columns : 80;
    },
    print: (text) => void stdout.write(escapeForTerminal(text, stdoutHasColor)),
    printJson: (document) => void stdout.write(`${formatJson(document, 2)}\n`),
    printJsonLine: (document) => void stdout.write(`${formatJson(document)}\n`),
    write: (text, { unescaped = false } = {}) =>
      writeAll(stdout, unescaped && stdout.isTTY !== true ? text : escapeForTerminal(text, stdoutHasColor)),
    info: (text) => {
      if (options.verbosity !== 'quiet') printError(`${text}\n`);
    },
    error: (text) => {
      printError(`${text}\n`);
    },
    draw: (linesAbove, text) => {
      // The terminal shows ^C at the cursor: the text starts at the beginning of the line.
      const start = stderr.isTTY === true ? '\r' : '';
      const erase = linesAbove === 0 ? '' : `\u001b[${String(linesAbove)}A\u001b[0J`;
      stderr.write(`${start}${erase}${escapeForTerminal(text, stderrHasColor)}`);
    },
  };
}

/** Decides by NO_COLOR and FORCE_COLOR, then by whether the stream is a terminal. */
function supportsColor(stream: Pick<OutputStream, 'isTTY'>, environment: Environment): boolean {
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0';
  return stream.isTTY === true && environment['TERM'] !== 'dumb';
}
