import { processExists } from '../../platform/process-alive.js';
import { expectRecord, expectText, expectInteger } from '../expect-json.js';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Duration } from '../../core/time/time.js';
import { minute } from '../../core/time/time.js';

/** The process that owns a spool or a lock, as other processes need it to find out whether it is alive. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** The process-id namespace: two containers may share a host name but not their process ids. Null if unknown. */
  readonly space: string | null;
  /**
   * The start time of the process, as the system writes it; distinguishes the process from a later one with the same
   * id. Null if unknown.
   */
  readonly startedAt: string | null;
}

/** A process that cannot be looked up from here counts as dead when its last heartbeat is older than this. */
export const ownerTimeout: Duration = 2 * minute;

export const heartbeatInterval: Duration = minute / 4;

export function getProcessIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    host: hostname(),
    space: readPidNamespace(),
    startedAt: readProcessStart(process.pid).startedAt,
  };
}

/**
 * Returns whether a process is alive: looked up if it runs in this process-id namespace, otherwise inferred from its
 * last heartbeat.
 */
export function isAlive(identity: ProcessIdentity, heartbeatAge: Duration): boolean {
  if (identity.host !== hostname() || identity.space !== readPidNamespace()) return heartbeatAge <= ownerTimeout;
  if (!processExists(identity.pid)) return false;
  const { startedAt, hasEnded } = readProcessStart(identity.pid);
  if (hasEnded) return false;
  return identity.startedAt === null || startedAt === null || identity.startedAt === startedAt;
}

export function parseIdentity(value: unknown, location: string): ProcessIdentity {
  const record = expectRecord(value, location);
  const { space, startedAt } = record;
  return {
    pid: expectInteger(record['pid'], `${location}.pid`),
    host: expectText(record['host'], `${location}.host`),
    space: space === null ? null : expectText(space, `${location}.space`),
    startedAt: startedAt === null ? null : expectText(startedAt, `${location}.startedAt`),
  };
}

/**
 * Returns the start time of a process, and whether it has ended and its parent has not collected it yet; Linux only.
 */
function readProcessStart(pid: number): { readonly startedAt: string | null; readonly hasEnded: boolean } {
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

/** Ticks count from the start of the machine, so that they identify a process only together with that start. */
function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
  } catch {
    return '';
  }
}

function readPidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}
