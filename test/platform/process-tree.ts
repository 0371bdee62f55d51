import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Returns whether a process exists and is not a zombie. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** A command that starts a child process, which runs `childCode`; `pids` gives the ids of those that are ready. */
export async function createProcessTree(
  folder: string,
  childCode: string,
): Promise<{
  readonly command: readonly [string, ...string[]];
  readonly pids: () => Promise<readonly number[]>;
}> {
  // A process reports its id after its code, so that its signal handlers are installed by then.
  const withReport = (code: string): string =>
    `${code};require('fs').appendFileSync('${folder}/pids',process.pid+'\\n')`;
  await writeFile(join(folder, 'grandchild.cjs'), withReport(`console.log('started');${childCode}`));
  await writeFile(
    join(folder, 'child.cjs'),
    withReport(
      `require('child_process').spawn(process.execPath,['${folder}/grandchild.cjs'],{stdio:'inherit'});setInterval(()=>{},1000)`,
    ),
  );
  const pids = async (): Promise<readonly number[]> =>
    (await readFile(join(folder, 'pids'), 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);
  return { command: [process.execPath, join(folder, 'child.cjs')], pids };
}
