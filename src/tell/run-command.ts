import { setTimeout as setTimeoutPromise } from 'node:timers/promises';

import { execa } from 'execa';

import type { Duration } from '../core/time.js';
import { durationText } from '../core/words.js';
import { commandGroup } from './command-group.js';
import type { CommandGroup } from './command-group.js';

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

/** How long a command that was asked to end may take to do so, with everything that it has started. */
const farewell: Duration = 1_000;

/** How long what it said may take to arrive after its end: children that it leaves behind may hold its outputs open. */
const echo: Duration = 200;

/**
 * Runs a program with its arguments as they are: no shell reads them. Never throws for anything the program does, and never
 * waits much longer than its time. One that is ended is ended with everything that it has started; one that ends by itself
 * may leave something behind.
 */
export async function runCommand({ command, timeout, input, signal }: CommandCall): Promise<CommandEnd> {
  if (signal.aborted) return { problem: givenUp, output: '' };
  const [program, ...words] = command;
  const child = execa(program, words, {
    input,
    reject: false,
    all: true,
    // What it says is taken below: a command that says much is not to be ended for it.
    buffer: false,
    // A group of its own, so that it can be ended with all its children.
    detached: true,
  });
  let output = '';
  child.all.on('data', (chunk: unknown) => {
    if (output.length < mostOutput) output = `${output}${String(chunk)}`.slice(0, mostOutput);
  });
  const group = child.pid === undefined ? null : commandGroup(child.pid);
  const over = new AbortController();
  child.once('exit', () => {
    over.abort();
    setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, echo).unref();
  });
  const ended = await Promise.race([child, reasonToEnd(timeout, signal, over.signal)]);
  over.abort();
  if (typeof ended === 'string' && group !== null) await endWhole(group);
  group?.letGo();
  return { problem: typeof ended === 'string' ? ended : problemOf(ended), output: output.trim() };
}

const givenUp = 'was given up';

/** Resolves when a command is to be ended, with why; never once it is over. */
function reasonToEnd(timeout: Duration, signal: AbortSignal, over: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(`took longer than ${durationText(timeout)}`);
    }, timeout);
    const cancel = (): void => {
      resolve(givenUp);
    };
    signal.addEventListener('abort', cancel, { once: true });
    const leave = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    };
    over.addEventListener('abort', leave, { once: true });
  });
}

async function endWhole(group: CommandGroup): Promise<void> {
  group.signal('SIGTERM');
  for (let waited = 0; waited < farewell && group.isThere(); waited += 20) await setTimeoutPromise(20);
  group.signal('SIGKILL');
}

/** What is wrong with how a command ended by itself; null when nothing is. */
function problemOf({ failed, exitCode, signal, code }: Ended): string | null {
  if (exitCode === 0 || !failed) return null;
  if (exitCode !== undefined) return `ended with ${exitCode}`;
  if (signal !== undefined) return `was ended by ${signal}`;
  return `cannot be run: ${code ?? 'for an unknown reason'}`;
}

interface Ended {
  readonly failed: boolean;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly code?: string | undefined;
}

/** The last thing a command said, which is most likely to say why it failed. */
export function lastLine(output: string): string {
  return (output.split('\n').at(-1) ?? '').slice(0, 200);
}
