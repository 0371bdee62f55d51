/** Groups of commands that have not ended: whoever leaves takes them along. */
const underWay = new Set<number>();

/** A command with everything that it has started, as one. */
export interface CommandGroup {
  signal(how: 'SIGTERM' | 'SIGKILL'): void;
  /** Whether any process of it is left. */
  isThere(): boolean;
  /** It has ended by itself; what it leaves behind is its own business. */
  letGo(): void;
}

/** The group that a command leads which was started in one of its own. */
export function commandGroup(leader: number): CommandGroup {
  underWay.add(leader);
  return {
    signal: (how) => void send(leader, how),
    isThere: () => send(leader, 0),
    letGo: () => void underWay.delete(leader),
  };
}

/** Ends at once every command that was started here, with all that it has started: for a process that is about to exit. */
export function endCommandGroups(): void {
  for (const leader of underWay) send(leader, 'SIGKILL');
  underWay.clear();
}

function send(leader: number, how: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    return process.kill(process.platform === 'win32' ? leader : -leader, how);
  } catch {
    // It has ended by itself.
    return false;
  }
}
