import { hostname } from 'node:os';

/** Whether a process of this machine is still there; of other machines nothing can be said, so they count as alive. */
export function isProcessAlive({ pid, host }: { readonly pid: number; readonly host: string }): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Without permission to signal it there is still somebody.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
