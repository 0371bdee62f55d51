/** Groups whose leader has not exited. */
const activeGroups = new Set<number>();

/** A process and all its descendants. */
export interface ProcessGroup {
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
  /** Returns whether any process of the group exists. */
  isAlive(): boolean;
  /** Stops tracking the group: its leader has exited, and processes that it left running may stay. */
  release(): void;
}

/** Tracks the group of a leader that was started detached. */
export function createProcessGroup(leader: number): ProcessGroup {
  activeGroups.add(leader);
  return {
    signal: (name) => void signalGroup(leader, name),
    isAlive: () => signalGroup(leader, 0),
    release: () => void activeGroups.delete(leader),
  };
}

/** Kills every tracked group: for a process that is about to exit. */
export function killProcessGroups(): void {
  for (const leader of activeGroups) signalGroup(leader, 'SIGKILL');
  activeGroups.clear();
}

/** Signals the group of a leader; false if no process of it exists. Windows has no groups: only the leader is signalled. */
export function signalGroup(leader: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    return process.kill(process.platform === 'win32' ? leader : -leader, signal);
  } catch {
    // It has exited.
    return false;
  }
}
