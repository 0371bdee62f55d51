import { execFile } from 'node:child_process';

import { exitCode } from './exit-code.js';
import { Stop } from './stop.js';

/** Changes the user's crontab; what is the same afterwards is not written. */
export async function changeCrontab(change: (crontab: string) => string): Promise<void> {
  const before = await crontab(['-l'], null);
  // Without a crontab the program says so and fails: that is an empty one.
  if (before.code !== 0 && !/no crontab/i.test(before.stderr)) throw refused(before.stderr);
  const now = before.code === 0 ? before.stdout : '';
  const then = change(now);
  if (then === now) return;
  const after = await crontab(['-'], then);
  if (after.code !== 0) throw refused(after.stderr);
}

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function crontab(args: readonly string[], input: string | null): Promise<Said> {
  return new Promise((resolve) => {
    const child = execFile('crontab', [...args], (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr: stderr === '' ? (error?.message ?? '') : stderr });
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}

function refused(words: string): Stop {
  return new Stop(exitCode.usage, `crontab refused: ${words.trim()}`, 'see what would be installed with --print');
}
