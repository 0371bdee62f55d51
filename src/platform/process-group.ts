/** Groups of commands that have not ended: whoever leaves takes them along. */
const activeGroups = new Set<number>();

/** A command with everything that it has started, as one. */
export interface ProcessGroup {
  signal(how: 'SIGTERM' | 'SIGKILL'): void;
  /** Whether any process of it is left. */
  isAlive(): boolean;
  /** It has ended by itself; what it leaves behind is its own business. */
  release(): void;
}

/** The group that a command leads which was started in one of its own. */
export function createProcessGroup(leader: number): ProcessGroup {
  activeGroups.add(leader);
  return {
    signal: (how) => void sendSignal(leader, how),
    isAlive: () => sendSignal(leader, 0),
    release: () => void activeGroups.delete(leader),
  };
}

/** Ends at once every command that was started here, with all that it has started: for a process that is about to exit. */
export function killProcessGroups(): void {
  for (const leader of activeGroups) sendSignal(leader, 'SIGKILL');
  activeGroups.clear();
}

function sendSignal(leader: number, how: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    return process.kill(process.platform === 'win32' ? leader : -leader, how);
  } catch {
    // It has ended by itself.
    return false;
  }
}
