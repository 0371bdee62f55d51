import { hostname } from 'node:os';

import { errorCode } from './error-message.js';

/**
 * Returns whether a process of this machine exists. Processes of other machines count as alive, because they cannot be
 * checked.
 */
export function isProcessAlive({ pid, host }: { readonly pid: number; readonly host: string }): boolean {
  return host !== hostname() || processExists(pid);
}

/** Returns whether a process with this id exists on this machine. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process exists, but belongs to another user.
    return errorCode(error) === 'EPERM';
  }
}
