import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

import { errorCode } from './error-message.js';

/** A process as other processes look it up. */
export interface ProcessReference {
  readonly pid: number;
  readonly host: string;
  /** Null or absent if unknown; see `readProcessStart`. */
  readonly startedAt?: string | null;
}

/**
 * Returns whether a process of this machine exists. Processes of other machines count as alive, because they cannot be
 * checked. A process id that now belongs to a later process counts as dead.
 */
export function isProcessAlive({ pid, host, startedAt = null }: ProcessReference): boolean {
  if (host !== hostname()) return true;
  if (!processExists(pid)) return false;
  const current = readProcessStart(pid);
  return !current.hasEnded && (startedAt === null || current.startedAt === null || startedAt === current.startedAt);
}

/** No system has higher process ids; the system call would take them for other numbers. */
const maxProcessId = 0x7fff_ffff;

/** Returns whether a process with this id exists on this machine. Zero and negative numbers mean groups, not processes. */
export function processExists(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid > maxProcessId) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process exists, but belongs to another user.
    return errorCode(error) === 'EPERM';
  }
}

/** The start of a process, and whether it has ended and its parent has not collected it yet; Linux only. */
export function readProcessStart(pid: number): { readonly startedAt: string | null; readonly hasEnded: boolean } {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command's name in parentheses, which may contain anything; fields are counted after it.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    const ticks = fields[19];
    const hasEnded = fields[0] === 'Z' || fields[0] === 'X';
    return { startedAt: ticks === undefined ? null : `${readBootId()}/${ticks}`, hasEnded };
  } catch {
    return { startedAt: null, hasEnded: false };
  }
}

/** Returns whether any process of this machine has this start; true if that cannot be found out. */
export function hasProcessStarted(startedAt: string): boolean {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.some((pid) => readProcessStart(Number(pid)).startedAt === startedAt);
  } catch {
    return true;
  }
}

/**
 * Identifies the start of this machine; empty if unknown. Ticks count from that start, so that they identify a process only
 * together with it.
 */
export function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
  } catch {
    return '';
  }
}

/** The process-id namespace of this process; null if unknown. */
export function readPidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}
