import { formatTime } from '../../core/time/zoned-time.js';
import type { LockTarget } from '../../lake/locks/lock-file.js';
import type { LockHeld } from '../../lake/locks/lock.js';

/** Names what a lock protects: `daily`, `alerts of daily`, `collector`. */
export function formatLockTarget(target: LockTarget): string {
  switch (target.kind) {
    case 'pipeline':
      return target.pipeline;
    case 'alerts':
      return `alerts of ${target.pipeline}`;
    case 'channel':
      return `notifications of ${target.pipeline} to ${target.channel}`;
    case 'sink':
      return `deliveries to ${target.sink}`;
    case 'collector':
      return 'collector';
    case 'requests':
      return 'claims of requests';
    case 'quarantine':
      return 'quarantine of rows';
    case 'maintenance':
      return 'maintenance of the lake';
    case 'repair':
      return 'repair of the lake';
  }
}

/** Says what prevents a command, with its process: `a run of daily is in progress (pid 12 on host, since …: pipe run)`. */
export function describeLockHeld(held: LockHeld): string {
  if (held.kind === 'lock-unreadable')
    return `the lock ${held.path} cannot be read: its process may be at work until ${formatTime(held.until)}`;
  const process = `${formatLockHolder(held)}: ${held.holder.command}`;
  const { target } = held.holder;
  switch (target.kind) {
    case 'pipeline':
      return `a run of ${target.pipeline} is in progress (${process})`;
    case 'maintenance':
      return `maintenance of the lake is in progress (${process})`;
    case 'repair':
      return `a repair of the lake is in progress (${process})`;
    case 'alerts':
    case 'channel':
    case 'sink':
    case 'collector':
    case 'requests':
    case 'quarantine':
      return `${formatLockTarget(target)} is locked (${process})`;
  }
}

/** The next step after `describeLockHeld`. */
export function suggestLockRemedy(held: LockHeld, wait: string): string {
  return held.kind === 'lock-unreadable'
    ? `wait until then, or delete the file if no such process is at work on any machine`
    : wait;
}

/** Names the process that holds a lock: `pid 12 on host, since …`. */
export function formatLockHolder(held: LockHeld): string {
  switch (held.kind) {
    case 'lock-held': {
      const { pid, host, since } = held.holder;
      return `pid ${String(pid)} on ${host}, since ${formatTime(since)}`;
    }
    case 'lock-unreadable':
      return `unknown process, ${held.path} cannot be read`;
  }
}
