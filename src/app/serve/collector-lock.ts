import type { Result } from '../../core/result.js';
import { acquireLock } from '../../lake/locks/lock.js';
import type { Lock, LockHeld } from '../../lake/locks/lock.js';
import type { AppContext } from '../context.js';
import { createRunId } from '../run/run-id.js';
import { commandLine } from '../this-program.js';

/** Allows one collector per lake: two would start the same runs. */
export function acquireCollectorLock({
  dataFolder: folder,
  clock,
}: Pick<AppContext, 'dataFolder' | 'clock'>): Promise<Result<Lock, LockHeld>> {
  const holder = { runId: createRunId(clock.now()), command: commandLine() };
  return acquireLock({ folder, target: { kind: 'collector' }, clock, holder, wait: null });
}
