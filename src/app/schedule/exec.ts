import { omitUndefined } from '../../platform/omit-undefined.js';
import { runProcess } from '../../platform/process.js';

/** The output of a program of the operating system, and its exit code; `absent` if the program is not installed. */
export interface ExecResult {
  readonly code: number | 'absent';
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of the operating system and waits for its exit. */
export async function execProgram(program: string, args: readonly string[], input?: string): Promise<ExecResult> {
  const { exit, stdout, stderr } = await runProcess({
    command: [program, ...args],
    ...omitUndefined({ input }),
    timeout: null,
    // A crontab is read, edited and written back: it must never be truncated.
    maxOutputChars: Infinity,
  });
  if (exit.kind === 'not-started' && exit.code === 'ENOENT') return { code: 'absent', stdout, stderr };
  return { code: exit.kind === 'exited' ? exit.code : 1, stdout, stderr };
}
