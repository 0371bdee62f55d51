import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

import { systemClock } from '../core/time/clock.js';
import type { Clock } from '../core/time/clock.js';
import { second } from '../core/time/time.js';
import type { Duration } from '../core/time/time.js';
import { err, ok } from '../core/result.js';
import type { Result } from '../core/result.js';
import { humanizeDuration } from './format.js';
import { createProcessGroup } from './process-group.js';
import type { ProcessGroup } from './process-group.js';

/** A program to run with its arguments as they are, without a shell. */
export interface ProcessOptions {
  readonly command: readonly [string, ...string[]];
  /** The working directory; that of this process if absent. */
  readonly cwd?: string;
  /** The whole environment; that of this process if absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The text on standard input; if absent, standard input is empty. */
  readonly input?: string;
  /** The time limit; none if null. */
  readonly timeout: Duration | null;
  /** Terminates the process when it aborts. */
  readonly signal?: AbortSignal;
  /** Removes secrets from the output. */
  readonly redact?: (text: string) => string;
  /** The maximum length of each output; the beginning of a longer one is dropped. */
  readonly maxOutputChars?: number;
  /** Measures the time limit. */
  readonly clock?: Clock;
}

/** The end of a process. */
export type ProcessExit =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'timed-out'; readonly timeout: Duration }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'not-started'; readonly program: string; readonly code: string };

export interface ProcessResult {
  readonly exit: ProcessExit;
  readonly stdout: string;
  readonly stderr: string;
  /** Both outputs in the order of their arrival. */
  readonly output: string;
}

const defaultMaxOutputChars = 64 * 1024;

/** The time that a process group has to end after SIGTERM. */
const killGrace: Duration = 2 * second;

/** After the exit, outputs are closed when nothing has arrived for this time. */
const drainDelay: Duration = 200;

/** After the exit, outputs are closed after this time at the latest. */
const maxDrain: Duration = 2 * second;

/** A line that is part of an error message is cut to this length. */
const maxLineChars = 300;

/**
 * Runs a program in a process group of its own. Never rejects for anything the program does, and never waits much longer than
 * its time limit: the whole group is terminated, and killed after a grace period. A program that exits by itself may leave
 * children running.
 */
export async function runProcess(options: ProcessOptions): Promise<ProcessResult> {
  const { command, cwd, env, input, signal, timeout, clock = systemClock, redact = (text: string) => text } = options;
  const maxChars = options.maxOutputChars ?? defaultMaxOutputChars;
  const [stdout, stderr, output] = [createTail(maxChars), createTail(maxChars), createTail(maxChars)];
  const finish = (exit: ProcessExit): ProcessResult => ({
    exit,
    stdout: redact(stdout.text()),
    stderr: redact(stderr.text()),
    output: redact(output.text()),
  });
  // execa starts programs alike on all systems (`.cmd` files and search paths of Windows) and takes errors of closed pipes; time
  // limits, process groups and bounded output are done here, because orphaned children need more than it offers. Its 150 files
  // are loaded when the first program starts: most commands start none.
  const { execa } = await import('execa');
  if (signal?.aborted === true) return finish({ kind: 'cancelled' });
  const [program, ...args] = command;
  const child = execa(program, args, {
    ...(cwd === undefined || cwd === '' ? {} : { cwd }),
    ...(env === undefined ? {} : { env, extendEnv: false }),
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    stdout: 'pipe',
    stderr: 'pipe',
    reject: false,
    // The output is bounded below; execa would end a process that prints too much.
    buffer: false,
    detached: true,
  });
  for (const [stream, tail] of [
    [child.stdout, stdout],
    [child.stderr, stderr],
  ] as const) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      tail.add(text);
      output.add(text);
    });
  }
  const group = child.pid === undefined ? null : createProcessGroup(child.pid);
  const exited = new AbortController();
  child.once('exit', () => {
    exited.abort();
    closeWhenIdle(child.stdout, child.stderr);
  });
  const end = child.then((result) => toExit(result, redact(program)));
  const exit = await Promise.race([end, waitForStop({ timeout, signal, clock, exited: exited.signal })]);
  exited.abort();
  if (exit.kind === 'timed-out' || exit.kind === 'cancelled') {
    if (group !== null) await terminateGroup(group);
    // A killed process may hang in the kernel; its last output is not worth waiting for.
    await Promise.race([end, delay(2 * drainDelay, undefined, { ref: false })]);
  }
  group?.release();
  return finish(exit);
}

/**
 * Closes the outputs of an exited process when no more output arrives, or after a maximum time: children left running hold
 * them open, and may keep printing.
 */
function closeWhenIdle(...streams: readonly Readable[]): void {
  let received = 0;
  let remainingMs = maxDrain;
  for (const stream of streams) stream.on('data', () => received++);
  const check = (): void => {
    const before = received;
    remainingMs -= drainDelay;
    // A busy event loop runs timers before it reads pending output: look again after it has read.
    setImmediate(() => {
      if (received > before && remainingMs > 0) setTimeout(check, drainDelay).unref();
      else for (const stream of streams) stream.destroy();
    });
  };
  setTimeout(check, drainDelay).unref();
}

/** Returns an error for every end but exit code 0, with the last line that the program printed. */
export function checkExit({ exit, output }: ProcessResult): Result<void, string> {
  if (exit.kind === 'exited' && exit.code === 0) return ok(undefined);
  const problem = describeExit(exit);
  const line = lastLine(output);
  return err(line === '' ? problem : `${problem}: ${line}`);
}

function describeExit(exit: ProcessExit): string {
  switch (exit.kind) {
    case 'exited':
      return `exited with code ${String(exit.code)}`;
    case 'killed':
      return `was killed by ${exit.signal}`;
    case 'timed-out':
      return `timed out after ${humanizeDuration(exit.timeout)}`;
    case 'cancelled':
      return 'was cancelled';
    case 'not-started':
      return `cannot be started: ${describeStartError(exit)}`;
  }
}

function describeStartError({ program, code }: { readonly program: string; readonly code: string }): string {
  if (code === 'ENOENT') return `no program ${program}, or no such working directory`;
  return code === 'EACCES' ? `no permission to run ${program}` : `${code} (${program})`;
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim().slice(0, maxLineChars) ?? '';
}

interface StopConditions {
  readonly timeout: Duration | null;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
  readonly exited: AbortSignal;
}

/** Resolves when a process has to be terminated; never after it has exited. */
function waitForStop({ timeout, signal, clock, exited }: StopConditions): Promise<ProcessExit> {
  return new Promise((resolve) => {
    const cancel = (): void => resolve({ kind: 'cancelled' });
    signal?.addEventListener('abort', cancel, { once: true });
    exited.addEventListener('abort', () => signal?.removeEventListener('abort', cancel), { once: true });
    if (timeout === null) return;
    clock.sleepUntil(clock.now() + timeout, exited).then(
      () => resolve({ kind: 'timed-out', timeout }),
      () => undefined,
    );
  });
}

async function terminateGroup(group: ProcessGroup): Promise<void> {
  group.signal('SIGTERM');
  for (let waitedMs = 0; waitedMs < killGrace && group.isAlive(); waitedMs += 20) await delay(20);
  group.signal('SIGKILL');
}

interface ExecaResult {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly code?: string | undefined;
}

function toExit({ exitCode, signal, code }: ExecaResult, program: string): ProcessExit {
  if (exitCode !== undefined) return { kind: 'exited', code: exitCode };
  if (signal !== undefined) return { kind: 'killed', signal };
  return { kind: 'not-started', program, code: code ?? 'unknown error' };
}

/** Keeps the end of a text, from the beginning of a line. */
function createTail(maxChars: number): { add(text: string): void; text(): string } {
  let kept = '';
  let isTruncated = false;
  return {
    add(text) {
      kept += text;
      if (kept.length <= maxChars) return;
      kept = kept.slice(-maxChars);
      isTruncated = true;
    },
    text() {
      // A truncated line may begin within a secret, which no redaction would recognize.
      const start = isTruncated ? kept.indexOf('\n') + 1 : 0;
      return kept.slice(start);
    },
  };
}
