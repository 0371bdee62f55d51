import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

import type { Environment } from './context.js';
import { requireLocalPath } from './local-path.js';

/** The folder of what belongs to the user and not to a lake. */
export interface StateFolder {
  readonly path: string;
  /** The variable that names it; null for the default. */
  readonly variable: 'PIPE_STATE' | 'XDG_STATE_HOME' | null;
}

/** `PIPE_STATE`, else `pipe` in `XDG_STATE_HOME`, else `~/.local/state/pipe`; null without a home folder. */
export function findStateFolder(environment: Environment): StateFolder | null {
  const { PIPE_STATE: own = '', XDG_STATE_HOME: states = '' } = environment;
  if (own !== '') return { path: resolve(requireLocalPath('PIPE_STATE', own)), variable: 'PIPE_STATE' };
  // The specification of XDG ignores relative paths.
  if (isAbsolute(states)) return { path: join(states, 'pipe'), variable: 'XDG_STATE_HOME' };
  const home = findHome(environment);
  return home === null ? null : { path: join(home, '.local', 'state', 'pipe'), variable: null };
}

function findHome({ HOME: home = '' }: Environment): string | null {
  if (home !== '') return isAbsolute(home) ? home : null;
  try {
    // From the list of users, which containers with arbitrary user ids do not have.
    return homedir();
  } catch {
    return null;
  }
}
