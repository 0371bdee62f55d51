import { hostname } from 'node:os';

/**
 * Whether a process of this machine exists. Processes of other machines count as alive, because they cannot be checked.
 */
export function isProcessAlive({ pid, host }: { readonly pid: number; readonly host: string }): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process exists, but belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
