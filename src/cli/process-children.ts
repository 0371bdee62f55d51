import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The processes that a process of this machine has started and that are still there; none where nobody can say. */
export function childrenOf(pid: number): readonly number[] {
  return numbersIn(childrenByKernel(pid) ?? childrenByTool(pid));
}

/** As Linux lists them. */
function childrenByKernel(pid: number): string | null {
  try {
    return readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8');
  } catch {
    return null;
  }
}

/** As macOS and others do. */
function childrenByTool(pid: number): string {
  try {
    return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

function numbersIn(text: string): readonly number[] {
  return text
    .split(/\s+/)
    .filter((word) => /^\d+$/.test(word))
    .map(Number);
}
