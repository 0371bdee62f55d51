import { execa } from 'execa';

import type { Duration } from '../core/time.js';
import { durationText } from '../core/words.js';

/** A command to run, and for how long at most. */
export interface CommandCall {
  readonly command: readonly [string, ...string[]];
  readonly timeout: Duration;
  /** What it reads from its standard input. */
  readonly input: string;
  /** When it aborts, the command is ended. */
  readonly signal: AbortSignal;
}

/** How a command ended: null when well, else why not; and what it said, to either output. */
export interface CommandEnd {
  readonly problem: string | null;
  readonly output: string;
}

/** More than this of what a command says is nobody's to keep. */
const mostOutput = 16 * 1024;

/** How long a command that was asked to end may take to do so. */
const farewell: Duration = 1_000;

/**
 * Runs a program with its arguments as they are: no shell reads them. Never throws for anything the program does, and
 * never waits much longer than its time, even for children that it leaves behind with its outputs open.
 */
export async function runCommand({ command, timeout, input, signal }: CommandCall): Promise<CommandEnd> {
  const [program, ...words] = command;
  const child = execa(program, words, {
    input,
    timeout,
    cancelSignal: signal,
    forceKillAfterDelay: farewell,
    reject: false,
    all: true,
    // What it says is taken below: a command that says much is not to be ended for it.
    buffer: false,
  });
  let output = '';
  child.all.on('data', (chunk: unknown) => {
    if (output.length < mostOutput) output = `${output}${String(chunk)}`.slice(0, mostOutput);
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(
      () => {
        resolve(null);
      },
      timeout + 2 * farewell,
    );
  });
  const ended = await Promise.race([child, late]);
  clearTimeout(timer);
  if (ended === null) child.all.destroy();
  const said = output.trim();
  if (ended === null || ended.timedOut) return { problem: `took longer than ${durationText(timeout)}`, output: said };
  if (!ended.failed) return { problem: null, output: said };
  if (ended.isCanceled) return { problem: 'was given up', output: said };
  if (ended.exitCode !== undefined) return { problem: `ended with ${ended.exitCode}`, output: said };
  if (ended.signal !== undefined) return { problem: `was ended by ${ended.signal}`, output: said };
  return { problem: `cannot be run: ${ended.code ?? 'for an unknown reason'}`, output: said };
}

/** The last thing a command said, which is most likely to say why it failed. */
export function lastLine(output: string): string {
  return (output.split('\n').at(-1) ?? '').slice(0, 200);
}
