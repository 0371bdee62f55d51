import { omitUndefined } from '../../platform/omit-undefined.js';
import { runProcess } from '../../platform/process.js';
import type { ProcessResult } from '../../platform/process.js';

/** Runs a program of the operating system and waits for its exit. */
export function runSystemProgram(program: string, args: readonly string[], input?: string): Promise<ProcessResult> {
  return runProcess({
    command: [program, ...args],
    ...omitUndefined({ input }),
    timeout: null,
    // A crontab is read, edited and written back: it must never be truncated.
    maxOutputChars: Infinity,
  });
}

export function isSuccess({ exit }: ProcessResult): boolean {
  return exit.kind === 'exited' && exit.code === 0;
}

export function isNotInstalled({ exit }: ProcessResult): boolean {
  return exit.kind === 'not-started' && exit.code === 'ENOENT';
}
