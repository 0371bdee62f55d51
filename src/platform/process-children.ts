import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The child processes of a process of this machine; empty where the system cannot list them. */
export function listChildren(pid: number): readonly number[] {
  return parseNumbers(readFromProc(pid) ?? readFromPgrep(pid));
}

/** For Linux. */
function readFromProc(pid: number): string | null {
  try {
    return readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8');
  } catch {
    return null;
  }
}

/** For macOS and others. */
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
