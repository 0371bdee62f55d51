import { existsSync } from 'node:fs';

import { err, ok } from '../core/result.js';
import type { Result } from '../core/result.js';
import { acquireLock } from '../lake/locks/lock.js';
import type { LockHeld } from '../lake/locks/lock.js';
import type { AppContext } from './context.js';
import { createRunId } from './run/run-id.js';
import { commandLine } from './this-program.js';

/**
 * Does work on a whole lake under its lock: a repair runs alone, maintenance runs beside runs but not beside a repair. The error
 * names the process that prevents it.
 */
export async function withLakeLock<T>(
  kind: 'maintenance' | 'repair',
  { dataFolder: folder, clock }: Pick<AppContext, 'dataFolder' | 'clock'>,
  work: () => Promise<T>,
): Promise<Result<T, LockHeld>> {
  // A lock would create the lake.
  if (!existsSync(folder)) return ok(await work());
  const holder = { runId: createRunId(clock.now()), command: commandLine() };
  const lock = await acquireLock({ folder, target: { kind }, clock, holder, wait: null });
  if (!lock.ok) return err(lock.error);
  try {
    return ok(await work());
  } finally {
    await lock.value.release();
  }
}
