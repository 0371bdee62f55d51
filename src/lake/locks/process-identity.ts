import { expectRecord, expectText, expectInteger } from '../expect-json.js';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Duration } from '../../core/time/time.js';
import { minute } from '../../core/time/time.js';

/** Which process owns a spool or a lock, so that another can tell whether it still lives. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** The process-id namespace: two containers may share a host name but not their process ids. Null where unknown. */
  readonly space: string | null;
  /** When the process began, in the system's own words; tells it from a later one with the same number. Null where unknown. */
  readonly startedAt: string | null;
}

/** A sign of life older than this, from a process that cannot be looked up from here, means that it is gone. */
export const ownerTimeout: Duration = 2 * minute;

/** How often an owner gives a sign of life. */
export const heartbeatInterval: Duration = minute / 4;

/** The process this code runs in. */
export function getProcessIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    host: hostname(),
    space: readPidNamespace(),
    startedAt: readProcessStart(process.pid).startedAt,
  };
}

/**
 * Whether a process lives: looked up when it runs in this machine's process space, judged by how long it has given no sign
 * of life otherwise.
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

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists but belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** When a process began, and whether it has ended and only waits to be collected by its parent; Linux only. */
function readProcessStart(pid: number): { readonly startedAt: string | null; readonly hasEnded: boolean } {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name comes second, in parentheses, and may hold anything; counting starts after it.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    const ticks = fields[19];
    const hasEnded = fields[0] === 'Z' || fields[0] === 'X';
    return { startedAt: ticks === undefined ? null : `${readBootId()}/${ticks}`, hasEnded };
  } catch {
    return { startedAt: null, hasEnded: false };
  }
}

/** Ticks count from the start of the machine, so the start itself has to be told from others too. */
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
