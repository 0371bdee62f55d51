import {
  hasProcessStarted,
  processExists,
  readBootId,
  readPidNamespace,
  readProcessStart,
} from '../../platform/process-alive.js';
import { expectRecord, expectText, expectInteger } from '../expect-json.js';
import { hostname, uptime } from 'node:os';
import type { Duration } from '../../core/time/time.js';
import { minute, second } from '../../core/time/time.js';

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

/** The machine that looks a process up. */
export interface ProcessLookup {
  readonly host: string;
  readonly space: string | null;
  /** Empty if unknown. */
  readonly bootId: string;
  readonly uptime: Duration;
  exists(pid: number): boolean;
  readStart(pid: number): { readonly startedAt: string | null; readonly hasEnded: boolean };
}

/** The processes of a machine. */
export interface ProcessList {
  /** Returns whether a process started at a time, as the system writes it; true if unknown. */
  hasStarted(startedAt: string): boolean;
}

const thisMachine: ProcessLookup & ProcessList = {
  host: hostname(),
  get space() {
    return readPidNamespace();
  },
  get bootId() {
    return readBootId();
  },
  get uptime() {
    return uptime() * second;
  },
  exists: processExists,
  readStart: readProcessStart,
  hasStarted: hasProcessStarted,
};

/**
 * Returns whether a process is alive: looked up if it runs in this process-id namespace, otherwise inferred from its
 * last heartbeat.
 *
 * A host name identifies no machine: containers and copies of a machine share one, and with a shared folder they see each
 * other's locks. The boot id distinguishes them. The same name with another boot is another machine, or this one before it was
 * restarted: then the last heartbeat is older than the machine is up.
 */
export function isAlive(
  identity: ProcessIdentity,
  heartbeatAge: Duration,
  machine: ProcessLookup = thisMachine,
): boolean {
  // A heartbeat far in the future is as old as one far in the past: the clock of the file server was set back.
  const age = Math.abs(heartbeatAge);
  if (identity.host !== machine.host) return age <= ownerTimeout;
  const { bootId } = machine;
  const ownBootId = getBootId(identity);
  if (ownBootId !== null && bootId !== '' && ownBootId !== bootId)
    return age <= Math.min(ownerTimeout, Math.max(machine.uptime, 2 * heartbeatInterval));
  if (identity.space !== machine.space) return age <= ownerTimeout;
  if (!machine.exists(identity.pid)) return false;
  const { startedAt, hasEnded } = machine.readStart(identity.pid);
  if (hasEnded) return false;
  return identity.startedAt === null || startedAt === null || identity.startedAt === startedAt;
}

/** The start of the machine on which a process ran; null if unknown. */
function getBootId({ startedAt }: ProcessIdentity): string | null {
  const bootId = startedAt?.includes('/') === true ? startedAt.split('/', 1)[0] : undefined;
  return bootId === undefined || bootId === '' ? null : bootId;
}

/**
 * Returns whether the damaged description of a process proves that it has ended: it names this boot of this machine and this
 * process-id namespace, and neither its id nor its start is that of a process. Damage of one of the two does not matter.
 */
export function provesDeath(
  text: string,
  machine: ProcessLookup & Pick<ProcessList, 'hasStarted'> = thisMachine,
): boolean {
  const pid = /"pid": ?(\d+)[,}]/.exec(text)?.[1];
  const startedAt = /"startedAt": ?"([^"]*)"/.exec(text)?.[1];
  const host = /"host": ?"([^"]*)"/.exec(text)?.[1];
  const space = /"space": ?"([^"]*)"/.exec(text)?.[1];
  if (pid === undefined || startedAt === undefined || host !== machine.host || space !== machine.space) return false;
  const { bootId } = machine;
  if (bootId === '' || !startedAt.startsWith(`${bootId}/`)) return false;
  return !machine.exists(Number(pid)) && !machine.hasStarted(startedAt);
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
