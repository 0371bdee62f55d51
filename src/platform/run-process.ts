import { setTimeout as setTimeoutPromise } from 'node:timers/promises';

import { execa } from 'execa';

import type { Duration } from '../core/time/time.js';
import { humanizeDuration } from './format.js';
import { createProcessGroup } from './process-group.js';
import type { ProcessGroup } from './process-group.js';

/** A command to run, and for how long at most. */
export interface ProcessOptions {
  readonly command: readonly [string, ...string[]];
  readonly timeout: Duration;
  /** What it reads from its standard input. */
  readonly input: string;
  /** When it aborts, the command is ended. */
  readonly signal: AbortSignal;
}

/** How a command ended: null when well, else why not; and what it said, to either output. */
export interface ProcessResult {
  readonly problem: string | null;
  readonly output: string;
}

/** More than this of what a command says is nobody's to keep. */
const maxOutputChars = 16 * 1024;

/** How long a command that was asked to end may take to do so, with everything that it has started. */
const killGrace: Duration = 1_000;

/** How long what it said may take to arrive after its end: children that it leaves behind may hold its outputs open. */
const drainDelay: Duration = 200;

/**
 * Runs a program with its arguments as they are: no shell reads them. Never throws for anything the program does, and never
 * waits much longer than its time. One that is ended is ended with everything that it has started; one that ends by itself
 * may leave something behind.
 */
export async function runProcess({ command, timeout, input, signal }: ProcessOptions): Promise<ProcessResult> {
  if (signal.aborted) return { problem: cancelledProblem, output: '' };
  const [program, ...args] = command;
  const child = execa(program, args, {
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
    if (output.length < maxOutputChars) output = `${output}${String(chunk)}`.slice(0, maxOutputChars);
  });
  const group = child.pid === undefined ? null : createProcessGroup(child.pid);
  const finished = new AbortController();
  child.once('exit', () => {
    finished.abort();
    setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, drainDelay).unref();
  });
  const result = await Promise.race([child, stopReason(timeout, signal, finished.signal)]);
  finished.abort();
  if (typeof result === 'string' && group !== null) await killGroup(group);
  group?.release();
  return { problem: typeof result === 'string' ? result : describeExit(result), output: output.trim() };
}

const cancelledProblem = 'was given up';

/** Resolves when a command is to be ended, with why; never once it is over. */
function stopReason(timeout: Duration, signal: AbortSignal, finished: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(`took longer than ${humanizeDuration(timeout)}`);
    }, timeout);
    const cancel = (): void => {
      resolve(cancelledProblem);
    };
    signal.addEventListener('abort', cancel, { once: true });
    const cleanUp = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    };
    finished.addEventListener('abort', cleanUp, { once: true });
  });
}

async function killGroup(group: ProcessGroup): Promise<void> {
  group.signal('SIGTERM');
  for (let waitedMs = 0; waitedMs < killGrace && group.isAlive(); waitedMs += 20) await setTimeoutPromise(20);
  group.signal('SIGKILL');
}

/** What is wrong with how a command ended by itself; null when nothing is. */
function describeExit({ failed, exitCode, signal, code }: ExitState): string | null {
  if (exitCode === 0 || !failed) return null;
  if (exitCode !== undefined) return `ended with ${exitCode}`;
  if (signal !== undefined) return `was ended by ${signal}`;
  return `cannot be run: ${code ?? 'for an unknown reason'}`;
}

interface ExitState {
  readonly failed: boolean;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly code?: string | undefined;
}

/** The last thing a command said, which is most likely to say why it failed. */
export function lastLine(output: string): string {
  return (output.split('\n').at(-1) ?? '').slice(0, 200);
}
