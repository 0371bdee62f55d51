import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The processes that a process of this machine has started and that are still there; none where nobody can say. */
export function listChildren(pid: number): readonly number[] {
  return parseNumbers(readFromProc(pid) ?? readFromPgrep(pid));
}

/** As Linux lists them. */
function readFromProc(pid: number): string | null {
  try {
    return readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8');
  } catch {
    return null;
  }
}

/** As macOS and others do. */
function readFromPgrep(pid: number): string {
  try {
    return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

function parseNumbers(text: string): readonly number[] {
  return text
    .split(/\s+/)
    .filter((word) => /^\d+$/.test(word))
    .map(Number);
}
