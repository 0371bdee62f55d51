import type { RunOutcome } from '../run/execution.js';

/** The exit codes; documented in docs/reference/exit-codes.md and never changed. */
export const exitCode = {
  done: 0,
  unexpected: 1,
  usage: 2,
  someFailed: 3,
  provider: 4,
  checkFailed: 5,
  workToDo: 6,
  storage: 7,
  locked: 11,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** The exit code of a run that no signal has ended. */
export function toExitCode({ status, fatal }: Pick<RunOutcome, 'status' | 'fatal'>): ExitCode {
  if (fatal !== null) return exitCode.provider;
  switch (status) {
    case 'ok':
      return exitCode.done;
    case 'partial':
    case 'failed':
      return exitCode.someFailed;
    case 'cancelled':
      return exitCode.interrupted;
  }
}
