import { readFile } from 'node:fs/promises';

import { second } from '../core/time/time.js';
import type { Duration } from '../core/time/time.js';
import { runProcess } from './process.js';

const maxPgrepDuration: Duration = 5 * second;

/** The child processes of a process of this machine; empty where the system cannot list them. */
export async function listChildren(pid: number): Promise<readonly number[]> {
  return parseNumbers((await readFromProc(pid)) ?? (await readFromPgrep(pid)));
}

/** For Linux. */
function readFromProc(pid: number): Promise<string | null> {
  return readFile(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8').catch(() => null);
}

/** For macOS and others. */
async function readFromPgrep(pid: number): Promise<string> {
  const { stdout } = await runProcess({ command: ['pgrep', '-P', String(pid)], timeout: maxPgrepDuration });
  return stdout;
}

function parseNumbers(text: string): readonly number[] {
  return text
    .split(/\s+/)
    .filter((word) => /^\d+$/.test(word))
    .map(Number);
}
