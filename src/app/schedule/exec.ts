import { execFile } from 'node:child_process';

import { getErrorCode } from '../../lake/lake-error.js';

/** What a program of the system said, and its exit code; `absent` where it is not on this machine. */
export interface ExecResult {
  readonly code: number | 'absent';
  readonly stdout: string;
  readonly stderr: string;
}

/** Calls a program of the system and waits for its end. */
export function execProgram(program: string, args: readonly string[], input = ''): Promise<ExecResult> {
  return new Promise((resolve) => {
    const child = execFile(program, [...args], (error, stdout, stderr) => {
      if (getErrorCode(error) === 'ENOENT') resolve({ code: 'absent', stdout, stderr });
      else resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr });
    });
    // A program that takes no input may be gone before it is written.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
