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
    case 'collector':
      return 'collector';
    case 'requests':
      return 'claims of requests';
  }
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
