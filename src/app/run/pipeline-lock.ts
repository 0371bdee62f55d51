import type { Result } from '../../core/result.js';
import type { Duration } from '../../core/time/time.js';
import { acquireLock } from '../../lake/locks/lock.js';
import type { Lock, LockHeld } from '../../lake/locks/lock.js';
import type { AppContext } from '../context.js';
import { commandLine } from '../this-program.js';

export interface PipelineLockOptions {
  readonly pipeline: string;
  readonly runId: string;
  /** The maximum wait for another run; null does not wait. */
  readonly wait: Duration | null;
  /** Called once when another run holds the lock, before the wait. */
  readonly onWait: (held: LockHeld) => void;
}

/** Locks a pipeline on this lake; the error names the run that holds the lock. */
export async function acquirePipelineLock(
  { pipeline, runId, wait, onWait }: PipelineLockOptions,
  { dataFolder: folder, clock }: Pick<AppContext, 'dataFolder' | 'clock'>,
): Promise<Result<Lock, LockHeld>> {
  const target = { kind: 'pipeline', pipeline } as const;
  const options = { folder, target, clock, holder: { runId, command: commandLine() } };
  const lock = await acquireLock({ ...options, wait: null });
  if (lock.ok || wait === null) return lock;
  onWait(lock.error);
  return acquireLock({ ...options, wait });
}
